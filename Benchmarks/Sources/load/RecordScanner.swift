import Foundation

/// Finds the records of the JSON hub protocol in a stream of bytes, and leaves out what an event stream puts between them.
struct RecordScanner {
    /// A record that is yet to end.
    private var rest: [UInt8] = []

    mutating func scan(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        while let end = Self.first(0x1E, in: bytes, from: start) {
            if self.rest.isEmpty {
                Self.record(UnsafeRawBufferPointer(rebasing: bytes[start...end]), body)
            } else {
                self.rest += bytes[start...end]
                self.rest.withUnsafeBytes { Self.record($0, body) }
                self.rest = []
            }
            start = end + 1
        }
        self.rest += bytes[start...]
    }

    private static func record(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        guard let start = Self.first(UInt8(ascii: "{"), in: bytes, from: 0) else { return }
        body(UnsafeRawBufferPointer(rebasing: bytes[start...]))
    }

    private static func first(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, start < bytes.count,
            let found = memchr(base + start, CInt(byte), bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }
}
