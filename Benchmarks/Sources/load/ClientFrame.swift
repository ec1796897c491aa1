/// Makes the masked frame a client sends, text or binary (RFC 6455 §5.2).
///
/// The mask is zero, which is allowed and costs nothing here;
/// the server unmasks all the same.
func clientFrame(_ payload: [UInt8], isText: Bool) -> [UInt8] {
    var frame: [UInt8] = [isText ? 0x81 : 0x82]
    switch payload.count {
    case ..<126: frame.append(0x80 | UInt8(payload.count))
    default: frame += [0x80 | 126, UInt8(payload.count >> 8 & 0xFF), UInt8(payload.count & 0xFF)]
    }
    return frame + [0, 0, 0, 0] + payload
}

/// Finds the payloads of the unmasked frames in a stream of bytes, keeping at most one partial frame.
struct FrameScanner {
    private var rest: [UInt8] = []

    mutating func scan(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        if self.rest.isEmpty {
            let used = Self.frames(in: bytes, body)
            if used < bytes.count { self.rest = Array(bytes[used...]) }
        } else {
            self.rest.append(contentsOf: bytes)
            let used = self.rest.withUnsafeBytes { Self.frames(in: $0, body) }
            self.rest.removeFirst(used)
        }
    }

    private static func frames(in bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) -> Int {
        var index = 0
        while bytes.count - index >= 2 {
            var length = Int(bytes[index + 1] & 0x7F)
            var header = 2
            if length == 126 {
                guard bytes.count - index >= 4 else { break }
                length = Int(bytes[index + 2]) << 8 | Int(bytes[index + 3])
                header = 4
            }
            guard bytes.count - index >= header + length else { break }
            body(UnsafeRawBufferPointer(rebasing: bytes[index + header..<index + header + length]))
            index += header + length
        }
        return index
    }
}
