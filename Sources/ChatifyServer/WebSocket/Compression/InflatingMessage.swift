internal import ChatifyWire

/// A compressed message that is coming in: inflated, checked and handed on piece by piece.
struct InflatingMessage {
    /// Why a message is refused.
    struct Refusal: Error, Equatable {
        var code: UInt16
        var reason: String
    }

    private let kind: WebSocketAction.DataKind
    private let inflater: Inflater
    private var text = UTF8Validator()

    init(kind: WebSocketAction.DataKind, limit: Int) {
        self.kind = kind
        self.inflater = Inflater(limit: limit)
    }

    /// Takes a piece as it came and hands over what it holds, in pieces of at most 16 KiB.
    mutating func receive(
        _ bytes: [UInt8],
        endsMessage: Bool,
        _ use: ([UInt8]) -> Void
    ) throws(Refusal) {
        var text = self.text
        let isText = self.kind == .text
        do throws(Inflater.Failure) {
            try self.inflater.inflate(bytes, endsMessage: endsMessage) { piece throws(Inflater.Failure) in
                guard !isText || piece.withUnsafeBytes({ text.consume($0) }) else { throw .malformed }
                use(piece)
            }
            guard !endsMessage || text.isComplete else { throw .malformed }
        } catch {
            throw Refusal(error)
        }
        self.text = text
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
