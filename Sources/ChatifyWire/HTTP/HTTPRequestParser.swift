/// Cuts a connection's bytes into HTTP/1.0 and HTTP/1.1 requests (RFC 9112), without a socket.
///
/// Feed what the transport read, then call ``next()`` until it answers nil, then read again. Requests may follow each
/// other without waiting (pipelining). Bodies are handed on as they come; between calls the parser keeps no more than
/// one unfinished line and the fields of one head, both bounded by ``HTTPLimits``.
public struct HTTPRequestParser: Sendable {
    private enum Phase: Equatable {
        case requestLine(skippedBlankLine: Bool)
        case fields
        case fixedBody(remaining: Int)
        case chunkLine
        case chunkData(remaining: Int)
        case chunkEnd
        case trailers(bytes: Int, count: Int)
        case failed(HTTPParseError)
    }

    private enum Step {
        case needsBytes
        case goOn
        case event(HTTPRequestEvent)
    }

    private let limits: HTTPLimits
    private var phase = Phase.requestLine(skippedBlankLine: false)
    private var queue = ByteQueue()
    /// The head under construction; meaningful in phase `fields`.
    private var head = HTTPPartialHead()
    /// What a chunked body has brought so far; meaningful from `chunkLine` to `trailers`.
    private var chunkedBytes = 0
    private var extensionBytes = 0

    /// Creates a parser for a new connection.
    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Bytes that have been fed and not used; after ``next()`` answered nil, at most one unfinished line.
    public var bufferedBytes: Int { self.queue.count }

    /// Whether a request has begun and not ended.
    ///
    /// Such a connection deserves a deadline, an idle one its keep-alive time.
    public var isMidRequest: Bool {
        switch self.phase {
        case .requestLine: !self.queue.isEmpty
        case .failed: false
        case .fields, .fixedBody, .chunkLine, .chunkData, .chunkEnd, .trailers: true
        }
    }

    /// Adds bytes that have arrived; after an error they are dropped.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        if case .failed = self.phase { return }
        self.queue.append(bytes)
    }

    /// Adds bytes that have arrived; after an error they are dropped.
    public mutating func feed(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { self.feed($0) }
    }

    /// Takes all bytes that have not been used: after the `end` of an upgrade request they belong to the new protocol.
    public mutating func takeRemaining() -> [UInt8] {
        self.queue.take(upTo: .max)
    }

    /// The next part of a request, or nil if more bytes are needed.
    /// - Throws: the refusal to answer with, after which the connection must be closed; later calls throw it again.
    public mutating func next() throws(HTTPParseError) -> HTTPRequestEvent? {
        do throws(HTTPParseError) {
            while true {
                switch try self.step() {
                case .needsBytes: return nil
                case .goOn: continue
                case .event(let event): return event
                }
            }
        } catch {
            self.phase = .failed(error)
            self.queue.removeAll()
            self.head = HTTPPartialHead()
            throw error
        }
    }

    private mutating func step() throws(HTTPParseError) -> Step {
        switch self.phase {
        case .requestLine(let skippedBlankLine): try self.requestLine(skippedBlankLine: skippedBlankLine)
        case .fields: try self.field()
        case .fixedBody(let remaining): self.body(remaining) { .fixedBody(remaining: $0) } ?? self.end()
        case .chunkLine: try self.chunkLine()
        case .chunkData(let remaining): self.body(remaining) { .chunkData(remaining: $0) } ?? self.endChunkData()
        case .chunkEnd: try self.chunkEnd()
        case .trailers(let bytes, let count): try self.trailer(bytes: bytes, count: count)
        case .failed(let error): throw error
        }
    }
}

// MARK: - Head

extension HTTPRequestParser {
    private mutating func requestLine(skippedBlankLine: Bool) throws(HTTPParseError) -> Step {
        try self.checkStart()
        let limit = self.limits.maxRequestLineBytes + 2
        guard let length = try self.line(limit: limit, status: 414, "request line too long") else { return .needsBytes }
        if length == 0 {
            // RFC 9112 section 2.2: one empty line before a request is left over from a sloppy client.
            guard !skippedBlankLine else { throw .badRequest("empty request line") }
            self.queue.drop(2)
            self.phase = .requestLine(skippedBlankLine: true)
            return .goOn
        }
        self.head.line = try self.queue.withPrefix(length) { bytes throws(HTTPParseError) in
            try HTTPRequestLine(parsing: bytes)
        }
        self.queue.drop(length + 2)
        self.phase = .fields
        return .goOn
    }

    /// Refuses what cannot become a request, such as a TLS hello, without waiting for a line end that may never come.
    private func checkStart() throws(HTTPParseError) {
        guard !self.queue.isEmpty else { return }
        let first = self.queue[0]
        guard ASCII.isToken(first) || first == ASCII.carriageReturn || first == ASCII.lineFeed else {
            throw .badRequest("a request must begin with its method")
        }
    }

    private mutating func field() throws(HTTPParseError) -> Step {
        let limit = self.limits.maxHeaderBytes - self.head.bytes
        guard let length = try self.line(limit: limit + 2, status: 431, "fields too long") else { return .needsBytes }
        if length == 0 {
            self.queue.drop(2)
            return .event(try self.finishHead())
        }
        guard length + 2 <= limit, self.head.headers.count < self.limits.maxHeaderCount else {
            throw HTTPParseError(status: 431, reason: "too many fields")
        }
        let field = try self.queue.withPrefix(length) { bytes throws(HTTPParseError) in
            try HTTPFieldLine.parse(bytes)
        }
        self.head.headers.add(field.name, field.value)
        self.head.bytes += length + 2
        self.queue.drop(length + 2)
        return .goOn
    }

    private mutating func finishHead() throws(HTTPParseError) -> HTTPRequestEvent {
        let head = try self.head.finish()
        self.head = HTTPPartialHead()
        switch try self.framing(of: head) {
        case .length(let length): self.phase = .fixedBody(remaining: length)
        case .chunked:
            self.chunkedBytes = 0
            self.extensionBytes = 0
            self.phase = .chunkLine
        }
        return .head(head)
    }

    private func framing(of head: HTTPRequestHead) throws(HTTPParseError) -> HTTPBodyFraming {
        do throws(HTTPParseError) {
            return try HTTPBodyFraming(
                minorVersion: head.minorVersion,
                headers: head.headers,
                maxBodyBytes: self.limits.maxBodyBytes
            )
        } catch {
            var error = error
            error.head = head
            throw error
        }
    }

    /// The length of the line at the front without its CRLF, or nil if its end has not come.
    private mutating func line(
        limit: Int,
        status: Int,
        _ reason: StaticString
    ) throws(HTTPParseError) -> Int? {
        switch self.queue.nextLine(limit: limit) {
        case .incomplete: return nil
        case .found(let length): return length
        case .bareLineFeed: throw .badRequest("line feed without carriage return")
        case .tooLong: throw HTTPParseError(status: status, reason: "\(reason)")
        }
    }
}

// MARK: - Body

extension HTTPRequestParser {
    /// Hands on what has come of `remaining` bytes; nil if there were none to hand on.
    private mutating func body(_ remaining: Int, _ phase: (Int) -> Phase) -> Step? {
        guard remaining > 0 else { return nil }
        guard !self.queue.isEmpty else { return .needsBytes }
        let bytes = self.queue.take(upTo: remaining)
        self.phase = phase(remaining - bytes.count)
        return .event(.body(bytes))
    }

    private mutating func end() -> Step {
        self.phase = .requestLine(skippedBlankLine: false)
        return .event(.end)
    }

    private mutating func endChunkData() -> Step {
        self.phase = .chunkEnd
        return .goOn
    }

    private mutating func chunkLine() throws(HTTPParseError) -> Step {
        let limit = HTTPChunkLine.maxBytes
        guard let length = try self.line(limit: limit, status: 400, "chunk line too long") else { return .needsBytes }
        let chunk = try self.queue.withPrefix(length) { bytes throws(HTTPParseError) in
            try HTTPChunkLine(parsing: bytes)
        }
        self.queue.drop(length + 2)
        guard chunk.size <= self.limits.maxBodyBytes - self.chunkedBytes else {
            throw HTTPParseError(status: 413, reason: "body too large")
        }
        self.chunkedBytes += chunk.size
        self.extensionBytes += chunk.extensionBytes
        guard self.extensionBytes <= self.limits.maxHeaderBytes else { throw .badRequest("chunk extensions too long") }
        self.phase = chunk.size > 0 ? .chunkData(remaining: chunk.size) : .trailers(bytes: 0, count: 0)
        return .goOn
    }

    private mutating func chunkEnd() throws(HTTPParseError) -> Step {
        guard self.queue.count >= 2 else { return .needsBytes }
        guard self.queue[0] == ASCII.carriageReturn, self.queue[1] == ASCII.lineFeed else {
            throw .badRequest("no line end after a chunk")
        }
        self.queue.drop(2)
        self.phase = .chunkLine
        return .goOn
    }

    /// Trailers are checked and dropped: nothing here may depend on a field that comes after the body.
    private mutating func trailer(bytes: Int, count: Int) throws(HTTPParseError) -> Step {
        let limit = self.limits.maxHeaderBytes - bytes
        guard let length = try self.line(limit: limit + 2, status: 431, "trailers too long") else { return .needsBytes }
        if length == 0 {
            self.queue.drop(2)
            return self.end()
        }
        guard length + 2 <= limit, count < self.limits.maxHeaderCount else {
            throw HTTPParseError(status: 431, reason: "too many trailers")
        }
        _ = try self.queue.withPrefix(length) { bytes throws(HTTPParseError) in try HTTPFieldLine.parse(bytes) }
        self.queue.drop(length + 2)
        self.phase = .trailers(bytes: bytes + length + 2, count: count + 1)
        return .goOn
    }
}
