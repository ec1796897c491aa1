/// How a load client talks to the server under test.
enum Dialect: String, Sendable {
    /// A stock SignalR client's bytes, in JSON.
    case signalr
    /// The same in MessagePack.
    case messagepack
    /// Bare text for a bare publish/subscribe server to compare with: `J<scope>` joins, `S<scope> <text>` says, and a
    /// message comes back as its text.
    case plain

    /// What a payload that came from the server is.
    enum Incoming {
        /// A message somebody said, with its number.
        case delivery(Int)
        /// The answer to a join, a send or another invocation.
        case completion
        case other
    }

    /// What a client sends once its WebSocket is open; empty if there is no handshake.
    var handshake: [UInt8] {
        switch self {
        case .signalr: Array("{\"protocol\":\"json\",\"version\":1}\u{1E}".utf8)
        case .messagepack: Array("{\"protocol\":\"messagepack\",\"version\":1}\u{1E}".utf8)
        case .plain: []
        }
    }

    /// Whether joins and sends are answered.
    var isAnswered: Bool { self != .plain }

    func join(_ scope: String) -> [UInt8] {
        switch self {
        case .signalr:
            Array(
                "{\"type\":1,\"invocationId\":\"j\",\"target\":\"JoinScopeAsync\",\"arguments\":[\"\(scope)\",0]}\u{1E}"
                    .utf8
            )
        case .messagepack: MessagePack.invocation("JoinScopeAsync", id: "j", [.text(scope), .number(0)])
        case .plain: Array("J\(scope)".utf8)
        }
    }

    /// A frame of the client's with that payload.
    func frame(_ payload: [UInt8]) -> [UInt8] { clientFrame(payload, isText: self != .messagepack) }

    /// A message whose text begins with its number in eight digits, padded to `size` characters.
    func send(_ number: Int, to scope: String, size: Int, awaitsAnswer: Bool) -> [UInt8] {
        let digits = String(number)
        let text =
            String(repeating: "0", count: max(0, 8 - digits.count)) + digits
            + String(repeating: "x", count: max(0, size - 8))
        let id = awaitsAnswer ? "\"invocationId\":\"s\"," : ""
        return switch self {
        case .signalr:
            Array(
                "{\"type\":1,\(id)\"target\":\"SendAsync\",\"arguments\":[{\"scopeType\":0,\"scopeId\":\"\(scope)\",\"text\":\"\(text)\"}]}\u{1E}"
                    .utf8
            )
        case .messagepack:
            MessagePack.invocation(
                "SendAsync",
                id: awaitsAnswer ? "s" : nil,
                [.map([("scopeType", .number(0)), ("scopeId", .text(scope)), ("text", .text(text))])]
            )
        case .plain: Array("S\(scope) \(text)".utf8)
        }
    }

    var heartbeat: [UInt8] {
        switch self {
        case .messagepack: MessagePack.invocation("HeartbeatAsync", id: "h", [])
        case .signalr, .plain:
            Array("{\"type\":1,\"invocationId\":\"h\",\"target\":\"HeartbeatAsync\",\"arguments\":[]}\u{1E}".utf8)
        }
    }

    func classify(_ payload: UnsafeRawBufferPointer) -> Incoming {
        switch self {
        case .plain: return payload.count >= 8 ? .delivery(number(in: payload, at: 0)) : .other
        case .messagepack: return MessagePack.classify(payload) { number(in: payload, at: $0) }
        case .signalr:
            // {"type":N,…
            guard payload.count > 8 else { return .other }
            if payload[8] == UInt8(ascii: "3") { return .completion }
            guard payload[8] == UInt8(ascii: "1"), let start = textStart(in: payload) else { return .other }
            return .delivery(number(in: payload, at: start))
        }
    }
}

/// The place behind `"text":"`.
private func textStart(in payload: UnsafeRawBufferPointer) -> Int? {
    let marker: StaticString = "\"text\":\""
    let count = marker.utf8CodeUnitCount
    var index = 40
    while index + count + 8 <= payload.count {
        // The marker's rarest byte first.
        if payload[index + 3] == UInt8(ascii: "x"), payload[index] == UInt8(ascii: "\""),
            payload[index + 1] == UInt8(ascii: "t"), payload[index + 7] == UInt8(ascii: "\"")
        {
            return index + count
        }
        index += 1
    }
    return nil
}

private func number(in payload: UnsafeRawBufferPointer, at start: Int) -> Int {
    (start..<start + 8).reduce(0) { $0 * 10 + Int(payload[$1] & 0xF) }
}
