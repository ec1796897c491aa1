/// One fuzzing input: four bytes say in what sizes the rest arrives.
struct FuzzInput {
    private let sizes: [Int]
    /// The bytes of the connection.
    let bytes: UnsafeRawBufferPointer

    /// Splits what libFuzzer hands over; nil if there is nothing behind the sizes.
    init?(_ start: UnsafePointer<UInt8>, _ count: Int) {
        guard count > 4 else { return nil }
        self.sizes = (0..<4).map { Int(start[$0] & 0x3F) + 1 }
        self.bytes = UnsafeRawBufferPointer(start: start + 4, count: count - 4)
    }

    /// Whether to use limits so small that inputs of a few bytes reach them.
    var usesSmallLimits: Bool { self.sizes[0] % 2 == 0 }

    /// Whether the WebSocket may carry compressed messages.
    var allowsCompression: Bool { self.sizes[1] % 2 == 0 }

    /// Hands over the bytes in the input's own sizes, over and over.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        var turn = 0
        while start < self.bytes.count {
            let end = min(start + self.sizes[turn % 4], self.bytes.count)
            body(UnsafeRawBufferPointer(rebasing: self.bytes[start..<end]))
            start = end
            turn += 1
        }
    }
}
