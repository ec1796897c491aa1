/// A pull reader over one record of MessagePack, strict in every respect.
///
/// Claims of length are held against the bytes that are there before anything is allocated, and never more is reserved
/// than a little. The reader points into the record and must not outlive the loan of it.
struct MessagePackReader {
    /// How many arrays and maps may be open at once, that of the message included: as many as in JSON.
    static let maxDepth = 64

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// Makes a reader over the bytes of one record.
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// How many bytes are left.
    var remaining: Int { self.bytes.count &- self.position }

    /// An error at the place where the reader stands.
    func error(_ reason: String) -> HubProtocolError { HubProtocolError(reason: "\(reason) at byte \(self.position)") }

    /// Throws unless all was read.
    func expectEnd() throws(HubProtocolError) {
        guard self.remaining == 0 else { throw self.error("something follows the message") }
    }

    /// Reads a big-endian number.
    mutating func read<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type
    ) throws(HubProtocolError) -> Number {
        let size = MemoryLayout<Number>.size
        guard size <= self.remaining else { throw self.error("the record ends within a value") }
        defer { self.position &+= size }
        return Number(bigEndian: self.bytes.loadUnaligned(fromByteOffset: self.position, as: type))
    }

    /// Takes the next `count` bytes, which ``readHead()`` has found to be there.
    mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
        defer { self.position &+= count }
        return UnsafeRawBufferPointer(rebasing: self.bytes[self.position..<self.position &+ count])
    }
}

// MARK: - Values of a known type

extension MessagePackReader {
    /// Reads the head of an array and returns how many values follow.
    mutating func readArray() throws(HubProtocolError) -> Int {
        guard case .array(let count) = try self.readHead() else { throw self.error("expected an array") }
        return count
    }

    /// Reads an integer of any width.
    mutating func readInt64() throws(HubProtocolError) -> Int64 {
        guard case .integer(let value) = try self.readHead() else { throw self.error("expected an integer") }
        return value
    }

    /// Reads a truth value.
    mutating func readBool() throws(HubProtocolError) -> Bool {
        guard case .bool(let value) = try self.readHead() else { throw self.error("expected a truth value") }
        return value
    }

    /// Reads a string.
    mutating func readString() throws(HubProtocolError) -> String {
        guard let text = try self.readOptionalString() else { throw self.error("expected a string") }
        return text
    }

    /// Reads a string, or nil as nil.
    mutating func readOptionalString() throws(HubProtocolError) -> String? {
        switch try self.readHead() {
        case .null: return nil
        case .string(let count): return try self.text(count)
        default: throw self.error("expected a string")
        }
    }

    /// Reads an array of strings and nothing else.
    mutating func readStrings() throws(HubProtocolError) -> [String] {
        var strings: [String] = []
        for _ in 0..<(try self.readArray()) { strings.append(try self.readString()) }
        return strings
    }

    /// Reads a map of strings, or nil for none; the last of several of one name counts.
    mutating func readHeaders() throws(HubProtocolError) -> [String: String] {
        let head = try self.readHead()
        if head == .null { return [:] }
        guard case .map(let count) = head else { throw self.error("expected a map") }
        var headers: [String: String] = [:]
        for _ in 0..<count {
            let name = try self.readString()
            headers[name] = try self.readString()
        }
        return headers
    }

    /// Takes UTF-8 of that length.
    mutating func text(_ count: Int) throws(HubProtocolError) -> String {
        guard let text = String(validating: self.take(count), as: UTF8.self) else { throw self.error("invalid UTF-8") }
        return text
    }
}
