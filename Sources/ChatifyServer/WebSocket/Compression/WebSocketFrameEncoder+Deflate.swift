internal import ChatifyWire

extension WebSocketFrameEncoder {
    /// Payloads below this many bytes do not become shorter.
    private static let minimumLength = 64
    // One for all loops: frames for many are made once, and the lock is held for microseconds.
    private static let deflater = Deflater()

    /// A text message in one frame, compressed if that makes it shorter.
    package static func deflatedText(_ payload: [UInt8]) -> [UInt8] {
        self.deflated(payload).map(self.compressedText) ?? self.text(payload)
    }

    /// A binary message in one frame, compressed if that makes it shorter.
    package static func deflatedBinary(_ payload: [UInt8]) -> [UInt8] {
        self.deflated(payload).map(self.compressedBinary) ?? self.binary(payload)
    }

    private static func deflated(_ payload: [UInt8]) -> [UInt8]? {
        payload.count < self.minimumLength ? nil : self.deflater.compress(payload)
    }
}
