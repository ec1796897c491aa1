/// Where a transport hands over what comes in, made by ``HubShard/open(_:as:framing:)``.
///
/// Confined to the executor of the shard that made it.
public protocol HubReceiver: AnyObject {
    /// Takes bytes of the client, in the order they came, split anywhere.
    func receive(_ bytes: UnsafeRawBufferPointer)

    /// Learns that all queued bytes have left, after ``HubTransport/notifyWhenDrained()``.
    func transportDrained()

    /// Learns that the transport is gone because the client ended it: nothing is sent any more.
    ///
    /// Idempotent.
    func transportClosed()

    /// Learns that the transport is gone and nobody ended it: a client with stateful reconnect may come back with another.
    ///
    /// Idempotent.
    func transportLost()
}
