internal import ChatifyCore
internal import ChatifyHub

// What must hold once a world has come to rest.
extension World {
    func checkEnd() {
        guard self.violation == nil else { return }
        for client in self.clients { self.checkSubscriptions(of: client) }
        let found = EndState()
        Task(executorPreference: self.outside) { await found.read(self) }
        _ = self.scheduler.run(until: self.scheduler.now) { found.isRead }
        self.checkHistory(found)
        self.checkPresence(found)
    }

    private func checkSubscriptions(of client: Client) {
        for (scope, subscription) in client.subscriptions {
            guard let missing = subscription.missing(self.ledger) else { continue }
            self.violate("a subscriber gets the log", "\(client.name) in \(scope): \(missing) never came")
        }
    }

    private func checkHistory(_ found: EndState) {
        for (scope, messages) in found.history {
            let expected = self.ledger.history(of: scope, partition: self.partition(of: scope)).map(\.messageID)
            guard messages != expected else { continue }
            let missing = Set(expected).subtracting(messages).count
            self.violate(
                "history has each message once, in order",
                "\(scope): \(messages.count) messages, \(expected.count) in the log, \(missing) missing"
            )
        }
    }

    private func checkPresence(_ found: EndState) {
        for (user, connections) in found.presence {
            let live = self.clients.filter { $0.name == user.rawValue }.compactMap {
                $0.socket?.connection?.id.rawValue
            }
            guard connections != live.sorted() else { continue }
            self.violate("presence converges", "\(user): present \(connections), connected \(live.sorted())")
        }
    }
}

/// What the stores hold at the end of a world.
final class EndState: @unchecked Sendable {
    private(set) var history: [ChatScope: [MessageID]] = [:]
    private(set) var presence: [UserID: [String]] = [:]
    private(set) var isRead = false

    func read(_ world: World) async {
        for scope in world.ledger.scopes.keys { self.history[scope] = await Self.messages(in: scope, of: world) }
        for client in world.clients {
            let user = UserID(unchecked: client.name)
            let connections = (try? await world.presence.connections(of: user)) ?? []
            self.presence[user] = connections.map(\.connectionID.rawValue).sorted()
        }
        self.isRead = true
    }

    private static func messages(in scope: ChatScope, of world: World) async -> [MessageID] {
        var messages: [MessageID] = []
        var query = HistoryQuery(scope: scope, limit: 97)
        while let page = try? await world.history.messages(query) {
            messages += page.messages.map(\.event.messageID)
            guard let next = page.nextCursor else { break }
            query.after = next
        }
        return messages
    }
}
