internal import ChatifyCore
internal import ChatifySignalR

/// What a client waits for an answer to.
enum Call {
    case join([ChatScope])
    case resume(ChatScope)
    case leave([ChatScope])
    case send(ChatScope, text: String)
    case heartbeat
    /// A join of somebody else's direct messages.
    case trespass

    /// Whether it is a leave.
    var isLeave: Bool {
        if case .leave = self { true } else { false }
    }
}

extension Client {
    /// The scopes that joining `wanted` gives this client.
    func scopes(of wanted: WantedScope) -> [ChatScope] {
        wanted.scopes(isParticipant: wanted.id.rawValue.split(separator: "-").contains { $0 == self.name })
    }

    func joinAll() {
        for wanted in self.wanted { self.join(wanted) }
        guard self.world.random.percent(20) else { return }
        self.call("JoinScopeAsync", [.string("x-y"), .integer(1)], .trespass)
    }

    private func join(_ wanted: WantedScope) {
        let scopes = self.scopes(of: wanted)
        if let type = wanted.type, let last = self.positions[scopes[0]] {
            self.subscribe(scopes, resumingAfter: last)
            let partition = Int64(self.world.partition(of: scopes[0]))
            let position = HubValue.object([.init("partition", .integer(partition)), .init("offset", .integer(last))])
            let arguments = [.string(wanted.id.rawValue), position, .integer(Int64(type.rawValue))]
            self.call("ResumeScopeAsync", arguments, .resume(scopes[0]))
        } else {
            self.subscribe(scopes, resumingAfter: nil)
            let type = wanted.type.map { HubValue.integer(Int64($0.rawValue)) }
            self.call("JoinScopeAsync", [.string(wanted.id.rawValue)] + (type.map { [$0] } ?? []), .join(scopes))
        }
    }

    private func subscribe(_ scopes: [ChatScope], resumingAfter last: Int64?) {
        guard let pod = self.socket?.pod else { return }
        for scope in scopes {
            let partition = self.world.partition(of: scope)
            self.subscriptions[scope] = Subscription(
                scope: scope,
                partition: partition,
                resumedAfter: last,
                rewinds: pod.deliveries.rewinds[partition],
                liveFrom: pod.liveFrom
            )
        }
    }

    /// Says something now and then.
    func talk() {
        let pause = self.world.isTroubled ? self.world.random.seconds(0.05...4) : .seconds(1)
        self.world.scheduler.after(pause) {
            self.talk()
            guard self.phase == .live, self.world.isTroubled,
                let wanted = self.wanted.randomElement(using: &self.world.random)
            else { return }
            switch self.world.random.pick(0...99) {
            case 0..<4: self.say(in: wanted, count: 60, length: 1500)
            case 4..<7: self.rejoin(wanted)
            case 7..<14: self.call("HeartbeatAsync", [], .heartbeat)
            case 14..<30: self.say(in: wanted, count: 5, length: 40)
            default: self.say(in: wanted, count: 1, length: 200)
            }
        }
    }

    private func say(in wanted: WantedScope, count: Int, length: Int) {
        for _ in 0..<count {
            let scope = self.world.random.pick(self.scopes(of: wanted))
            let filler = String(repeating: "x", count: self.world.random.pick(0...length))
            let text = "\(self.name)#\(self.callCount) \(filler)"
            let draft = HubValue.object([
                .init("scopeType", .integer(Int64(scope.type.rawValue))),
                .init("scopeId", .string(scope.id.rawValue)), .init("text", .string(text)),
            ])
            self.call("SendAsync", [draft], .send(scope, text: text))
        }
    }

    /// Leaves, and joins again once that is answered.
    private func rejoin(_ wanted: WantedScope) {
        let scopes = self.scopes(of: wanted)
        guard scopes.allSatisfy({ self.subscriptions[$0]?.isAnswered == true }),
            !self.calls.values.contains(where: \.isLeave)
        else { return }
        let type = wanted.type.map { [HubValue.integer(Int64($0.rawValue))] } ?? []
        self.call("LeaveScopeAsync", [.string(wanted.id.rawValue)] + type, .leave(scopes))
    }

    /// Joins again what was left.
    func rejoin(_ scopes: [ChatScope]) {
        for wanted in self.wanted where self.scopes(of: wanted) == scopes { self.join(wanted) }
    }

    private func call(_ target: String, _ arguments: [HubValue], _ call: Call) {
        self.callCount += 1
        let id = "\(self.callCount)"
        self.calls[id] = call
        self.world.trace("\(self.name) calls \(id) \("\(call)".prefix(60))")
        self.write(JSONHubProtocol().encode(.invocation(HubInvocation(id: id, target: target, arguments: arguments))))
    }
}
