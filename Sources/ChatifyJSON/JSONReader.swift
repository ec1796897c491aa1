/// A pull reader over one complete JSON text (RFC 8259), strict in every respect.
///
/// The caller asks for the values in the order in which they stand; after an error the reader is not to be used again.
/// The reader, its keys and its raw values point into the text and must not outlive the closure they are lent to.
/// Duplicate names in an object are reported as they come.
package struct JSONReader {
    let bytes: UnsafeRawBufferPointer
    let maxDepth: Int
    /// Whether half a surrogate pair, which can be escaped but is no text, reads as U+FFFD; it is an error unless set.
    ///
    /// JavaScript escapes one when a program has cut a text within an emoji.
    package var replacesLoneSurrogates = false
    var position = 0
    var depth = 0

    /// Lends a reader over `bytes`, which must hold one JSON text and nothing but white space around it.
    ///
    /// - Parameter maxDepth: How many arrays and objects may be open at once.
    /// - Throws: What `body` threw, or an error if anything follows what `body` read.
    @inline(__always)
    package static func read<R>(
        _ bytes: UnsafeRawBufferPointer,
        maxDepth: Int = 64,
        _ body: (inout JSONReader) throws(JSONError) -> R
    ) throws(JSONError) -> R {
        var reader = JSONReader(bytes, maxDepth: maxDepth)
        let result = try body(&reader)
        try reader.expectEnd()
        return result
    }

    /// Lends a reader over an array's bytes.
    package static func read<R>(
        _ bytes: [UInt8],
        maxDepth: Int = 64,
        _ body: (inout JSONReader) throws(JSONError) -> R
    ) throws(JSONError) -> R {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) -> R in
            try Self.read(UnsafeRawBufferPointer(buffer), maxDepth: maxDepth, body)
        }
    }

    /// Lends a reader over a slice's bytes.
    package static func read<R>(
        _ bytes: ArraySlice<UInt8>,
        maxDepth: Int = 64,
        _ body: (inout JSONReader) throws(JSONError) -> R
    ) throws(JSONError) -> R {
        try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) -> R in
            try Self.read(UnsafeRawBufferPointer(buffer), maxDepth: maxDepth, body)
        }
    }

    init(_ bytes: UnsafeRawBufferPointer, maxDepth: Int) {
        self.bytes = bytes
        self.maxDepth = maxDepth
    }

    /// An error at the place where the reader stands, for callers whose own rules the text breaks.
    package func error(_ reason: String) -> JSONError { JSONError(offset: self.position, reason: reason) }

    func expectEnd() throws(JSONError) {
        var rest = self
        rest.skipWhiteSpace()
        guard rest.position == rest.bytes.count else { throw rest.error("unexpected bytes after the value") }
    }

    @inline(__always)
    mutating func skipWhiteSpace() {
        while self.position < self.bytes.count {
            switch self.bytes[self.position] {
            case ASCII.space, ASCII.lineFeed, ASCII.carriageReturn, ASCII.tab: self.position &+= 1
            default: return
            }
        }
    }

    /// The next byte that is not white space, which stays unread.
    @inline(__always)
    mutating func nextByte() throws(JSONError) -> UInt8 {
        self.skipWhiteSpace()
        guard self.position < self.bytes.count else { throw self.error("unexpected end") }
        return self.bytes[self.position]
    }
}
