internal import ChatifyJSON

extension MessagePackReader {
    /// Reads any value within `depth` arrays and maps.
    mutating func readValue(depth: Int = 1) throws(HubProtocolError) -> HubValue {
        switch try self.readHead() {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .double(let value): .double(value)
        case .string(let count): .string(try self.text(count))
        case .bytes(let count): .bytes(Array(self.take(count)))
        case .array(let count): .array(try self.values(count, depth: depth))
        case .map(let count): .object(try self.members(count, depth: depth))
        case .ext(Self.timestamp, let count): try self.time(count)
        case .ext: throw self.error("an extension of an unknown type")
        }
    }

    /// Reads an array of any values.
    mutating func readValues() throws(HubProtocolError) -> [HubValue] {
        try self.values(try self.readArray(), depth: 1)
    }

    private mutating func values(_ count: Int, depth: Int) throws(HubProtocolError) -> [HubValue] {
        try self.checkDepth(depth)
        var values: [HubValue] = []
        for _ in 0..<count { values.append(try self.readValue(depth: depth + 1)) }
        return values
    }

    private mutating func members(_ count: Int, depth: Int) throws(HubProtocolError) -> [HubValue.Member] {
        try self.checkDepth(depth)
        var members: [HubValue.Member] = []
        for _ in 0..<count {
            let name = try self.readString()
            members.append(HubValue.Member(name, try self.readValue(depth: depth + 1)))
        }
        return members
    }

    private func checkDepth(_ depth: Int) throws(HubProtocolError) {
        guard depth < Self.maxDepth else { throw self.error("too many levels") }
    }

    /// The type of a time stamp, of 4, 8 or 12 bytes (MessagePack specification, "Timestamp extension type").
    static let timestamp: Int8 = -1

    private mutating func time(_ count: Int) throws(HubProtocolError) -> HubValue {
        let (seconds, nanoseconds): (Int64, UInt32)
        switch count {
        case 4: (seconds, nanoseconds) = (Int64(try self.read(UInt32.self)), 0)
        case 8:
            let both = try self.read(UInt64.self)
            (seconds, nanoseconds) = (Int64(both & 0x3_FFFF_FFFF), UInt32(both >> 34))
        case 12:
            nanoseconds = try self.read(UInt32.self)
            seconds = try self.read(Int64.self)
        default: throw self.error("a time stamp of a wrong length")
        }
        guard nanoseconds < 1_000_000_000, (ISO8601.earliest / 1000...ISO8601.latest / 1000).contains(seconds) else {
            throw self.error("a time stamp out of range")
        }
        return .time(millisecondsSinceEpoch: seconds * 1000 + Int64(nanoseconds / 1_000_000))
    }
}
