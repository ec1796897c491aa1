/// What carries one hub connection's bytes: a WebSocket, or whatever the embedder has.
///
/// Called only on the executor of the shard the connection belongs to, and never after ``close(sending:)`` or ``abort()``.
public protocol HubTransport: AnyObject {
    /// Queues bytes, which are whole and already framed by the connection's ``HubFraming``, behind all earlier ones.
    ///
    /// Must not block and must not call back into the connection.
    /// - Returns: `false`, with nothing queued, if the transport's bound on queued bytes would be passed.
    func write(_ bytes: [UInt8]) -> Bool

    /// How many queued bytes have not left yet; 0 unless implemented.
    ///
    /// Streams wait, and what may be lost is dropped, while they are many.
    var queuedBytes: Int { get }

    /// Asks for one call of ``HubConnection/transportDrained()`` when all queued bytes have left; some are queued.
    ///
    /// Must not call back from within. Does nothing unless implemented.
    func notifyWhenDrained()

    /// Stops handing over received bytes until ``resumeReading()``, because the client is ahead of its answers.
    func pauseReading()

    /// Goes on handing over received bytes.
    func resumeReading()

    /// Queues the last bytes, if any, beyond the bound, sends all that is queued within a time the transport bounds, and
    /// closes.
    func close(sending bytes: [UInt8]?)

    /// Drops the connection at once, with what is queued: the client is gone or might as well be.
    func abort()
}

extension HubTransport {
    /// None: the transport cannot tell.
    public var queuedBytes: Int { 0 }

    /// Does nothing.
    public func notifyWhenDrained() {}
}
