/// Cuts a stream of bytes into records, wherever the transport happened to cut it.
///
/// The limit is asked before anything is kept: what is left over once all records were taken is shorter than the limit. Between records nothing is kept.
struct RecordSplitter {
    static let separator: UInt8 = 0x1E

    private var framing: RecordFraming
    /// Whether a record exceeded the limit: there is nothing more to come after the records that went before it.
    private(set) var isTooLong = false

    private let limit: Int
    private var buffer: [UInt8] = []
    /// Where the next record begins.
    private var head = 0
    /// Where the last complete record ends.
    private var completeEnd = 0

    /// - Parameter limit: The greatest length of a record in bytes, its framing included.
    init(limit: Int, framing: RecordFraming = .separator) {
        self.limit = limit
        self.framing = framing
    }

    /// How many bytes are held.
    var bufferedCount: Int { self.buffer.count &- self.head }

    /// Whether a complete record waits.
    var hasRecord: Bool { self.head < self.completeEnd }

    /// Takes the next bytes of the stream, up to the end of the last record that keeps to the limit.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard !self.isTooLong else { return }
        self.compact()
        switch self.framing.kind {
        case .separator: self.appendSeparated(bytes)
        case .lengthPrefix: self.appendPrefixed(bytes)
        case .handshake: self.appendHandshake(bytes)
        }
    }

    /// Tells the records after the handshake apart in this way, also those that were received with it.
    mutating func endHandshake(framing: RecordFraming) {
        self.framing = framing
        let rest = self.buffer[self.head...]
        self.removeAll()
        rest.withUnsafeBytes { self.append($0) }
    }

    /// Lends the next complete record, without its framing, to `body`; nil if there is none.
    mutating func next<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R? {
        guard self.hasRecord else { return nil }
        let start = self.head
        defer { if self.head == self.buffer.count { self.removeAll() } }
        return try self.buffer.withUnsafeBufferPointer { (buffer) throws(E) -> R in
            let bytes = UnsafeRawBufferPointer(buffer)
            let record = self.record(in: bytes, from: start)
            return try body(UnsafeRawBufferPointer(rebasing: bytes[record]))
        }
    }

    /// The place of the record at `start` without its framing; the next one begins behind both.
    private mutating func record(in bytes: UnsafeRawBufferPointer, from start: Int) -> Range<Int> {
        switch self.framing.kind {
        case .separator, .handshake:
            let end = bytes.firstSeparator(from: start) ?? bytes.count
            self.head = end &+ 1
            return start..<end
        case .lengthPrefix:
            guard let (length, size) = LengthPrefix.read(bytes, at: start) else {
                preconditionFailure("a record is complete and its length is not")
            }
            self.head = start &+ size &+ length
            return start &+ size..<self.head
        }
    }

    /// Gives back all memory.
    mutating func removeAll() {
        self.buffer = []
        self.head = 0
        self.completeEnd = 0
    }

    private mutating func appendSeparated(_ bytes: UnsafeRawBufferPointer) {
        var recordLength = self.buffer.count &- self.completeEnd
        var start = 0
        while let separator = bytes.firstSeparator(from: start) {
            guard separator &- start &+ recordLength < self.limit else { return self.stop(bytes, keeping: start) }
            start = separator &+ 1
            recordLength = 0
        }
        guard bytes.count &- start &+ recordLength < self.limit else { return self.stop(bytes, keeping: start) }
        let before = self.buffer.count
        self.buffer.append(contentsOf: bytes)
        if start > 0 { self.completeEnd = before &+ start }
    }

    private mutating func appendHandshake(_ bytes: UnsafeRawBufferPointer) {
        // What follows the handshake is cut once its protocol is known.
        if self.hasRecord { return self.buffer.append(contentsOf: bytes) }
        guard let separator = bytes.firstSeparator(from: 0) else { return self.appendSeparated(bytes) }
        guard separator &+ self.buffer.count < self.limit else { return self.stop(bytes, keeping: 0) }
        self.completeEnd = self.buffer.count &+ separator &+ 1
        self.buffer.append(contentsOf: bytes)
    }

    /// A length is judged as soon as it is read, before the record that it speaks of arrives.
    private mutating func appendPrefixed(_ bytes: UnsafeRawBufferPointer) {
        self.buffer.append(contentsOf: bytes)
        let end = self.buffer.withUnsafeBytes { buffer in
            var end = self.completeEnd
            while let (length, size) = LengthPrefix.read(buffer, at: end) {
                guard length <= self.limit &- size else {
                    self.isTooLong = true
                    break
                }
                guard buffer.count &- end >= length &+ size else { break }
                end = end &+ length &+ size
            }
            return end
        }
        self.completeEnd = end
        guard self.isTooLong else { return }
        self.buffer.removeSubrange(end...)
        if self.head == self.buffer.count { self.removeAll() }
    }

    /// Keeps the complete records in front of the one that is too long.
    private mutating func stop(_ bytes: UnsafeRawBufferPointer, keeping count: Int) {
        self.isTooLong = true
        if count > 0 {
            self.buffer.append(contentsOf: bytes[..<count])
            self.completeEnd = self.buffer.count
        } else {
            self.buffer.removeSubrange(self.completeEnd...)
        }
        if self.head == self.buffer.count { self.removeAll() }
    }

    /// Drops what was taken, once that is the greater part, so that every byte moves a bounded number of times.
    private mutating func compact() {
        guard self.head > 0, self.head >= self.buffer.count / 2 else { return }
        self.buffer.removeSubrange(..<self.head)
        self.completeEnd &-= self.head
        self.head = 0
    }
}

extension UnsafeRawBufferPointer {
    /// The offset of the first 0x1E at `start` or later, found eight bytes at a time.
    fileprivate func firstSeparator(from start: Int) -> Int? {
        var index = start
        while self.count &- index >= 8 {
            let word = UInt64(littleEndian: self.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let difference = word ^ 0x1E1E_1E1E_1E1E_1E1E
            let zeros = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
            if zeros != 0 { return index &+ zeros.trailingZeroBitCount &>> 3 }
            index &+= 8
        }
        while index < self.count {
            if self[index] == RecordSplitter.separator { return index }
            index &+= 1
        }
        return nil
    }
}
