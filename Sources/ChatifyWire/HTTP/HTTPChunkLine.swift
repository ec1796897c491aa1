/// The line before a chunk's data: its size and extensions, which are checked and dropped (RFC 9112 section 7.1).
struct HTTPChunkLine: Sendable, Equatable {
    /// Bytes of the line with its line end: sixteen digits and some extension.
    static let maxBytes = 1024

    /// Bytes of data that follow; 0 ends the body.
    var size: Int
    /// Bytes behind the digits, which count towards what a client may waste.
    var extensionBytes: Int

    /// Reads `line`, which holds no line end.
    /// - Throws: 400 unless the line is 1 to 16 hexadecimal digits, then nothing or `;` and text without controls.
    init(parsing line: UnsafeBufferPointer<UInt8>) throws(HTTPParseError) {
        var size: UInt64 = 0
        var digits = 0
        while digits < line.count, let value = ASCII.hexValue(line[digits]) {
            digits += 1
            guard digits <= 16 else { throw .badRequest("malformed chunk size") }
            size = size << 4 | UInt64(value)
        }
        guard digits > 0, let count = Int(exactly: size), digits == line.count || line[digits] == ASCII.semicolon else {
            throw .badRequest("malformed chunk size")
        }
        for index in digits..<line.count where !ASCII.isFieldValue(line[index]) {
            throw .badRequest("control byte in a chunk extension")
        }
        self.size = count
        self.extensionBytes = line.count - digits
    }
}
