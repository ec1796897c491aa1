/// Bytes that have arrived and are not used up yet; taken from the front, added at the end.
///
/// Each byte is searched for a line end once and moved a constant number of times, however small the pieces are in
/// which bytes come. An empty queue keeps no memory: connections are idle most of the time, and there are many.
struct ByteQueue: Sendable {
    /// Result of looking for a line end.
    enum Line: Equatable {
        /// The line end has not arrived.
        case incomplete
        /// The line is or is going to be longer than the limit.
        case tooLong
        /// A line of `length` bytes, not counting its CRLF.
        case found(length: Int)
        /// A line that ends with a line feed alone.
        case bareLineFeed
    }

    private var storage: [UInt8] = []
    private var start = 0
    private var searched = 0

    var count: Int { self.storage.count - self.start }
    var isEmpty: Bool { self.storage.count == self.start }

    /// The byte `offset` places behind the front; the caller has checked ``count``.
    subscript(offset: Int) -> UInt8 { self.storage[self.start + offset] }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        // Moving pays only when at least as much is thrown away as is moved.
        if self.start > 0, self.start >= self.count, self.storage.count + bytes.count > self.storage.capacity {
            self.storage.removeFirst(self.start)
            self.start = 0
        }
        self.storage.append(contentsOf: bytes)
    }

    /// Looks for the end of the line at the front, of at most `limit` bytes including its line end.
    mutating func nextLine(limit: Int) -> Line {
        let from = self.start + self.searched
        let end = self.storage.withUnsafeBufferPointer { bytes -> Int? in
            var index = from
            while index < bytes.count {
                if bytes[index] == ASCII.lineFeed { return index }
                index += 1
            }
            return nil
        }
        guard let end else {
            self.searched = self.count
            return self.count >= limit ? .tooLong : .incomplete
        }
        let length = end - self.start
        if length >= limit { return .tooLong }
        guard length > 0, self.storage[end - 1] == ASCII.carriageReturn else { return .bareLineFeed }
        return .found(length: length - 1)
    }

    /// Lends the first `length` bytes; the caller has checked ``count``.
    func withPrefix<R, E: Error>(
        _ length: Int,
        _ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        let start = self.start
        return try self.storage.withUnsafeBufferPointer { bytes throws(E) -> R in
            try body(UnsafeBufferPointer(rebasing: bytes[start..<start + length]))
        }
    }

    /// Throws away the first `length` bytes; the caller has checked ``count``.
    mutating func drop(_ length: Int) {
        self.start += length
        self.searched = 0
        guard self.start == self.storage.count else { return }
        self.start = 0
        self.storage = []
    }

    /// Takes at most `limit` bytes from the front.
    mutating func take(upTo limit: Int) -> [UInt8] {
        if self.start == 0, limit >= self.storage.count {
            self.searched = 0
            return exchange(&self.storage, with: [])
        }
        let length = min(limit, self.count)
        let taken = Array(self.storage[self.start..<self.start + length])
        self.drop(length)
        return taken
    }

    mutating func removeAll() {
        self = ByteQueue()
    }
}

private func exchange(_ place: inout [UInt8], with value: [UInt8]) -> [UInt8] {
    let old = place
    place = value
    return old
}
