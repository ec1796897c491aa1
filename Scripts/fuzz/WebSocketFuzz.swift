import ChatifyWire

/// Everything that a connection's bytes amount to: whole messages and the rest.
private struct Outcome: Equatable {
    enum Item: Equatable {
        case message(WebSocketAction.DataKind, [UInt8])
        case compressed(WebSocketAction.DataKind, [UInt8])
        case other(WebSocketAction)
    }

    var items: [Item] = []
    private var pending: [UInt8] = []
    private var isOver = false

    static func == (left: Outcome, right: Outcome) -> Bool { left.items == right.items }

    mutating func drain(_ connection: inout WebSocketServerConnection, _ limits: WebSocketLimits) {
        while let action = connection.next() {
            precondition(!self.isOver, "an action after the end")
            self.note(action, limits)
        }
        precondition(connection.bufferedBytes < 139, "more than a header or a control frame is buffered")
    }

    private mutating func note(_ action: WebSocketAction, _ limits: WebSocketLimits) {
        switch action {
        case .data(let kind, let bytes, let endsMessage):
            guard let message = self.add(bytes, endsMessage, limits) else { return }
            if kind == .text { precondition(String(validating: message, as: UTF8.self) != nil) }
            self.items.append(.message(kind, message))
        case .compressed(let kind, let bytes, let endsMessage):
            guard let message = self.add(bytes, endsMessage, limits) else { return }
            self.items.append(.compressed(kind, message))
        case .send(let bytes):
            precondition(bytes.count >= 2 && bytes.count <= 127)
            self.items.append(.other(action))
        case .pong: self.items.append(.other(action))
        case .close:
            self.isOver = true
            self.items.append(.other(action))
        }
    }

    /// The message that ends with these bytes.
    private mutating func add(_ bytes: [UInt8], _ endsMessage: Bool, _ limits: WebSocketLimits) -> [UInt8]? {
        precondition(!bytes.isEmpty || endsMessage)
        self.pending += bytes
        precondition(self.pending.count <= limits.maxMessageBytes)
        guard endsMessage else { return nil }
        defer { self.pending = [] }
        return self.pending
    }
}

/// Closes from our side after the first piece: then nothing but the end may be reported.
private func fuzzClosing(_ input: FuzzInput, _ limits: WebSocketLimits) {
    var connection = WebSocketServerConnection(limits: limits, allowsCompression: input.allowsCompression)
    var outcome = Outcome()
    var isClosing = false
    input.forEachPiece { piece in
        connection.feed(piece)
        let count = outcome.items.count
        outcome.drain(&connection, limits)
        if isClosing {
            for case .other(let action) in outcome.items.dropFirst(count) {
                guard case .close = action else { preconditionFailure("an action while closing") }
            }
        }
        let frame = connection.close(code: UInt16(piece.count) &* 977, reason: "why")
        precondition(!isClosing || frame == nil, "a second close frame")
        isClosing = true
    }
}

/// Feeds frames whole and in pieces, and expects the same of both.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWebSocket(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard let input = FuzzInput(start, count) else { return 0 }
    var limits = WebSocketLimits()
    if input.usesSmallLimits {
        limits.maxFrameBytes = 40
        limits.maxMessageBytes = 60
    }
    var whole = Outcome()
    var connection = WebSocketServerConnection(limits: limits, allowsCompression: input.allowsCompression)
    connection.feed(input.bytes)
    whole.drain(&connection, limits)

    var chunked = Outcome()
    connection = WebSocketServerConnection(limits: limits, allowsCompression: input.allowsCompression)
    input.forEachPiece { piece in
        connection.feed(piece)
        chunked.drain(&connection, limits)
    }
    precondition(whole == chunked, "pieces mean something else than the whole")
    fuzzClosing(input, limits)
    return 0
}
