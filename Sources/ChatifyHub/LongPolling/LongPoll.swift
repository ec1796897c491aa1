internal import ChatifyCore

/// A poll that the hub has let in, made by ``HubShard/admitPoll(token:bearerToken:claimedUser:)``.
///
/// Belongs to the shard that let it in. Nothing but this waits for the answer: no task, and nothing of the request.
public final class LongPoll {
    /// Where the poll's connection is to be found, which may be another shard.
    private let home: Confined<HubShard>
    private let connection: ConnectionID
    private let caller: any HubExecutor
    private var answer: ((LongPollAnswer) -> Void)?

    init(home: Confined<HubShard>, connection: ConnectionID, caller: any HubExecutor) {
        self.home = home
        self.connection = connection
        self.caller = caller
    }

    /// Begins to wait until there is something to say; `answer` is called once, on this shard, perhaps before this returns.
    ///
    /// Call it once.
    public func begin(_ answer: @escaping (LongPollAnswer) -> Void) {
        self.answer = answer
        let (waiter, connection) = (self.waiter, self.connection)
        self.home.enter { shard in
            guard let transport = shard.polled[connection] else { return waiter.answer(.ended) }
            transport.begin(waiter)
        }
    }

    /// Gives the poll up because its client has gone: what waits for it is kept for the next one.
    ///
    /// The answer is ``LongPollAnswer/ended``, unless it is under way.
    public func cancel() {
        let (waiter, connection) = (self.waiter, self.connection)
        self.home.enter { $0.polled[connection]?.cancel(waiter) }
    }

    private var waiter: Waiter { Waiter(poll: self, caller: self.caller) }

    private func finish(_ answer: LongPollAnswer) {
        let waiting = self.answer
        self.answer = nil
        waiting?(answer)
    }
}

extension LongPoll {
    /// The way back to a poll from the shard of its connection.
    struct Waiter: Sendable {
        private let id: ObjectIdentifier
        private let poll: Confined<LongPoll>

        fileprivate init(poll: LongPoll, caller: any HubExecutor) {
            self.id = ObjectIdentifier(poll)
            self.poll = Confined(poll, to: caller)
        }

        /// Answers the poll, where it belongs.
        func answer(_ answer: LongPollAnswer) { self.poll.enter { $0.finish(answer) } }

        /// Whether both lead to the same poll.
        func leads(toPollOf other: Waiter) -> Bool { self.id == other.id }
    }
}
