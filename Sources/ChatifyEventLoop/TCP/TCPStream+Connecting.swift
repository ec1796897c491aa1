internal import CLibuv

extension TCPStream {
    /// Connects to `host`, an IP literal or `localhost`, and calls `completion` once, perhaps before this returns.
    ///
    /// Only on the loop.
    ///
    /// The stream comes without a handler and does not read; until it does, nobody hears of its closing.
    public static func connect(
        loop: EventLoop,
        host: String,
        port: Int,
        timeout: Duration,
        completion: @escaping (Result<TCPStream, EventLoopError>) -> Void
    ) {
        loop.preconditionCurrent()
        let attempt = "connecting to \(host):\(port)"
        do throws(EventLoopError) {
            let address = try SocketAddress(host: host, port: port)
            let stream = try TCPStream(unconnectedOn: loop, during: attempt)
            let connection = PendingConnection(stream, attempt, completion)
            connection.begin(address, timeout: timeout)
        } catch {
            completion(.failure(error))
        }
    }

    /// Connects to `host`, an IP literal or `localhost`, from any task.
    ///
    /// The stream comes without a handler and does not read; until it does, nobody hears of its closing. Cancelling the task does not
    /// cut the attempt short: `timeout` bounds it.
    /// - Throws: ``EventLoopError``, with code ``EventLoopError/Code/timedOut`` after `timeout`.
    public static func connect(
        loop: EventLoop,
        host: String,
        port: Int,
        timeout: Duration
    ) async throws(EventLoopError) -> EventLoopBound<TCPStream> {
        let result: Result<EventLoopBound<TCPStream>, EventLoopError> = await withCheckedContinuation { continuation in
            loop.execute {
                // After the loop's end this still runs, and the stream's making fails.
                self.connect(loop: loop, host: host, port: port, timeout: timeout) { result in
                    continuation.resume(returning: result.map { EventLoopBound($0, loop: loop) })
                }
            }
        }
        return try result.get()
    }
}

/// A connection attempt; its request retains it until libuv's callback, which always comes.
private final class PendingConnection {
    private let stream: TCPStream
    private let attempt: String
    private let completion: (Result<TCPStream, EventLoopError>) -> Void
    private let timer: LoopTimer
    private let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)

    init(_ stream: TCPStream, _ attempt: String, _ completion: @escaping (Result<TCPStream, EventLoopError>) -> Void) {
        self.stream = stream
        self.attempt = attempt
        self.completion = completion
        self.timer = LoopTimer(loop: stream.loop)
    }

    deinit { self.request.deallocate() }

    func begin(_ address: SocketAddress, timeout: Duration) {
        self.request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let status = address.withPointer { address in
            uv_tcp_connect(self.request, self.stream.handle, address) { request, status in
                guard let data = request?.pointee.data else { return }
                Unmanaged<PendingConnection>.fromOpaque(data).takeRetainedValue().complete(status)
            }
        }
        guard status == 0 else {
            Unmanaged.passUnretained(self).release()
            return self.complete(status)
        }
        self.timer.schedule(after: timeout) { [stream] in stream.beginClose(UV_ETIMEDOUT.rawValue) }
    }

    private func complete(_ status: CInt) {
        self.timer.cancel()
        guard status == 0, self.stream.phase == .connecting else {
            // Closed by the timer or a shutdown, libuv only says "cancelled": the stream knows why.
            let reason = self.stream.closeStatus == 0 ? status : self.stream.closeStatus
            self.stream.beginClose(reason)
            return self.completion(.failure(EventLoopError(status: reason, during: self.attempt)))
        }
        self.stream.becomeOpen()
        self.completion(.success(self.stream))
    }
}
