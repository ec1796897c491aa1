internal import CZlib

/// Inflates the pieces of one compressed message, up to a limit (RFC 7692 section 7.2.2).
///
/// Owns a zlib stream, which lives at one address because zlib's state points back at it (zlib.h, `inflateInit2`).
final class Inflater {
    /// Why a message cannot be inflated.
    enum Failure: Error, Equatable {
        /// The bytes are not deflate's.
        case malformed
        /// The message is longer than is allowed.
        case tooLong
    }

    private static let pieceLength = 16_384
    /// The end of a flush, which the sender leaves out.
    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]

    private let stream: UnsafeMutablePointer<z_stream>
    private var room: Int

    /// Begins a message of at most `limit` bytes.
    init(limit: Int) {
        self.room = limit
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        let status = chatify_inflate_begin(self.stream, 15)
        precondition(status == Z_OK, "zlib has no memory for a decompressor")
    }

    deinit {
        inflateEnd(self.stream)
        self.stream.deallocate()
    }

    /// Inflates more of the message and hands it over in pieces of at most 16 KiB; what `use` throws ends it.
    func inflate(
        _ bytes: [UInt8],
        endsMessage: Bool,
        _ use: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        try self.inflate(bytes, use)
        // Nothing at all stands for an empty message, though a well-made one has a byte.
        guard endsMessage, self.stream.pointee.total_in > 0 else { return }
        try self.inflate(Self.tail, use)
        // Bit 7: between two blocks, as after every flush (zlib.h, `inflate`). Elsewhere the message was cut short.
        guard self.stream.pointee.data_type & 128 != 0 else { throw .malformed }
    }

    private func inflate(_ bytes: [UInt8], _ use: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        var used = 0
        var isDrained = false
        while used < bytes.count || !isDrained {
            let (piece, consumed, status) = self.step(bytes[used...])
            used += consumed
            self.room -= piece.count
            guard self.room >= 0 else { throw .tooLong }
            if !piece.isEmpty { try use(piece) }
            switch status {
            case Z_OK: isDrained = piece.count < Self.pieceLength
            // No progress was possible: all is used and all is out.
            case Z_BUF_ERROR: return
            // The sender ended the stream; what follows is another one (RFC 7692 section 7.2.3.5).
            case Z_STREAM_END:
                inflateReset(self.stream)
                isDrained = true
            default: throw .malformed
            }
        }
    }

    private func step(_ bytes: ArraySlice<UInt8>) -> (piece: [UInt8], consumed: Int, status: Int32) {
        var consumed = 0
        var status = Z_OK
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceLength) { output, count in
            bytes.withUnsafeBufferPointer { input in
                // zlib does not write to its input; the pointer is mutable only because ZLIB_CONST is not defined.
                self.stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                self.stream.pointee.avail_in = UInt32(input.count)
                self.stream.pointee.next_out = output.baseAddress
                self.stream.pointee.avail_out = UInt32(Self.pieceLength)
                status = CZlib.inflate(self.stream, Z_SYNC_FLUSH)
                consumed = input.count - Int(self.stream.pointee.avail_in)
                count = Self.pieceLength - Int(self.stream.pointee.avail_out)
            }
        }
        return (piece, consumed, status)
    }
}
