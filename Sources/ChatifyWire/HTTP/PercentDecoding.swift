/// Percent-decoding of paths and query items (RFC 3986 section 2.1).
enum PercentDecoding {
    /// Decodes a path strictly: nil if an escape is malformed, stands for NUL, or the result is not UTF-8.
    static func path(_ text: Substring) -> String? {
        guard text.utf8.contains(ASCII.percent) else { return String(text) }
        var validator = UTF8Validator()
        guard let bytes = decode(text.utf8, plusIsSpace: false, keepsMalformed: false), !bytes.contains(0) else {
            return nil
        }
        guard bytes.withUnsafeBytes({ validator.consume($0) }), validator.isComplete else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Decodes a query name or value leniently, as browsers do: a plus is a space, a malformed escape stays as it is.
    static func form(_ text: Substring) -> String {
        guard text.utf8.contains(where: { $0 == ASCII.percent || $0 == ASCII.plus }) else { return String(text) }
        let bytes = decode(text.utf8, plusIsSpace: true, keepsMalformed: true) ?? []
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func decode(_ text: Substring.UTF8View, plusIsSpace: Bool, keepsMalformed: Bool) -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index = text.index(after: index)
            if byte == ASCII.percent {
                if let value = escapedByte(text, at: index) {
                    decoded.append(value)
                    index = text.index(index, offsetBy: 2)
                } else if keepsMalformed {
                    decoded.append(byte)
                } else {
                    return nil
                }
            } else {
                decoded.append(plusIsSpace && byte == ASCII.plus ? ASCII.space : byte)
            }
        }
        return decoded
    }

    /// The byte of the two hexadecimal digits at `index`.
    private static func escapedByte(_ text: Substring.UTF8View, at index: Substring.Index) -> UInt8? {
        guard index < text.endIndex, let high = ASCII.hexValue(text[index]) else { return nil }
        let next = text.index(after: index)
        guard next < text.endIndex, let low = ASCII.hexValue(text[next]) else { return nil }
        return high << 4 | low
    }
}
