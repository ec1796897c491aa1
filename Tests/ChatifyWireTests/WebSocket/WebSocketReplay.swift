import ChatifyWire
import Testing

/// What a WebSocket's bytes amount to, however they were cut.
struct WebSocketOutcome: Equatable {
    enum Item: Equatable {
        case text([UInt8])
        case binary([UInt8])
        case compressed([UInt8])
        case sent([UInt8])
        case pong
        case closed(UInt16, String)
    }

    /// Whole messages and everything else, in order.
    var items: [Item] = []
    /// Pieces of the message that has not ended; how much of it came before a failure depends on the cut.
    private var pending: [UInt8] = []

    static func == (left: WebSocketOutcome, right: WebSocketOutcome) -> Bool { left.items == right.items }

    init(feeding pieces: [[UInt8]], to connection: WebSocketServerConnection) {
        var connection = connection
        for piece in pieces {
            connection.feed(piece)
            while let action = connection.next() { self.note(action) }
        }
    }

    private mutating func note(_ action: WebSocketAction) {
        switch action {
        case .data(let kind, let bytes, let endsMessage):
            if bytes.isEmpty { #expect(endsMessage) }
            self.pending += bytes
            guard endsMessage else { return }
            self.items.append(kind == .text ? .text(self.pending) : .binary(self.pending))
            self.pending = []
        case .compressed(_, let bytes, let endsMessage):
            self.pending += bytes
            guard endsMessage else { return }
            self.items.append(.compressed(self.pending))
            self.pending = []
        case .send(let bytes): self.items.append(.sent(bytes))
        case .pong: self.items.append(.pong)
        case .close(let code, let reason): self.items.append(.closed(code, reason))
        }
    }

    /// The code with which the connection ended, or nil.
    var closeCode: UInt16? {
        guard case .closed(let code, _)? = self.items.last else { return nil }
        return code
    }

    /// The codes of the close frames that were sent; 1005 for one without code.
    var sentCloseCodes: [UInt16] {
        self.items.compactMap { item in
            guard case .sent(let bytes) = item, bytes.first == 0x88 else { return nil }
            return bytes.count < 4 ? 1005 : UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        }
    }
}

/// Replays `bytes` in many cuts, expects the same outcome of all, and answers it.
func replayWebSocket(
    _ bytes: [UInt8],
    to connection: WebSocketServerConnection = WebSocketServerConnection(),
    sourceLocation: SourceLocation = #_sourceLocation
) -> WebSocketOutcome {
    let whole = WebSocketOutcome(feeding: [bytes], to: connection)
    for pieces in Chopping.allWays(bytes, rounds: 4) {
        #expect(WebSocketOutcome(feeding: pieces, to: connection) == whole, sourceLocation: sourceLocation)
    }
    return whole
}

/// Replays `bytes` and expects the connection to fail with `code`, said once in a close frame, after `items`.
func expectFailure(
    _ bytes: [UInt8],
    _ code: UInt16,
    after items: [WebSocketOutcome.Item] = [],
    to connection: WebSocketServerConnection = WebSocketServerConnection(),
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let outcome = replayWebSocket(bytes, to: connection, sourceLocation: sourceLocation)
    #expect(outcome.closeCode == code, sourceLocation: sourceLocation)
    #expect(outcome.sentCloseCodes == [code], sourceLocation: sourceLocation)
    #expect(Array(outcome.items.dropLast(2)) == items, sourceLocation: sourceLocation)
}
