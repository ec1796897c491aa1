/// What a ``TCPStream`` tells its owner, always on the stream's loop and never from within ``TCPStream/write(_:)``.
public protocol TCPStreamHandler: AnyObject {
    /// Bytes arrived, in order; the pointer is good until the call returns. At most 64 KiB.
    func received(_ bytes: UnsafeRawBufferPointer)
    /// The peer will send no more (FIN). Writing still works.
    func reachedEnd()
    /// The outbound queue has room again: it fell below half of its bound after having been above, or it ran empty after the socket
    /// was full, a write was refused, or ``TCPStream/notifyWhenDrained()`` asked for it.
    func drained()
    /// The stream is closed and its memory freed; exactly once, and the last call.
    ///
    /// No error when this side asked for it or a graceful close came to its end.
    func closed(_ error: EventLoopError?)
}
