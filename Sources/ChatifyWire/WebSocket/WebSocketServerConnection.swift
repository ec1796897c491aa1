/// The server's end of one WebSocket (RFC 6455), without a socket.
///
/// Feed what the transport read, then do what ``next()`` says until it answers nil, then read again. Payloads of
/// messages are handed on as they come; between calls the connection keeps no more than a frame header or an
/// unfinished control frame. Messages may be fragmented, with control frames between the fragments.
public struct WebSocketServerConnection: Sendable {
    private enum Phase: Equatable {
        /// Both sides may send.
        case open
        /// Our close frame is sent, the peer's has not come; its data is ignored.
        case closing
        /// Nothing remains to be done but to report why.
        case ending(code: UInt16, reason: String)
        /// The end has been reported.
        case closed
    }

    private enum Frame: Equatable {
        case none
        case data(isFinal: Bool, remaining: Int, mask: WebSocketMask)
        case control(WebSocketOpcode, length: Int, mask: WebSocketMask)
    }

    private enum Step {
        case needsBytes
        case goOn
        case act(WebSocketAction)
    }

    /// The message whose last frame has not come.
    private struct Message {
        var kind: WebSocketAction.DataKind
        var isCompressed: Bool
        /// Payload of the frames whose headers have come.
        var bytes = 0
        var text = UTF8Validator()
    }

    private let limits: WebSocketLimits
    private let allowsCompression: Bool
    private var phase = Phase.open
    private var frame = Frame.none
    private var message: Message?
    private var queue = ByteQueue()

    /// Creates a connection that has just been upgraded.
    ///
    /// - Parameters:
    ///   - limits: What the peer may send at most, counted as it comes: compressed.
    ///   - allowsCompression: Whether ``PermessageDeflate`` was agreed.
    public init(limits: WebSocketLimits = WebSocketLimits(), allowsCompression: Bool = false) {
        self.limits = limits
        self.allowsCompression = allowsCompression
    }

    /// Bytes that have been fed and not used; after ``next()`` answered nil, less than 139.
    public var bufferedBytes: Int { self.queue.count }

    /// Whether the closing handshake has begun or is over, so that no frame may be sent any more.
    public var isClosing: Bool { self.phase != .open }

    /// Adds bytes that have arrived; after the end they are dropped.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        switch self.phase {
        case .open, .closing: self.queue.append(bytes)
        case .ending, .closed: break
        }
    }

    /// Adds bytes that have arrived; after the end they are dropped.
    public mutating func feed(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { self.feed($0) }
    }

    /// Begins the closing handshake: the close frame to send, or nil if one has been sent or the connection is over.
    ///
    /// Afterwards only ``WebSocketAction/close(code:reason:)`` follows, when the peer has answered; the caller sets the
    /// deadline for that. A code that must not be sent gives a frame without code.
    public mutating func close(code: UInt16, reason: String = "") -> [UInt8]? {
        guard self.phase == .open else { return nil }
        self.phase = .closing
        return WebSocketFrameEncoder.close(code: code, reason: reason)
    }

    /// The next thing to do, or nil if more bytes are needed or the connection is over.
    public mutating func next() -> WebSocketAction? {
        while true {
            switch self.phase {
            case .open, .closing: break
            case .ending(let code, let reason):
                self.phase = .closed
                return .close(code: code, reason: reason)
            case .closed: return nil
            }
            do throws(WebSocketFailure) {
                switch try self.step() {
                case .needsBytes: return nil
                case .goOn: continue
                case .act(let action): return action
                }
            } catch {
                let frame = WebSocketFrameEncoder.close(code: error.code, reason: error.reason)
                if case .act(let action) = self.end(code: error.code, reason: error.reason, frame) { return action }
            }
        }
    }

    private mutating func step() throws(WebSocketFailure) -> Step {
        switch self.frame {
        case .none: try self.header()
        case .data(let isFinal, let remaining, let mask): try self.data(isFinal, remaining, mask)
        case .control(let opcode, let length, let mask): try self.control(opcode, length, mask)
        }
    }

    /// Stops reading, and sends `frame` if no close frame has been sent yet.
    private mutating func end(code: UInt16, reason: String, _ frame: [UInt8]) -> Step {
        let wasOpen = self.phase == .open
        self.phase = .ending(code: code, reason: reason)
        self.frame = .none
        self.message = nil
        self.queue.removeAll()
        return wasOpen ? .act(.send(frame)) : .goOn
    }
}

// MARK: - Headers

extension WebSocketServerConnection {
    private mutating func header() throws(WebSocketFailure) -> Step {
        guard self.queue.count >= 2 else { return .needsBytes }
        let header = try WebSocketFrameHeader(
            self.queue[0],
            self.queue[1],
            allowsCompression: self.allowsCompression
        )
        try self.checkOrder(header.opcode)
        guard let length = try header.length(in: self.queue) else { return .needsBytes }
        if !header.opcode.isControl { try self.checkSize(length) }
        let place = header.maskOffset
        guard self.queue.count >= place + 4 else { return .needsBytes }
        let mask = WebSocketMask(
            self.queue[place],
            self.queue[place + 1],
            self.queue[place + 2],
            self.queue[place + 3]
        )
        self.queue.drop(place + 4)
        self.begin(header, length, mask)
        return .goOn
    }

    /// Refuses a continuation of nothing, and a new message before the end of the last.
    private func checkOrder(_ opcode: WebSocketOpcode) throws(WebSocketFailure) {
        switch (opcode, self.message != nil) {
        case (.continuation, false): throw .protocolError("continuation of no message")
        case (.text, true), (.binary, true): throw .protocolError("message inside a fragmented message")
        case (.continuation, true), (.text, false), (.binary, false), (.close, _), (.ping, _), (.pong, _): break
        }
    }

    private func checkSize(_ length: Int) throws(WebSocketFailure) {
        guard length <= self.limits.maxFrameBytes else { throw .tooBig }
        guard length <= self.limits.maxMessageBytes - (self.message?.bytes ?? 0) else { throw .tooBig }
    }

    private mutating func begin(_ header: WebSocketFrameHeader, _ length: Int, _ mask: WebSocketMask) {
        switch header.opcode {
        case .close, .ping, .pong:
            self.frame = .control(header.opcode, length: length, mask: mask)
            return
        case .text: self.message = Message(kind: .text, isCompressed: header.isCompressed)
        case .binary: self.message = Message(kind: .binary, isCompressed: header.isCompressed)
        case .continuation: break
        }
        self.message?.bytes += length
        self.frame = .data(isFinal: header.isFinal, remaining: length, mask: mask)
    }
}

// MARK: - Payloads

extension WebSocketServerConnection {
    private mutating func data(
        _ isFinal: Bool,
        _ remaining: Int,
        _ mask: WebSocketMask
    ) throws(WebSocketFailure) -> Step {
        let length = min(remaining, self.queue.count)
        guard length > 0 || remaining == 0 else { return .needsBytes }
        var mask = mask
        let bytes = self.queue.withPrefix(length) { mask.remove(from: $0) }
        self.queue.drop(length)
        let endsFrame = length == remaining
        let endsMessage = isFinal && endsFrame
        self.frame = endsFrame ? .none : .data(isFinal: isFinal, remaining: remaining - length, mask: mask)
        guard let message = self.message else { return .goOn }
        let kind = message.kind
        if kind == .text, !message.isCompressed, self.phase == .open {
            try self.checkText(bytes, endsMessage: endsMessage)
        }
        if endsMessage { self.message = nil }
        guard self.phase == .open, length > 0 || endsMessage else { return .goOn }
        return .act(
            message.isCompressed
                ? .compressed(kind: kind, bytes: bytes, endsMessage: endsMessage)
                : .data(kind: kind, bytes: bytes, endsMessage: endsMessage)
        )
    }

    private mutating func checkText(_ bytes: [UInt8], endsMessage: Bool) throws(WebSocketFailure) {
        guard
            var text = self.message?.text, bytes.withUnsafeBytes({ text.consume($0) }),
            text.isComplete || !endsMessage
        else {
            throw .invalidText
        }
        self.message?.text = text
    }

    private mutating func control(
        _ opcode: WebSocketOpcode,
        _ length: Int,
        _ mask: WebSocketMask
    ) throws(WebSocketFailure) -> Step {
        guard self.queue.count >= length else { return .needsBytes }
        var mask = mask
        let payload = self.queue.withPrefix(length) { mask.remove(from: $0) }
        self.queue.drop(length)
        self.frame = .none
        switch opcode {
        case .close: return try self.closeFrame(payload)
        case .ping: return self.phase == .open ? .act(.send(WebSocketFrameEncoder.pong(payload))) : .goOn
        case .pong: return self.phase == .open ? .act(.pong) : .goOn
        case .continuation, .text, .binary: preconditionFailure("a data frame as control frame")
        }
    }

    /// Answers with the peer's own code, without a code if it gave none (RFC 6455 section 5.5.1).
    private mutating func closeFrame(_ payload: [UInt8]) throws(WebSocketFailure) -> Step {
        guard !payload.isEmpty else {
            let code = WebSocketCloseCode.noStatus
            return self.end(code: code, reason: "", WebSocketFrameEncoder.close(code: code))
        }
        guard payload.count >= 2 else { throw .protocolError("close frame with half a code") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard WebSocketCloseCode.isSendable(code) else { throw .protocolError("close code not allowed") }
        var text = UTF8Validator()
        let reason = payload[2...]
        guard reason.withUnsafeBytes({ text.consume($0) }), text.isComplete else { throw .invalidText }
        let answer = WebSocketFrameEncoder.close(code: code)
        return self.end(code: code, reason: String(decoding: reason, as: UTF8.self), answer)
    }
}
