/// Base64 with padding (RFC 4648 section 4), as much of it as the WebSocket handshake needs.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let rest = bytes.count - index
            let second = rest > 1 ? bytes[index + 1] : 0
            let third = rest > 2 ? bytes[index + 2] : 0
            let group = UInt32(bytes[index]) << 16 | UInt32(second) << 8 | UInt32(third)
            text.append(self.alphabet[Int(group >> 18)])
            text.append(self.alphabet[Int(group >> 12 & 63)])
            text.append(rest > 1 ? self.alphabet[Int(group >> 6 & 63)] : ASCII.equals)
            text.append(rest > 2 ? self.alphabet[Int(group & 63)] : ASCII.equals)
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether `text` encodes exactly 16 bytes, in the one way there is.
    static func isSixteenBytes(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes[22] == ASCII.equals, bytes[23] == ASCII.equals else { return false }
        guard bytes[..<22].allSatisfy(self.alphabet.contains) else { return false }
        // 22 digits are 132 bits: the last four say nothing and must be zero.
        return [0x41, 0x51, 0x67, 0x77].contains(bytes[21])
    }
}
