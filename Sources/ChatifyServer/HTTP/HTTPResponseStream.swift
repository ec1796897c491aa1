internal import ChatifyEventLoop
internal import ChatifyWire

/// An HTTP answer whose body goes on until one side has enough, and whose connection ends with it; confined to its
/// worker's loop.
///
/// Whatever the client still sends is dropped (RFC 9112 section 9.6).
package final class HTTPResponseStream: ServedConnection {
    /// Whether pieces of the body have to be ``HTTPChunk``s; for clients of HTTP/1.0 they go out as they are.
    package let isChunked: Bool
    /// The loop that serves the stream.
    var loop: EventLoop { self.stream.loop }
    private let worker: ServerWorker
    private let stream: TCPStream
    private var handler: (any HTTPStreamHandler)?

    init(worker: ServerWorker, stream: TCPStream, isChunked: Bool) {
        self.worker = worker
        self.stream = stream
        self.isChunked = isChunked
        self.stream.maxOutboundBytes = worker.configuration.maxOutboundBytesPerConnection
    }

    func start(handler: any HTTPStreamHandler) {
        self.handler = handler
        self.stream.handler = self
        self.stream.startReading()
        self.stream.flush()
    }

    /// Queues a piece of the body, wrapped by the caller if need be; `false`, and nothing queued, beyond the bound on
    /// outbound bytes.
    package func write(_ bytes: [UInt8]) -> Bool { self.stream.write(bytes) }

    /// Sends a last piece, if any, ends the body and closes.
    package func end(sending bytes: [UInt8]?) {
        self.stream.maxOutboundBytes = .max
        if let bytes { _ = self.stream.write(bytes) }
        if self.isChunked { _ = self.stream.write(HTTPChunk.last) }
        self.handler = nil
        self.stream.closeAfterFlush(within: self.worker.configuration.closeTimeout)
    }

    /// Asks for one ``HTTPStreamHandler/drained()`` when all queued bytes are written.
    package func notifyWhenDrained() { self.stream.notifyWhenDrained() }

    private func releaseHandler() {
        let handler = self.handler
        self.handler = nil
        handler?.closed()
    }

    // MARK: - ServedConnection

    package var outboundBytes: Int { self.stream.outboundBytes }

    func tick(now: ContinuousClock.Instant) {}

    func serverStops() {}

    /// Drops the connection at once.
    package func abort() { self.stream.close() }
}

extension HTTPResponseStream: TCPStreamHandler {
    func received(_ bytes: UnsafeRawBufferPointer) {}

    func reachedEnd() {
        self.releaseHandler()
        self.stream.close()
    }

    func drained() { self.handler?.drained() }

    func closed(_ error: EventLoopError?) {
        self.worker.remove(self)
        self.releaseHandler()
    }
}

/// Is told of the end of an ``HTTPResponseStream``; confined to the connection's loop.
package protocol HTTPStreamHandler: AnyObject {
    /// Learns that there is room again for what is to be written.
    func drained()

    /// Learns that the client is gone, unless the stream was ended from this side. Called at most once, and last.
    func closed()
}

extension HTTPStreamHandler {
    /// Does nothing.
    package func drained() {}
}
