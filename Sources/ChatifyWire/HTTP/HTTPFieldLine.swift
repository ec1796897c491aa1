/// A field line of a head or a trailer, checked byte by byte (RFC 9112 section 5).
enum HTTPFieldLine {
    /// Splits `line`, which holds no line end, into name and value; blanks around the value are dropped.
    /// - Throws: 400 for a folded line, for anything but token characters before the colon, and for control bytes.
    static func parse(_ line: UnsafeBufferPointer<UInt8>) throws(HTTPParseError) -> HTTPHeaders.Field {
        var colon = 0
        while colon < line.count, ASCII.isToken(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == ASCII.colon else {
            throw .badRequest("malformed field name")
        }
        var start = colon + 1
        var end = line.count
        while start < end, ASCII.isBlank(line[start]) { start += 1 }
        while end > start, ASCII.isBlank(line[end - 1]) { end -= 1 }
        for index in start..<end where !ASCII.isFieldValue(line[index]) {
            throw .badRequest("control byte in a field value")
        }
        return HTTPHeaders.Field(
            name: String(decoding: line[..<colon], as: UTF8.self),
            value: String(decoding: line[start..<end], as: UTF8.self)
        )
    }
}
