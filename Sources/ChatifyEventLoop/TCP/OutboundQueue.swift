internal import CLibuv

/// The bytes a stream has yet to write: whole arrays, shared and not copied while they wait, with a bound in bytes.
///
/// A pure value; the stream does the writing.
struct OutboundQueue {
    private(set) var arrays: [[UInt8]] = []
    /// The first array not wholly written, and how much of it is.
    private(set) var first = 0
    private(set) var firstOffset = 0
    /// Bytes not yet written, those in a write request included.
    private(set) var byteCount = 0
    private var bytesInRequest = 0

    var maxBytes = 1_048_576
    /// How many arrays may wait.
    ///
    /// Many tiny ones cost more than their bytes, namely headers and places here, so these may cost about as much again.
    private var maxArrays: Int { 16 + self.maxBytes / 64 }
    /// Above half of the bound since the last signal.
    private var wasHigh = false
    /// The socket was full, a write was refused, or the owner asked, since the last signal.
    private var wasBlocked = false

    private var lowWater: Int { self.maxBytes / 2 }

    /// Nothing to hand to the socket; a write request may still be under way.
    var isEmpty: Bool { self.first == self.arrays.count }

    /// Queues `bytes`, or answers false and queues nothing if that would pass the bound.
    mutating func append(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= self.maxBytes - self.byteCount, self.arrays.count - self.first < self.maxArrays else {
            if self.byteCount > 0 { self.wasBlocked = true }
            return false
        }
        guard !bytes.isEmpty else { return true }
        // One allocation, where growing from one would need four.
        if self.arrays.isEmpty { self.arrays.reserveCapacity(8) }
        self.arrays.append(bytes)
        self.byteCount += bytes.count
        if self.byteCount > self.lowWater { self.wasHigh = true }
        return true
    }

    mutating func removeAll() {
        self.forgetArrays()
        self.byteCount = 0
        self.bytesInRequest = 0
    }

    /// The owner is to hear when the queue is empty.
    mutating func noteBlocked() { self.wasBlocked = true }

    /// Forgets the first `count` bytes: the socket took them.
    mutating func consume(_ count: Int) {
        self.byteCount -= count
        if self.byteCount == self.bytesInRequest { self.forgetArrays() } else { self.skip(count) }
    }

    /// Moves bytes into `destination`, as many as fit; they count until ``finishRequest()``.
    mutating func moveToRequest(_ destination: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        while filled < destination.count, !self.isEmpty {
            let array = self.arrays[self.first]
            let count = min(array.count - self.firstOffset, destination.count - filled)
            array.withUnsafeBytes { bytes in
                let part = UnsafeRawBufferPointer(rebasing: bytes[self.firstOffset..<self.firstOffset + count])
                UnsafeMutableRawBufferPointer(rebasing: destination[filled...]).copyMemory(from: part)
            }
            filled += count
            self.skip(count)
        }
        self.bytesInRequest = filled
        return filled
    }

    /// The write request is done.
    mutating func finishRequest() {
        self.byteCount -= self.bytesInRequest
        self.bytesInRequest = 0
    }

    /// Answers whether the owner should hear that there is room again, once each time.
    mutating func takeDrained() -> Bool {
        let fell = self.wasHigh && self.byteCount < max(1, self.lowWater)
        let emptied = self.wasBlocked && self.byteCount == 0
        if fell { self.wasHigh = false }
        if emptied { self.wasBlocked = false }
        return fell || emptied
    }

    private mutating func skip(_ count: Int) {
        var rest = count
        while rest > 0 {
            let left = self.arrays[self.first].count - self.firstOffset
            guard rest >= left else {
                self.firstOffset += rest
                break
            }
            rest -= left
            self.dropFirstArray()
        }
        if self.isEmpty { self.forgetArrays() }
    }

    private mutating func dropFirstArray() {
        self.arrays[self.first] = []  // its memory goes now, its place when the queue is empty or half used
        self.first += 1
        self.firstOffset = 0
        guard self.first >= 256, self.first * 2 >= self.arrays.count else { return }
        self.arrays.removeFirst(self.first)
        self.first = 0
    }

    private mutating func forgetArrays() {
        self.arrays = []
        self.first = 0
        self.firstOffset = 0
    }
}
