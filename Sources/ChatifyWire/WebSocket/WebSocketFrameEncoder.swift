/// Writes the frames of a server: whole, unmasked, with the shortest form of the length (RFC 6455 section 5.2).
///
/// The bit 0x40 of the first byte says that the payload is compressed (RFC 7692 section 6).
///
///     0x80 | opcode   length < 126          payload
///     0x80 | opcode   126, length in 16 bit  payload
///     0x80 | opcode   127, length in 64 bit  payload
public enum WebSocketFrameEncoder {
    /// Bytes of payload that a ping, pong or close frame can carry at most.
    public static let maxControlBytes = 125

    /// A text message in one frame; `payload` must be UTF-8.
    public static func text(_ payload: [UInt8]) -> [UInt8] {
        payload.withUnsafeBytes { self.frame(.text, $0) }
    }

    /// A text message in one frame; `payload` must be UTF-8.
    public static func text(_ payload: UnsafeRawBufferPointer) -> [UInt8] {
        self.frame(.text, payload)
    }

    /// A text message in one frame, for a client with which ``PermessageDeflate`` was agreed.
    public static func compressedText(_ payload: [UInt8]) -> [UInt8] {
        payload.withUnsafeBytes { self.frame(.text, isCompressed: true, $0) }
    }

    /// A binary message in one frame, for a client with which ``PermessageDeflate`` was agreed.
    public static func compressedBinary(_ payload: [UInt8]) -> [UInt8] {
        payload.withUnsafeBytes { self.frame(.binary, isCompressed: true, $0) }
    }

    /// A binary message in one frame.
    public static func binary(_ payload: [UInt8]) -> [UInt8] {
        payload.withUnsafeBytes { self.frame(.binary, $0) }
    }

    /// A binary message in one frame.
    public static func binary(_ payload: UnsafeRawBufferPointer) -> [UInt8] {
        self.frame(.binary, payload)
    }

    /// A ping; bytes of `payload` over ``maxControlBytes`` are left out.
    public static func ping(_ payload: [UInt8] = []) -> [UInt8] {
        self.control(.ping, payload)
    }

    /// A pong; bytes of `payload` over ``maxControlBytes`` are left out.
    public static func pong(_ payload: [UInt8] = []) -> [UInt8] {
        self.control(.pong, payload)
    }

    /// A close frame of `code` and as many whole characters of `reason` as fit.
    ///
    /// A code that must not be sent (``WebSocketCloseCode/isSendable(_:)``) gives a frame without code and reason.
    public static func close(code: UInt16, reason: String = "") -> [UInt8] {
        guard WebSocketCloseCode.isSendable(code) else { return self.control(.close, []) }
        var payload = [UInt8(code >> 8), UInt8(code & 0xFF)]
        for scalar in reason.unicodeScalars {
            let bytes = UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            guard payload.count + bytes.count <= self.maxControlBytes else { break }
            payload.append(contentsOf: bytes)
        }
        return self.control(.close, payload)
    }

    private static func control(_ opcode: WebSocketOpcode, _ payload: [UInt8]) -> [UInt8] {
        payload.withUnsafeBytes { bytes in
            self.frame(opcode, UnsafeRawBufferPointer(rebasing: bytes.prefix(self.maxControlBytes)))
        }
    }

    private static func frame(
        _ opcode: WebSocketOpcode,
        isCompressed: Bool = false,
        _ payload: UnsafeRawBufferPointer
    ) -> [UInt8] {
        let length = payload.count
        let headBytes = length < 126 ? 2 : length <= 0xFFFF ? 4 : 10
        return [UInt8](unsafeUninitializedCapacity: headBytes + length) { frame, count in
            let frame = UnsafeMutableRawBufferPointer(frame)
            frame[0] = 0x80 | (isCompressed ? 0x40 : 0) | opcode.rawValue
            switch headBytes {
            case 2:
                frame[1] = UInt8(truncatingIfNeeded: length)
            case 4:
                frame[1] = 126
                frame.storeBytes(of: UInt16(truncatingIfNeeded: length).bigEndian, toByteOffset: 2, as: UInt16.self)
            default:
                frame[1] = 127
                frame.storeBytes(of: UInt64(length).bigEndian, toByteOffset: 2, as: UInt64.self)
            }
            UnsafeMutableRawBufferPointer(rebasing: frame[headBytes...]).copyMemory(from: payload)
            count = headBytes + length
        }
    }
}
