/// The head of one MessagePack value: what it is, and how much follows.
enum MessagePackHead: Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A floating-point number, or an integer that takes more than 64 bits with a sign.
    case double(Double)
    /// So many bytes of UTF-8 follow.
    case string(count: Int)
    /// So many bytes follow.
    case bytes(count: Int)
    /// So many values follow.
    case array(count: Int)
    /// So many pairs of values follow.
    case map(count: Int)
    /// So many bytes follow, whose meaning the type tells.
    case ext(type: Int8, count: Int)
}

extension MessagePackReader {
    /// Reads a head; what it claims to follow has room in the bytes that are left.
    mutating func readHead() throws(HubProtocolError) -> MessagePackHead {
        let head = try self.readUncheckedHead()
        let least =
            switch head {
            case .null, .bool, .integer, .double: 0
            // The shortest value takes one byte.
            case .string(let count), .bytes(let count), .array(let count), .ext(_, let count): count
            case .map(let count): 2 * count
            }
        guard least <= self.remaining else { throw self.error("more is claimed than there is") }
        return head
    }

    private mutating func readUncheckedHead() throws(HubProtocolError) -> MessagePackHead {
        let format = try self.read(UInt8.self)
        switch format {
        case 0x00...0x7F: return .integer(Int64(format))
        case 0x80...0x8F: return .map(count: Int(format & 0x0F))
        case 0x90...0x9F: return .array(count: Int(format & 0x0F))
        case 0xA0...0xBF: return .string(count: Int(format & 0x1F))
        case 0xC0: return .null
        case 0xC2: return .bool(false)
        case 0xC3: return .bool(true)
        case 0xC4...0xC6: return .bytes(count: try self.readCount(width: format - 0xC4))
        case 0xC7...0xC9: return try self.ext(count: try self.readCount(width: format - 0xC7))
        case 0xCA...0xD3: return try self.readNumber(format)
        case 0xD4...0xD8: return try self.ext(count: 1 << Int(format - 0xD4))
        case 0xD9...0xDB: return .string(count: try self.readCount(width: format - 0xD9))
        case 0xDC, 0xDD: return .array(count: try self.readCount(width: format - 0xDB))
        case 0xDE, 0xDF: return .map(count: try self.readCount(width: format - 0xDD))
        case 0xE0...0xFF: return .integer(Int64(Int8(bitPattern: format)))
        default: throw self.error("a byte that begins no value")
        }
    }

    private mutating func readNumber(_ format: UInt8) throws(HubProtocolError) -> MessagePackHead {
        switch format {
        case 0xCA: return .double(Double(Float(bitPattern: try self.read(UInt32.self))))
        case 0xCB: return .double(Double(bitPattern: try self.read(UInt64.self)))
        case 0xCC: return .integer(Int64(try self.read(UInt8.self)))
        case 0xCD: return .integer(Int64(try self.read(UInt16.self)))
        case 0xCE: return .integer(Int64(try self.read(UInt32.self)))
        case 0xCF:
            let value = try self.read(UInt64.self)
            return Int64(exactly: value).map { .integer($0) } ?? .double(Double(value))
        case 0xD0: return .integer(Int64(try self.read(Int8.self)))
        case 0xD1: return .integer(Int64(try self.read(Int16.self)))
        case 0xD2: return .integer(Int64(try self.read(Int32.self)))
        default: return .integer(try self.read(Int64.self))
        }
    }

    private mutating func ext(count: Int) throws(HubProtocolError) -> MessagePackHead {
        .ext(type: try self.read(Int8.self), count: count)
    }

    /// Reads a count of one, two or four bytes, for widths 0, 1 and 2.
    private mutating func readCount(width: UInt8) throws(HubProtocolError) -> Int {
        switch width {
        case 0: Int(try self.read(UInt8.self))
        case 1: Int(try self.read(UInt16.self))
        default: Int(try self.read(UInt32.self))
        }
    }
}
