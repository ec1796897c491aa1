internal import ChatifyWire

/// A compressed message that is coming in: inflated and checked piece by piece, when somebody asks for the next.
///
/// A class, because most connections have none at most times: one word is all it then takes of them.
final class InflatingMessage {
    /// Why a message is refused.
    struct Refusal: Error, Equatable {
        var code: UInt16
        var reason: String
    }

    /// Whether the message is text or bytes.
    let kind: WebSocketAction.DataKind
    /// Whether its end was fed.
    private(set) var isWhole = false
    /// Whether pieces of what was fed may be left.
    private(set) var hasPieces = false
    private let inflater: Inflater
    private var text = UTF8Validator()

    init(kind: WebSocketAction.DataKind, limit: Int) {
        self.kind = kind
        self.inflater = Inflater(limit: limit)
    }

    /// Takes a part as it came; ask first for the pieces of the part before.
    func feed(_ bytes: [UInt8], endsMessage: Bool) {
        self.inflater.feed(bytes, endsMessage: endsMessage)
        self.isWhole = endsMessage
        self.hasPieces = true
    }

    /// Returns the next piece, of 16 KiB at most; nil when there is none left of what was fed.
    func next() throws(Refusal) -> [UInt8]? {
        guard let piece = try self.inflated() else {
            self.hasPieces = false
            guard !self.isWhole || self.text.isComplete else { throw Refusal(.malformed) }
            return nil
        }
        guard self.kind == .binary || piece.withUnsafeBytes({ self.text.consume($0) }) else {
            throw Refusal(.malformed)
        }
        return piece
    }

    private func inflated() throws(Refusal) -> [UInt8]? {
        do throws(Inflater.Failure) { return try self.inflater.next() } catch { throw Refusal(error) }
    }
}

extension InflatingMessage.Refusal {
    init(_ failure: Inflater.Failure) {
        switch failure {
        case .malformed:
            self.init(code: WebSocketCloseCode.invalidPayload, reason: "message cannot be inflated, or is not UTF-8")
        case .tooLong: self.init(code: WebSocketCloseCode.messageTooBig, reason: "message too big")
        }
    }
}
