public import ChatifyCore
internal import ChatifySignalR
internal import Logging

// Telling connections who of those they watch comes and goes (decision 0017).
extension ChatHub {
    /// Tells the connections that watch these users, on all shards.
    ///
    /// The hub does so itself for its own connections; hand it what else is found out, such as by a `PresenceSweeper`.
    public func presenceChanged(_ transitions: [PresenceTransition]) async {
        guard self.presenceLookups.withLock({ $0.isWanted }) else { return }
        _ = await self.onShards { shard in
            for transition in transitions { shard.tell(shard.watch.changed(transition)) }
        }
    }

    /// Looks up who is online, if that is due and anybody wants to know.
    func pollPresence(at now: ContinuousClock.Instant) {
        self.presenceLookups.withLock { state in
            guard state.isWanted, state.poll.begin(at: now) else { return }
            state.task = Task { await self.lookUpPresence() }
        }
    }

    /// Notes whether anybody on a shard watches, so that nothing is done for nobody.
    func watchers(on shard: HubShard, areThere: Bool) {
        self.presenceLookups.withLock { state in
            if areThere {
                state.watchingShards.insert(ObjectIdentifier(shard))
            } else {
                state.watchingShards.remove(ObjectIdentifier(shard))
            }
        }
    }

    /// Looks up no more, and returns when the last lookup is over.
    func endPresencePoll() async {
        let task = self.presenceLookups.withLock { state in
            state.poll.stop()
            return state.task
        }
        await task?.value
    }

    private func lookUpPresence() async {
        let shards = await self.onShards {
            (id: ObjectIdentifier($0), watched: $0.watch.watched, asked: $0.watch.transitionCount)
        }
        let watched = shards.reduce(into: Set()) { $0.formUnion($1.watched) }
        let users = self.presenceLookups.withLock { $0.poll.batch(of: watched) }
        let asked = Dictionary(shards.map { ($0.id, $0.asked) }) { first, _ in first }
        if !users.isEmpty { await self.lookUp(users, asked: asked) }
        self.presenceLookups.withLock { $0.poll.ended() }
    }

    private func lookUp(_ users: [UserID], asked: [ObjectIdentifier: Int]) async {
        do throws(ChatError) {
            let online = try await self.presence.service.onlineUsers(among: users)
            _ = await self.onShards { shard in
                guard let asked = asked[ObjectIdentifier(shard)] else { return }
                shard.tell(shard.watch.learned(online, of: users, asked: asked))
            }
        } catch {
            // The next lookup tells of everything; that the service is away is said where presence is reported.
            self.logger.debug("Cannot look up who is online", metadata: ["error": "\(error)"])
        }
    }
}

/// The lookups of a hub, one at a time.
struct PresenceLookups {
    /// Decides when, and whom to ask for.
    var poll: PresencePoll
    /// The lookup that was begun last.
    var task: Task<Void, Never>?
    /// The shards with connections that watch somebody.
    var watchingShards: Set<ObjectIdentifier> = []

    /// Whether anybody watches.
    var isWanted: Bool { !self.watchingShards.isEmpty }
}

extension HubShard {
    /// Tells connections who came and went; one that is behind with its messages is told later, if it still matters.
    func tell(_ notices: [PresenceWatch.Notice]) {
        for notice in notices where self.connection(notice.connection)?.push(notice) == true { self.watch.told(notice) }
    }
}

extension HubConnection {
    /// Watches these users and nobody else, and returns who of them is online.
    func watch(_ users: [UserID]) async throws(ChatError) -> [UserID] {
        guard self.transport != nil else { return [] }
        self.shard.watch.watch(users, by: self.id)
        let asked = self.shard.watch.transitionCount
        do throws(ChatError) {
            let online = try await self.shard.hub.presence.service.onlineUsers(among: users)
            return self.shard.watch.answer(users, online: online, asked: asked, to: self.id)
        } catch {
            self.shard.watch.stop(self.id)
            throw error
        }
    }

    fileprivate func push(_ notice: PresenceWatch.Notice) -> Bool {
        let argument = HubValue.object([
            HubValue.Member("userId", .string(notice.userID.rawValue)),
            HubValue.Member("isOnline", .bool(notice.isOnline)),
        ])
        return self.sendEphemeral(.invocation(HubInvocation(target: "ReceivePresence", arguments: [argument])))
    }
}
