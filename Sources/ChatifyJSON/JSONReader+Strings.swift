extension JSONReader {
    /// Reads a string, with its escapes undone.
    ///
    /// - Throws: If the bytes are not UTF-8, a control character stands unescaped or a surrogate alone.
    package mutating func readString() throws(JSONError) -> String {
        guard try self.nextByte() == ASCII.quote else { throw self.error("expected a string") }
        return try self.scanString().makeString()
    }

    /// Checks the string whose opening quote comes next and passes over it.
    mutating func scanString() throws(JSONError) -> JSONStringContents {
        let start = self.position &+ 1
        var hasEscapes = false
        self.position = start
        while true {
            self.skipPlainCharacters()
            guard self.position < self.bytes.count else { throw self.error("unterminated string") }
            switch self.bytes[self.position] {
            case ASCII.quote:
                let contents = UnsafeRawBufferPointer(rebasing: self.bytes[start..<self.position])
                self.position &+= 1
                return JSONStringContents(bytes: contents, hasEscapes: hasEscapes)
            case ASCII.backslash:
                hasEscapes = true
                try self.skipEscape()
            case 0..<ASCII.space:
                throw self.error("unescaped control character in a string")
            default:
                try self.skipNonASCII()
            }
        }
    }

    /// Moves to the next byte that is not an ordinary ASCII character.
    @inline(__always)
    private mutating func skipPlainCharacters() {
        while self.bytes.count &- self.position >= 8 {
            let stops = ByteWord.readingStops(ByteWord.load(self.bytes, at: self.position))
            guard stops == 0 else {
                self.position &+= ByteWord.firstMarked(stops)
                return
            }
            self.position &+= 8
        }
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            guard byte >= ASCII.space, byte < 0x80, byte != ASCII.quote, byte != ASCII.backslash else { return }
            self.position &+= 1
        }
    }

    /// Passes over a run of multi-byte sequences.
    private mutating func skipNonASCII() throws(JSONError) {
        while self.position < self.bytes.count, self.bytes[self.position] >= 0x80 {
            guard let length = UTF8Sequence.length(in: self.bytes, at: self.position) else {
                throw self.error("invalid UTF-8 in a string")
            }
            self.position &+= length
        }
    }

    private mutating func skipEscape() throws(JSONError) {
        guard self.bytes.count &- self.position >= 2 else { throw self.error("unterminated string") }
        switch self.bytes[self.position &+ 1] {
        case ASCII.quote, ASCII.backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            self.position &+= 2
        case UInt8(ascii: "u"):
            try self.skipUnicodeEscape()
        default:
            throw self.error("unknown escape in a string")
        }
    }

    /// Passes over `\uXXXX`, or over two of them that make a surrogate pair.
    private mutating func skipUnicodeEscape() throws(JSONError) {
        guard let unit = self.unicodeEscape(at: self.position) else { throw self.error("malformed \\u escape") }
        switch unit & 0xFC00 {
        case 0xD800:
            guard let low = self.unicodeEscape(at: self.position &+ 6), low & 0xFC00 == 0xDC00 else {
                return try self.skipLoneSurrogate()
            }
            self.position &+= 12
        case 0xDC00:
            try self.skipLoneSurrogate()
        default:
            self.position &+= 6
        }
    }

    private mutating func skipLoneSurrogate() throws(JSONError) {
        guard self.replacesLoneSurrogates else { throw self.error("lone surrogate in a string") }
        self.position &+= 6
    }

    private func unicodeEscape(at offset: Int) -> UInt32? {
        guard self.bytes.count &- offset >= 6 else { return nil }
        guard self.bytes[offset] == ASCII.backslash, self.bytes[offset &+ 1] == UInt8(ascii: "u") else { return nil }
        var unit: UInt32 = 0
        for index in offset &+ 2..<offset &+ 6 {
            guard let digit = ASCII.hexValue(self.bytes[index]) else { return nil }
            unit = unit &<< 4 | digit
        }
        return unit
    }
}
