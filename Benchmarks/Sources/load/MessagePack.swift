/// As much of the MessagePack hub protocol as load needs, written and read by hand.
enum MessagePack {
    /// A value that a client sends.
    indirect enum Value {
        case text(String)
        case number(UInt8)
        case map([(String, Value)])

        fileprivate var bytes: [UInt8] {
            switch self {
            case .text(let text):
                let utf8 = Array(text.utf8)
                // fixstr, str 8 or str 16.
                let head: [UInt8] =
                    utf8.count < 32
                    ? [0xA0 | UInt8(utf8.count)]
                    : utf8.count < 256
                        ? [0xD9, UInt8(utf8.count)] : [0xDA, UInt8(utf8.count >> 8), UInt8(utf8.count & 0xFF)]
                return head + utf8
            case .number(let number): return [number]
            case .map(let pairs):
                return [0x80 | UInt8(pairs.count)] + pairs.flatMap { Value.text($0.0).bytes + $0.1.bytes }
            }
        }
    }

    /// `[1, {}, id, target, arguments]` behind its length.
    static func invocation(_ target: String, id: String?, _ arguments: [Value]) -> [UInt8] {
        let name = id.map { Value.text($0).bytes } ?? [0xC0]
        let body =
            [0x95, 0x01, 0x80] + name + Value.text(target).bytes + [0x90 | UInt8(arguments.count)]
            + arguments.flatMap(\.bytes)
        return self.length(body.count) + body
    }

    /// Seven bits a byte, the lowest first.
    private static func length(_ count: Int) -> [UInt8] {
        count < 128 ? [UInt8(count)] : [0x80 | UInt8(count & 0x7F), UInt8(count >> 7)]
    }

    /// What a record is, whose message's number stands where `number` reads it.
    static func classify(_ payload: UnsafeRawBufferPointer, number: (Int) -> Int) -> Dialect.Incoming {
        guard payload.count > 4 else { return .other }
        let type = payload[payload[0] < 0x80 ? 2 : 3]
        if type == 3 { return .completion }
        guard type == 1, let start = self.textStart(in: payload) else { return .other }
        return .delivery(number(start))
    }

    /// The place behind the key `text` and its value's head.
    private static func textStart(in payload: UnsafeRawBufferPointer) -> Int? {
        let key: [UInt8] = [0xA4] + Array("text".utf8)
        var index = 8
        while index + 16 <= payload.count {
            if payload[index] == key[0], payload[index + 3] == key[3], payload[index + 1] == key[1],
                payload[index + 4] == key[4]
            {
                switch payload[index + 5] {
                case 0xD9: return index + 7
                case 0xDA: return index + 8
                default: return index + 6
                }
            }
            index += 1
        }
        return nil
    }
}
