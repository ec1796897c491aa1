import ChatifyJSON
import ChatifySignalR

/// Feeds the hub connection machine and the JSON reader with bytes from a fuzzer.
///
/// The first byte chooses how the rest is cut. Checked: the same actions however the bytes are cut, buffers within the
/// limit, nothing after a close, and that whatever JSON is accepted can be written and read again as the same value.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSignalR(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 0 else { return 0 }
    let input = UnsafeRawBufferPointer(start: start + 1, count: count - 1)
    let whole = play(input, cutting: ChunkSizes(fixed: max(input.count, 1)))
    precondition(play(input, cutting: ChunkSizes(seed: start[0])) == whole, "cutting changed the actions")
    precondition(play(input, cutting: ChunkSizes(fixed: 1)) == whole, "byte by byte changed the actions")
    for name in ["json", "messagepack"] { checkHandshaken(input, name, seed: start[0]) }
    checkJSON(Array(input))
    return 0
}

private let limit = 512

private struct ChunkSizes {
    private var state: UInt64
    private let fixed: Int?

    init(seed: UInt8) {
        self.state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        self.fixed = nil
    }

    init(fixed: Int) {
        self.state = 0
        self.fixed = fixed
    }

    mutating func next() -> Int {
        if let fixed = self.fixed { return fixed }
        self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(self.state >> 33) % 24
    }
}

private typealias Action = HubConnectionStateMachine.Action

/// What is to be the same however the bytes are cut: messages as bytes, since a NaN of MessagePack equals nothing.
private func bits(_ action: Action) -> [UInt8] {
    guard case .message(let message) = action else { return Array("\(action)".utf8) }
    return MessagePackHubProtocol().encode(message)
}

private func play(_ input: UnsafeRawBufferPointer, cutting sizes: ChunkSizes, after prefix: [UInt8] = []) -> [[UInt8]] {
    let now = ContinuousClock.now
    var sizes = sizes
    let limits = HubLimits(maximumReceiveMessageSize: limit)
    let protocols: [any HubProtocol] = [JSONHubProtocol(), MessagePackHubProtocol()]
    var machine = HubConnectionStateMachine(protocols: protocols, limits: limits, now: now)
    var actions: [Action] = []
    prefix.withUnsafeBytes { machine.receive($0, now: now) }
    var position = 0
    repeat {
        let end = min(position + sizes.next(), input.count)
        machine.receive(UnsafeRawBufferPointer(rebasing: input[position..<end]), now: now)
        position = end
        while let action = machine.next() { actions.append(action) }
        precondition(machine.bufferedCount < limit, "more is buffered than the limit allows")
    } while position < input.count
    check(actions, machine)
    return actions.map(bits)
}

private func check(_ actions: [Action], _ machine: HubConnectionStateMachine) {
    let closes = actions.count { if case .close = $0 { true } else { false } }
    precondition(closes <= 1 && (closes == 1) == machine.isClosed, "closing is not exactly once")
    if case .close? = actions.last {} else { precondition(closes == 0, "something follows a close") }
    for case .message(let message) in actions {
        let packed = MessagePackHubProtocol().encode(message)
        let prefix = 1 + (packed.firstIndex { $0 < 0x80 } ?? 0)
        let again = try? MessagePackHubProtocol().decode(Array(packed.dropFirst(prefix)))
        precondition(again.map(MessagePackHubProtocol().encode) == packed, "a message does not survive MessagePack")
        let text = JSONHubProtocol().encode(message)
        guard let read = try? JSONHubProtocol().decode(Array(text.dropLast())) else {
            preconditionFailure("written JSON is refused")
        }
        precondition(JSONHubProtocol().encode(read) == text, "a message does not survive JSON")
    }
}

private func checkHandshaken(_ input: UnsafeRawBufferPointer, _ name: String, seed: UInt8) {
    let handshake = Array(#"{"protocol":"\#(name)","version":1}"#.utf8) + [0x1E]
    let whole = play(input, cutting: ChunkSizes(fixed: max(input.count, 1)), after: handshake)
    precondition(play(input, cutting: ChunkSizes(seed: seed), after: handshake) == whole, "cutting changed the actions")
}

private func checkJSON(_ input: [UInt8]) {
    guard let first = try? rewritten(input) else { return }
    guard let second = try? rewritten(first) else { preconditionFailure("written JSON is refused") }
    precondition(first == second, "written JSON reads as another value")
    precondition(String(validating: first, as: UTF8.self) != nil, "written JSON is not UTF-8")
    precondition(first.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "written JSON holds a control character")
}

private func rewritten(_ text: [UInt8]) throws(JSONError) -> [UInt8] {
    try JSONReader.read(text) { (reader) throws(JSONError) in
        var writer = JSONWriter(reserving: text.count)
        try copy(&reader, to: &writer)
        return writer.bytes
    }
}

private func copy(_ reader: inout JSONReader, to writer: inout JSONWriter) throws(JSONError) {
    switch try reader.peek() {
    case .null:
        try reader.readNull()
        writer.null()
    case .bool: writer.bool(try reader.readBool())
    case .string: writer.string(try reader.readString())
    case .number:
        switch try reader.readNumber() {
        case .integer(let value): writer.int(value)
        case .double(let value): writer.double(value)
        }
    case .array:
        writer.beginArray()
        try reader.readArray { (reader) throws(JSONError) in try copy(&reader, to: &writer) }
        writer.endArray()
    case .object:
        writer.beginObject()
        try reader.readObject { (key, reader) throws(JSONError) in
            writer.key(String(key))
            try copy(&reader, to: &writer)
        }
        writer.endObject()
    }
}
