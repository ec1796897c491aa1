/// Writes JSON text as compact UTF-8, with commas where they belong.
///
/// The caller keeps the order right: inside an object every value follows its ``key(_:)-(String)``, and what was begun
/// is ended. `"`, `\`, U+0000–U+001F and U+007F are escaped and nothing else, so no raw control byte is ever written.
package struct JSONWriter: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Makes a writer with room for `capacity` bytes before it has to grow.
    package init(reserving capacity: Int) { self.bytes.reserveCapacity(capacity) }

    /// Writes `{`; names and values follow in turn.
    package mutating func beginObject() { self.begin(ASCII.openBrace) }
    /// Writes `}`.
    package mutating func endObject() { self.end(ASCII.closeBrace) }
    /// Writes `[`; values follow.
    package mutating func beginArray() { self.begin(ASCII.openBracket) }
    /// Writes `]`.
    package mutating func endArray() { self.end(ASCII.closeBracket) }

    /// Writes the name of the member whose value comes next.
    package mutating func key(_ name: StaticString) {
        self.separate()
        self.bytes.appendQuoted(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        self.bytes.append(ASCII.colon)
        self.needsComma = false
    }

    /// Writes the name of the member whose value comes next.
    package mutating func key(_ name: String) {
        self.string(name)
        self.bytes.append(ASCII.colon)
        self.needsComma = false
    }

    /// Writes a string, escaping what must be.
    package mutating func string(_ value: String) {
        self.separate()
        let done: Void? = value.utf8.withContiguousStorageIfAvailable { utf8 in
            self.bytes.appendQuoted(UnsafeRawBufferPointer(utf8))
        }
        if done == nil { Array(value.utf8).withUnsafeBytes { self.bytes.appendQuoted($0) } }
    }

    /// Writes a string from bytes that the caller knows to be UTF-8, escaping what must be.
    package mutating func string(utf8: UnsafeRawBufferPointer) {
        self.separate()
        self.bytes.appendQuoted(utf8)
    }

    /// Writes a string from bytes that the caller knows to be UTF-8, escaping what must be.
    package mutating func string(utf8: [UInt8]) {
        self.separate()
        utf8.withUnsafeBytes { self.bytes.appendQuoted($0) }
    }

    /// Writes an integer.
    package mutating func int(_ value: Int64) {
        self.separate()
        self.bytes.appendDecimal(value)
    }

    /// Writes the shortest digits that read back as `value`; `null` if it is not finite, as JSON has no word for it.
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return self.null() }
        self.separate()
        self.bytes.append(contentsOf: value.description.utf8)
    }

    /// Writes a time as ISO 8601 in UTC with milliseconds; one outside the years 1–9999 is clamped to them.
    package mutating func time(millisecondsSinceEpoch: Int64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: ISO8601.length) { buffer in
            ISO8601.write(millisecondsSinceEpoch: millisecondsSinceEpoch, to: buffer)
            self.string(utf8: UnsafeRawBufferPointer(buffer))
        }
    }

    /// Writes `true` or `false`.
    package mutating func bool(_ value: Bool) { self.literal(value ? "true" : "false") }

    /// Writes `null`.
    package mutating func null() { self.literal("null") }

    /// Writes a value that is JSON already, as it is.
    package mutating func raw(_ json: [UInt8]) {
        self.separate()
        self.bytes.append(contentsOf: json)
    }

    /// Writes a value that is JSON already, as it is.
    package mutating func raw(_ json: UnsafeRawBufferPointer) {
        self.separate()
        self.bytes.append(contentsOf: json)
    }

    /// Appends a byte that is no part of the JSON, such as a record separator; the next value begins a new text.
    package mutating func separator(_ byte: UInt8) {
        self.bytes.append(byte)
        self.needsComma = false
    }

    private mutating func begin(_ open: UInt8) {
        self.separate()
        self.bytes.append(open)
        self.needsComma = false
    }

    private mutating func end(_ close: UInt8) {
        self.bytes.append(close)
        self.needsComma = true
    }

    private mutating func literal(_ text: StaticString) {
        self.separate()
        self.bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Writes the comma after an earlier value and makes the next one due.
    @inline(__always)
    private mutating func separate() {
        if self.needsComma { self.bytes.append(ASCII.comma) }
        self.needsComma = true
    }
}
