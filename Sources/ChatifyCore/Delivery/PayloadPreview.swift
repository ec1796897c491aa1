/// The beginning of a payload, for a line of log.
package enum PayloadPreview {
    /// Writes `bytes` as printable ASCII, other bytes and the backslash as `\xNN`; at most `limit` bytes of text, and no
    /// byte of the payload in part.
    package static func text(of bytes: some Sequence<UInt8>, limit: Int) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            let written = self.written(byte)
            guard text.count + written.count <= limit else { break }
            text += written
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func written(_ byte: UInt8) -> [UInt8] {
        guard byte < 0x20 || byte > 0x7E || byte == UInt8(ascii: "\\") else { return [byte] }
        return [UInt8(ascii: "\\"), UInt8(ascii: "x"), self.digit(byte >> 4), self.digit(byte & 0xF)]
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
