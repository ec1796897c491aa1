/// An answer of Redis, copied out of the C library.
package enum RedisReply: Sendable, Hashable {
    /// Any bytes.
    case string([UInt8])
    /// A short text such as `OK`.
    case status(String)
    case integer(Int64)
    case null
    case array([RedisReply])
    /// An error as Redis words it, such as `NOSCRIPT No matching script`.
    case error(String)

    /// The reply, unless it is an error.
    package func get() throws(RedisError) -> RedisReply {
        if case .error(let text) = self { throw RedisError(reply: text) }
        return self
    }

    /// The number, which the reply has to be.
    package func integer() throws(RedisError) -> Int64 {
        guard case .integer(let number) = try self.get() else { throw self.unexpected("a number") }
        return number
    }

    /// The elements, which the reply has to have.
    package func array() throws(RedisError) -> [RedisReply] {
        guard case .array(let elements) = try self.get() else { throw self.unexpected("an array") }
        return elements
    }

    /// The bytes, or nil for none, one of which the reply has to be.
    package func bytes() throws(RedisError) -> [UInt8]? {
        switch try self.get() {
        case .string(let bytes): return bytes
        case .null: return nil
        default: throw self.unexpected("a string")
        }
    }

    /// The bytes as text, or nil for none, one of which the reply has to be.
    package func text() throws(RedisError) -> String? {
        guard let bytes = try self.bytes() else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw self.unexpected("UTF-8") }
        return text
    }

    /// The elements as numbers, `count` of them.
    package func integers(_ count: Int) throws(RedisError) -> [Int64] {
        let elements = try self.array()
        guard elements.count == count else { throw self.unexpected("\(count) numbers") }
        return try elements.map { element throws(RedisError) in try element.integer() }
    }

    private func unexpected(_ expected: String) -> RedisError {
        RedisError(.unexpectedReply, "expected \(expected), got \(self.kind)")
    }

    private var kind: String {
        switch self {
        case .string(let bytes): "a string of \(bytes.count) bytes"
        case .status: "a status"
        case .integer: "a number"
        case .null: "nothing"
        case .array(let elements): "an array of \(elements.count)"
        case .error: "an error"
        }
    }
}
