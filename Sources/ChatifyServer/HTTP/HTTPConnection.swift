internal import ChatifyCore
internal import ChatifyEventLoop
internal import ChatifySignalR
internal import ChatifyWire

/// One TCP connection that speaks HTTP: requests in, one at a time, answers out in the same order.
///
/// Confined to its worker's loop. On an upgrade a ``WebSocketConnection`` takes the stream over, and an
/// ``HTTPResponseStream`` for an answer that goes on.
final class HTTPConnection: ServedConnection {
    private let worker: ServerWorker
    private let stream: TCPStream
    private var parser: HTTPRequestParser
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var handling: Task<Void, Never>?
    /// The answer that is yet to come, without a task.
    private var pending: PendingAnswer?
    /// What is being answered, or was last, waits for news and not for work: it is not owed to a client that has left.
    private var isHeld = false
    /// When the request that is coming in, or the next one, must be complete.
    private var deadline: ContinuousClock.Instant
    private var isStopping = false
    /// The client has not read its answer yet.
    private var isBlocked = false
    private var isClosing = false
    /// The client sends nothing more; what it sent whole is still answered.
    private var hasReachedEnd = false
    private lazy var connectionID = ConnectionID(unchecked: ConnectionIdentity().id)

    init(worker: ServerWorker, stream: TCPStream) {
        self.worker = worker
        self.stream = stream
        self.parser = HTTPRequestParser(limits: worker.configuration.http)
        self.deadline = .now + worker.configuration.requestTimeout
    }

    func start() {
        self.stream.handler = self
        self.stream.startReading()
    }

    // MARK: - Requests

    /// Goes through what has arrived, until a request is whole; the next one waits for its answer.
    private func advance() {
        do {
            while !self.isBusy, !self.isClosing, let event = try self.parser.next() {
                switch event {
                case .head(let head): self.began(head)
                case .body(let bytes): self.body.append(contentsOf: bytes)
                case .end: self.handle()
                }
            }
        } catch {
            self.refuse(error)
        }
        if self.hasReachedEnd, !self.isBusy, !self.isClosing { return self.closeAfterFlush() }
        self.adjustReading()
    }

    /// Whether a request is being answered, or its answer being read.
    private var isBusy: Bool { self.isAnswering || self.isBlocked }

    private var isAnswering: Bool { self.handling != nil || self.pending != nil }

    /// A client that is ahead of its answers waits once a request's worth of bytes is buffered.
    private func adjustReading() {
        guard !self.isClosing else { return }
        if self.isBusy, self.parser.bufferedBytes > self.worker.configuration.http.maxHeaderBytes {
            self.stream.stopReading()
        } else {
            self.stream.startReading()
        }
    }

    private func began(_ head: HTTPRequestHead) {
        self.head = head
        if head.expectsContinue { _ = self.stream.write(HTTPResponse.continueBytes) }
    }

    private func handle() {
        guard let head = self.head else { return }
        let request = HTTPRequest(
            head: head,
            body: self.body,
            correlationID: head.correlationID ?? .random(),
            connectionID: self.connectionID
        )
        self.head = nil
        self.body = []
        self.isHeld = self.worker.handler.holds(head)
        let bound = EventLoopBound(self, loop: self.worker.loop)
        self.handling = Task(executorPreference: self.worker.loop) { await bound.value.answer(request) }
    }

    private func answer(_ request: HTTPRequest) async {
        let outcome = await self.worker.handler.handle(request)
        self.handling = nil
        switch outcome {
        case .response(let response): self.respond(response, to: request)
        case .later(let begin): self.respondLater(to: request, begin)
        case .webSocket(let accept, let declined):
            if !self.upgrade(request, accept) { declined() }
        case .stream(let response, let begun, let declined):
            if !self.stream(response, to: request, begun) { declined() }
        }
    }

    // MARK: - Answers

    private func respond(_ response: HTTPResponse, to request: HTTPRequest) {
        guard !self.isClosing else { return }
        self.write(self.complete(response, request.head, request.correlationID), PendingAnswer(to: request.head))
    }

    /// Waits for an answer, and keeps nothing of the request but what that needs.
    private func respondLater(to request: HTTPRequest, _ begin: (@escaping (HTTPResponse) -> Void) -> () -> Void) {
        guard !self.isClosing else { return }
        // Who has left waits for nothing.
        guard !self.hasReachedEnd else { return self.closeAfterFlush() }
        var pending = PendingAnswer(to: request.head)
        pending.headers = self.complete(HTTPResponse(status: 200), request.head, request.correlationID).headers
        self.pending = pending
        let abandon = begin { self.respondNow($0) }
        self.pending?.abandon = abandon
    }

    private func respondNow(_ response: HTTPResponse) {
        guard let pending = self.pending, !self.isClosing else { return }
        self.pending = nil
        var response = response
        for field in pending.headers.fields { response.headers.set(field.name, field.value) }
        self.write(response, pending)
    }

    /// Sends an answer that has all its fields, and goes on to the next request.
    private func write(_ response: HTTPResponse, _ answer: PendingAnswer) {
        let goesOn = !self.isStopping || self.isHeld && response.status == 200
        let keepsAlive = answer.keepsAlive && goesOn
        let bytes = response.encode(keepAlive: keepsAlive, isHead: answer.isHead)
        // One answer goes out whole, however long it is; the next request waits until the client has read it.
        self.stream.maxOutboundBytes = .max
        guard self.stream.write(bytes) else { return self.abort() }
        guard keepsAlive else { return self.closeAfterFlush() }
        self.deadline = .now + self.idleTimeout
        self.stream.flush()
        self.isBlocked = self.stream.outboundBytes > 0
        self.advance()
    }

    /// Answers bytes that are no request, and closes: where the next one would begin is not known.
    private func refuse(_ error: HTTPParseError) {
        let head = error.head ?? self.head
        let problem = ProblemDetails(
            error,
            instance: head?.path,
            correlationID: head?.correlationID ?? .random()
        )
        let response = self.complete(problem.response, head, problem.correlationID)
        _ = self.stream.write(response.encode(keepAlive: false, isHead: false))
        self.closeAfterFlush()
    }

    /// Adds the fields that every answer has.
    private func complete(
        _ response: HTTPResponse,
        _ head: HTTPRequestHead?,
        _ correlationID: CorrelationID
    ) -> HTTPResponse {
        var response = response
        response.headers.set("X-Correlation-ID", "\(correlationID)")
        self.worker.handler.addHeaders(to: &response, answering: head)
        return response
    }

    /// Becomes a WebSocket, or answers why not and returns `false`.
    private func upgrade(_ request: HTTPRequest, _ accept: (WebSocketConnection) -> any WebSocketHandler) -> Bool {
        guard self.mayHandOver() else { return false }
        let isCompressed: Bool
        do {
            var headers = try WebSocketHandshake.accept(request.head)
            let deflate = self.worker.configuration.compressesWebSockets ? PermessageDeflate.accept(request.head) : nil
            if let deflate { headers.add("Sec-WebSocket-Extensions", deflate.response) }
            isCompressed = deflate != nil
            var response = HTTPResponse(status: 101, headers: headers, body: [])
            response.headers.set("X-Correlation-ID", "\(request.correlationID)")
            _ = self.stream.write(response.encode(keepAlive: true, isHead: false))
        } catch {
            let problem = ProblemDetails(
                error,
                instance: request.head.path,
                correlationID: request.correlationID
            )
            self.respond(problem.response, to: request)
            return false
        }
        self.isClosing = true
        let socket = WebSocketConnection(worker: self.worker, stream: self.stream, isCompressed: isCompressed)
        self.worker.replace(self, by: socket)
        socket.start(handler: accept(socket), with: self.parser.takeRemaining())
        return true
    }

    /// Begins an answer that goes on, or returns `false`.
    private func stream(
        _ response: HTTPResponse,
        to request: HTTPRequest,
        _ begun: (HTTPResponseStream) -> any HTTPStreamHandler
    ) -> Bool {
        guard self.mayHandOver() else { return false }
        let isChunked = request.head.minorVersion >= 1
        let head = self.complete(response, request.head, request.correlationID).encodeHead(isChunked: isChunked)
        guard self.stream.write(head) else { return false }
        self.isClosing = true
        let answer = HTTPResponseStream(worker: self.worker, stream: self.stream, isChunked: isChunked)
        self.worker.replace(self, by: answer)
        answer.start(handler: begun(answer))
        return true
    }

    /// Whether the connection may become another; if the client or the server is leaving, it closes instead.
    private func mayHandOver() -> Bool {
        guard !self.isClosing else { return false }
        guard !self.isStopping, !self.hasReachedEnd else {
            self.closeAfterFlush()
            return false
        }
        return true
    }

    private func closeAfterFlush() {
        self.isClosing = true
        self.stream.stopReading()
        self.stream.closeAfterFlush(within: self.worker.configuration.closeTimeout)
    }

    // MARK: - ServedConnection

    var outboundBytes: Int { self.stream.outboundBytes }

    func tick(now: ContinuousClock.Instant) {
        guard !self.isAnswering, !self.isClosing, now >= self.deadline else { return }
        guard !self.isBlocked else { return self.abort() }
        guard self.parser.isMidRequest else { return self.closeAfterFlush() }
        self.refuse(HTTPParseError(status: 408, reason: "The request took too long."))
    }

    func serverStops() {
        self.isStopping = true
        guard !self.isAnswering, !self.isClosing, !self.parser.isMidRequest else { return }
        if self.isHeld {
            self.deadline = min(self.deadline, .now + self.idleTimeout)
        } else {
            self.closeAfterFlush()
        }
    }

    /// How long the next request may take to come.
    ///
    /// Between two polls of a client that is yet to be told that the server stops, a moment; it could not connect again.
    private var idleTimeout: Duration {
        let configuration = self.worker.configuration
        return self.isStopping ? configuration.closeTimeout : configuration.requestTimeout
    }

    func abort() {
        self.isClosing = true
        self.stopAnswering()
        self.stream.close()
    }

    private func stopAnswering() {
        self.handling?.cancel()
        let pending = self.pending
        self.pending = nil
        pending?.abandon()
    }
}

extension HTTPConnection: TCPStreamHandler {
    func received(_ bytes: UnsafeRawBufferPointer) {
        guard !self.isClosing else { return }
        if !self.parser.isMidRequest, !self.isAnswering {
            self.deadline = .now + self.worker.configuration.requestTimeout
        }
        self.parser.feed(bytes)
        self.advance()
    }

    func reachedEnd() {
        // A client that half-closes still gets the answers it waits for, then the connection ends.
        self.hasReachedEnd = true
        if self.isAnswering, self.isHeld { return self.abort() }
        if !self.isBusy, !self.isClosing { self.closeAfterFlush() }
    }

    func drained() {
        self.isBlocked = false
        if !self.isClosing { self.advance() }
    }

    func closed(_ error: EventLoopError?) {
        self.isClosing = true
        self.stopAnswering()
        self.worker.remove(self)
    }
}
