/// Cuts bytes that come in pieces of any size into lines, which end in LF or CR LF.
///
/// It holds at most one line and the piece fed last.
package struct LineSplitter {
    /// A line has more bytes than allowed; nothing more can be read.
    package struct LineTooLong: Error, Hashable {
        package let maximumLength: Int
    }

    private let maximumLength: Int
    private var bytes: [UInt8] = []
    /// Where the line at hand begins.
    private var start = 0
    /// Up to where there is no LF.
    private var scanned = 0

    /// - Parameter maximumLength: The most bytes of a line, its end not counted; 1 MiB by default.
    package init(maximumLength: Int = 1_048_576) { self.maximumLength = maximumLength }

    /// Takes the next bytes; take out all lines with ``next()`` before feeding more.
    package mutating func feed(_ piece: [UInt8]) {
        self.bytes.removeSubrange(..<self.start)
        self.scanned -= self.start
        self.start = 0
        self.bytes += piece
    }

    /// Returns the next whole line without its end, or `nil` if more bytes are needed.
    package mutating func next() throws(LineTooLong) -> [UInt8]? {
        guard let end = self.bytes[self.scanned...].firstIndex(of: UInt8(ascii: "\n")) else {
            self.scanned = self.bytes.count
            // The last byte may be the CR of the line's end.
            guard self.scanned - self.start <= self.maximumLength + 1 else { throw self.tooLong }
            return nil
        }
        return try self.take(upTo: end, continuingAt: end + 1)
    }

    /// Returns what stands behind the last line's end, when there are no more bytes; `nil` if that is nothing.
    package mutating func rest() throws(LineTooLong) -> [UInt8]? {
        guard self.start < self.bytes.count else { return nil }
        return try self.take(upTo: self.bytes.count, continuingAt: self.bytes.count)
    }

    private mutating func take(upTo end: Int, continuingAt next: Int) throws(LineTooLong) -> [UInt8] {
        var line = self.bytes[self.start..<end]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        self.start = next
        self.scanned = next
        guard line.count <= self.maximumLength else { throw self.tooLong }
        return Array(line)
    }

    private var tooLong: LineTooLong { LineTooLong(maximumLength: self.maximumLength) }
}
