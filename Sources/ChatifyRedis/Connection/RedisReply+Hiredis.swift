internal import CHiredis

extension RedisReply {
    /// Copies a reply that hiredis owns; a type we do not know is an error reply.
    init(_ reply: UnsafePointer<redisReply>) {
        let reply = reply.pointee
        switch reply.type {
        case REDIS_REPLY_STRING: self = .string(Self.bytes(of: reply))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: Self.bytes(of: reply), as: UTF8.self))
        case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
        case REDIS_REPLY_NIL: self = .null
        case REDIS_REPLY_ARRAY: self = .array(Self.elements(of: reply))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: Self.bytes(of: reply), as: UTF8.self))
        default: self = .error("ERR hiredis gave a reply of type \(reply.type)")
        }
    }

    private static func bytes(of reply: redisReply) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: reply.str, count: reply.len))
    }

    // hiredis refuses nesting deeper than nine, so the recursion is bounded.
    private static func elements(of reply: redisReply) -> [RedisReply] {
        UnsafeBufferPointer(start: reply.element, count: reply.elements).map { element in
            element.map { RedisReply(UnsafePointer($0)) } ?? .null
        }
    }
}
