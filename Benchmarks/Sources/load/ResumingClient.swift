import ChatifyEventLoop

/// One client that hears a scope over one connection after the other, and checks that it misses nothing and hears nothing twice.
///
/// The messages of its scope are numbered from 0 without gaps. Confined to its loop.
final class ResumingClient: TCPStreamHandler {
    /// What the clients of a run have seen together.
    final class Tally {
        var recovered = 0
        var notRecovered = 0
        var replayed = 0
        var repeats = 0
        var gaps = 0
        /// Attempts that came to nothing: connections that failed or ended, upgrades and invocations that were refused.
        var failures = 0
        /// From the first attempt to come back to the answer.
        var waits: [Duration] = []
    }

    let scope: String
    /// The number of the last message heard.
    private(set) var heard = -1
    private let tally: Tally
    private let loop: EventLoop
    private var place: LogPlace?
    private var stream: TCPStream?
    private var scanner = FrameScanner()
    private var head: [UInt8]? = []
    private var whenAnswered: (() -> Void)?
    private var triedAt: ContinuousClock.Instant?
    private var retry: LoopTimer?
    private var port = 0
    /// Whether something may be missing, as the server said so.
    private var mayMiss = false

    init(scope: String, tally: Tally, loop: EventLoop) {
        self.scope = scope
        self.tally = tally
        self.loop = loop
    }

    /// Connects and joins the scope, or goes on there behind the last message heard; tries again every second until it is answered.
    func connect(port: Int, whenAnswered: @escaping () -> Void) {
        self.stream?.handler = nil
        self.stream?.close()
        self.stream = nil
        self.port = port
        self.whenAnswered = whenAnswered
        self.triedAt = .now
        self.attempt()
    }

    func close() {
        self.whenAnswered = nil
        self.stream?.close()
    }

    private func attempt() {
        self.head = []
        self.scanner = FrameScanner()
        TCPStream.connect(loop: self.loop, host: "127.0.0.1", port: self.port, timeout: .seconds(30)) { result in
            guard case .success(let stream) = result else { return self.failed() }
            self.stream = stream
            stream.handler = self
            stream.startReading()
            _ = stream.write(Array(upgradeRequest.utf8))
        }
    }

    private func failed() {
        // A connection that ends once it was answered is the death of a pod.
        guard self.whenAnswered != nil else { return }
        self.tally.failures += 1
        let retry = LoopTimer(loop: self.loop)
        retry.schedule(after: .seconds(1)) { self.attempt() }
        self.retry = retry
    }

    func received(_ bytes: UnsafeRawBufferPointer) {
        guard var head = self.head else { return self.scanner.scan(bytes) { self.take(PushedRecord($0)) } }
        head.append(contentsOf: bytes)
        self.head = head
        guard let end = head.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
        guard head.starts(with: Array("HTTP/1.1 101".utf8)) else {
            self.stream?.close()
            return
        }
        self.head = nil
        for payload in [Dialect.signalr.handshake, self.call] {
            _ = self.stream?.write(clientFrame(payload, isText: true))
        }
        Array(head[end.upperBound...]).withUnsafeBytes { bytes in
            self.scanner.scan(bytes) { self.take(PushedRecord($0)) }
        }
    }

    private var call: [UInt8] {
        guard let place = self.place else { return Dialect.signalr.join(self.scope) }
        let arguments = "[\"\(self.scope)\",{\"partition\":\(place.partition),\"offset\":\(place.offset)},0]"
        return Array(
            "{\"type\":1,\"invocationId\":\"r\",\"target\":\"ResumeScopeAsync\",\"arguments\":\(arguments)}\u{1E}".utf8
        )
    }

    private func take(_ record: PushedRecord) {
        switch record {
        case .event(let number, let place): self.hear(number, at: place)
        case .completion(let resumed): self.answered(resumed)
        case .failure: self.stream?.close()
        case .other: break
        }
    }

    private func hear(_ number: Int, at place: LogPlace) {
        if number <= self.heard { self.tally.repeats += 1 }
        if number > self.heard + 1, !self.mayMiss { self.tally.gaps += number - self.heard - 1 }
        self.mayMiss = false
        self.heard = max(self.heard, number)
        self.place = place
    }

    private func answered(_ resumed: PushedRecord.Resumed?) {
        guard let whenAnswered = self.whenAnswered else { return }
        self.whenAnswered = nil
        if let resumed {
            self.mayMiss = !resumed.isRecovered
            if resumed.isRecovered { self.tally.recovered += 1 } else { self.tally.notRecovered += 1 }
            self.tally.replayed += resumed.replayed
            self.triedAt.map { self.tally.waits.append($0.duration(to: .now)) }
        }
        whenAnswered()
    }

    func reachedEnd() { self.stream?.close() }

    func drained() {}

    func closed(_ error: EventLoopError?) {
        self.stream = nil
        self.failed()
    }
}

private let upgradeRequest =
    "GET /hubs/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
