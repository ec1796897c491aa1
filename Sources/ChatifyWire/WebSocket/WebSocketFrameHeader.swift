/// The first two bytes of a client frame (RFC 6455 section 5.2), and how to read what follows them.
///
/// What these bytes say is checked before the rest of the header is waited for.
struct WebSocketFrameHeader: Sendable, Equatable {
    let opcode: WebSocketOpcode
    let isFinal: Bool
    /// 0 to 125 is the length itself; 126 and 127 say that 2 or 8 bytes of length follow.
    private let shortLength: UInt8

    /// Reads the first two bytes of a frame.
    /// - Throws: 1002 for reserved bits or opcodes, fragmented or long control frames, and a missing mask.
    init(_ first: UInt8, _ second: UInt8) throws(WebSocketFailure) {
        guard first & 0x70 == 0 else { throw .protocolError("reserved bits are set") }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else { throw .protocolError("reserved opcode") }
        self.opcode = opcode
        self.isFinal = first & 0x80 != 0
        self.shortLength = second & 0x7F
        if opcode.isControl {
            guard self.isFinal else { throw .protocolError("fragmented control frame") }
            guard self.shortLength <= 125 else { throw .protocolError("control frame too long") }
        }
        guard second & 0x80 != 0 else { throw .protocolError("frame without mask") }
    }

    /// Where the four bytes of the mask begin.
    var maskOffset: Int {
        switch self.shortLength {
        case 126: 4
        case 127: 10
        default: 2
        }
    }

    /// Reads the length of the payload from the front of `queue`, or nil if it has not come whole.
    /// - Throws: 1002 if the length has its top bit set or would have fitted a shorter form.
    func length(in queue: ByteQueue) throws(WebSocketFailure) -> Int? {
        guard self.shortLength > 125 else { return Int(self.shortLength) }
        guard queue.count >= self.maskOffset else { return nil }
        var length: UInt64 = 0
        for index in 2..<self.maskOffset { length = length << 8 | UInt64(queue[index]) }
        guard length >> 63 == 0 else { throw .protocolError("length has its top bit set") }
        guard length > (self.shortLength == 126 ? 125 : 0xFFFF) else {
            throw .protocolError("length not in its shortest form")
        }
        return Int(length)
    }
}
