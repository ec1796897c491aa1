import ChatifyJSON

/// A whole JSON value, read and written through the reader and the writer under test.
indirect enum JSONTree: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONTree])
    case object([Member])

    struct Member: Equatable, Sendable {
        var name: String
        var value: JSONTree
    }

    static func parse(_ text: [UInt8], maxDepth: Int = 64) throws(JSONError) -> JSONTree {
        try JSONReader.read(text, maxDepth: maxDepth) { (reader) throws(JSONError) in try JSONTree(from: &reader) }
    }

    static func parse(_ text: String) throws(JSONError) -> JSONTree { try self.parse(Array(text.utf8)) }

    init(from reader: inout JSONReader) throws(JSONError) {
        switch try reader.peek() {
        case .null:
            try reader.readNull()
            self = .null
        case .bool: self = .bool(try reader.readBool())
        case .number: self = .number(try reader.readNumber())
        case .string: self = .string(try reader.readString())
        case .array:
            var elements: [JSONTree] = []
            try reader.readArray { (reader) throws(JSONError) in elements.append(try JSONTree(from: &reader)) }
            self = .array(elements)
        case .object:
            var members: [Member] = []
            try reader.readObject { (key, reader) throws(JSONError) in
                members.append(Member(name: String(key), value: try JSONTree(from: &reader)))
            }
            self = .object(members)
        }
    }

    var encoded: [UInt8] {
        var writer = JSONWriter(reserving: 64)
        self.write(to: &writer)
        return writer.bytes
    }

    private func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .number(.integer(let value)): writer.int(value)
        case .number(.double(let value)): writer.double(value)
        case .string(let value): writer.string(value)
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.write(to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(member.name)
                member.value.write(to: &writer)
            }
            writer.endObject()
        }
    }
}
