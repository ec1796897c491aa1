/// The first two bytes of a client frame (RFC 6455 section 5.2), and how to read what follows them.
///
/// What these bytes say is checked before the rest of the header is waited for.
struct WebSocketFrameHeader: Sendable, Equatable {
    let opcode: WebSocketOpcode
    let isFinal: Bool
    /// The message that this frame begins is compressed (RFC 7692 section 6).
    let isCompressed: Bool
    /// 0 to 125 is the length itself; 126 and 127 say that 2 or 8 bytes of length follow.
    private let shortLength: UInt8

    /// Reads the first two bytes of a frame.
    /// - Parameter allowsCompression: Whether messages may be compressed, which only their first frame says.
    /// - Throws: 1002 for reserved bits or opcodes, fragmented or long control frames, and a missing mask.
    init(_ first: UInt8, _ second: UInt8, allowsCompression: Bool = false) throws(WebSocketFailure) {
        let beginsMessage =
            first & 0x0F == WebSocketOpcode.text.rawValue || first & 0x0F == WebSocketOpcode.binary.rawValue
        let reserved: UInt8 = allowsCompression && beginsMessage ? 0x30 : 0x70
        guard first & reserved == 0 else { throw .protocolError("reserved bits are set") }
        self.isCompressed = first & 0x40 != 0
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
