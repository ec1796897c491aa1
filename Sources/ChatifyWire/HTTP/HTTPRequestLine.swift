/// The first line of a request, split and checked byte by byte (RFC 9112 section 3).
struct HTTPRequestLine: Sendable, Equatable {
    var method: String
    var target: String
    var minorVersion: Int

    /// Splits `line`, which holds no line end, at its two single spaces.
    /// - Throws: 400 if the line is malformed, 505 if the version is neither 1.0 nor 1.1.
    init(parsing line: UnsafeBufferPointer<UInt8>) throws(HTTPParseError) {
        guard
            let first = line.firstIndex(of: ASCII.space), first > 0,
            let last = line.lastIndex(of: ASCII.space), last > first + 1
        else {
            throw .badRequest("malformed request line")
        }
        let method = UnsafeBufferPointer(rebasing: line[..<first])
        let target = UnsafeBufferPointer(rebasing: line[(first + 1)..<last])
        guard Self.all(method, ASCII.isToken) else { throw .badRequest("malformed method") }
        guard Self.all(target, ASCII.isTarget) else { throw .badRequest("malformed request target") }
        self.minorVersion = try Self.minorVersion(UnsafeBufferPointer(rebasing: line[(last + 1)...]))
        self.method = String(decoding: method, as: UTF8.self)
        self.target = String(decoding: target, as: UTF8.self)
    }

    private static func minorVersion(_ text: UnsafeBufferPointer<UInt8>) throws(HTTPParseError) -> Int {
        let digits: ClosedRange<UInt8> = 0x30...0x39
        guard
            text.count == 8, text.starts(with: "HTTP/".utf8), digits.contains(text[5]), text[6] == 0x2E,
            digits.contains(text[7])
        else {
            throw .badRequest("malformed HTTP version")
        }
        guard text[5] == 0x31, text[7] <= 0x31 else {
            throw HTTPParseError(status: 505, reason: "HTTP version not supported")
        }
        return Int(text[7] - 0x30)
    }

    @inline(__always)
    private static func all(_ bytes: UnsafeBufferPointer<UInt8>, _ isAllowed: (UInt8) -> Bool) -> Bool {
        for byte in bytes where !isAllowed(byte) { return false }
        return true
    }
}
