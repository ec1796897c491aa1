internal import Synchronization

/// Commands that one caller waits for together, sent in one go.
///
/// `@unchecked Sendable`: what changes is touched only on the client's loop until the caller is resumed, and by the caller alone
/// afterwards; the rest never changes. Most calls are of one command, which is why the first stands apart: it needs no array.
final class RedisCall: @unchecked Sendable {
    let first: RedisCommand
    let others: ArraySlice<RedisCommand>
    private var firstReply = RedisReply.null
    private var otherReplies: [RedisReply] = []
    private var failure: RedisError?
    /// Unsafe ones are cheaper, and safe here: ``finish(_:)`` takes it out, so nobody can resume it twice, and the client's core finishes
    /// every call that it has begun.
    private var continuation: UnsafeContinuation<Void, Never>?
    /// Set when the outcome stands, so that who has seen it set sees the outcome too.
    private let isOver = Atomic(false)

    init(_ first: RedisCommand, _ others: ArraySlice<RedisCommand> = []) {
        self.first = first
        self.others = others
    }

    var commandCount: Int { 1 + self.others.count }

    /// Takes who waits; false if the call is over already because it was cancelled before.
    func begin(_ continuation: UnsafeContinuation<Void, Never>) -> Bool {
        guard !self.isOver.load(ordering: .relaxed) else {
            continuation.resume()
            return false
        }
        self.continuation = continuation
        return true
    }

    /// Takes the next reply, and ends the call with the last.
    func receive(_ reply: RedisReply, isFirst: Bool, isLast: Bool) {
        guard !self.isOver.load(ordering: .relaxed) else { return }
        if isFirst { self.firstReply = reply } else { self.otherReplies.append(reply) }
        if isLast { self.finish(nil) }
    }

    /// Ends the call, unless it is over.
    func finish(_ failure: RedisError?) {
        guard !self.isOver.load(ordering: .relaxed) else { return }
        self.failure = failure
        self.isOver.store(true, ordering: .releasing)
        guard let continuation = self.continuation else { return }
        self.continuation = nil
        continuation.resume()
    }

    /// The reply to the first command, which may be an error reply; for the caller, when it was resumed.
    func reply() throws(RedisError) -> RedisReply {
        precondition(self.isOver.load(ordering: .acquiring), "a call was asked for its outcome before it was over")
        if let failure = self.failure { throw failure }
        return self.firstReply
    }

    /// The replies to all commands, in order; for the caller, when it was resumed.
    func replies() throws(RedisError) -> [RedisReply] {
        [try self.reply()] + self.otherReplies
    }
}

extension RedisError {
    static var cancelled: RedisError { RedisError(.cancelled, "the calling task was cancelled") }
    static var overloaded: RedisError { RedisError(.overloaded, "too many commands wait for Redis") }
}
