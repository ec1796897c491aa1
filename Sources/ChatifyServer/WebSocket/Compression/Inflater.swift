internal import CZlib

/// Inflates one compressed message piece by piece, up to a limit (RFC 7692 section 7.2.2).
///
/// It is fed with what has come, then asked for pieces until it answers nil: so whoever uses them can stop in between, however
/// much a few bytes inflate to. Owns a zlib stream, which lives at one address because zlib's state points back at it (zlib.h,
/// `inflateInit2`).
final class Inflater {
    /// Why a message cannot be inflated.
    enum Failure: Error, Equatable {
        /// The bytes are not deflate's.
        case malformed
        /// The message is longer than is allowed.
        case tooLong
    }

    /// Where the inflating stands.
    private enum Phase {
        /// More of the message may come.
        case message
        /// What was fed is the end of the message.
        case end
        /// The end of a flush, which the sender left out, is put behind the message.
        case tail
    }

    private static let pieceLength = 16_384
    /// The end of a flush, which the sender leaves out.
    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]

    private let stream: UnsafeMutablePointer<z_stream>
    private var room: Int
    private var phase = Phase.message
    private var input: ArraySlice<UInt8> = []
    /// All that the bytes so far inflate to is out.
    private var isDrained = true

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

    /// Takes more of the message; ask first for all that was fed before.
    func feed(_ bytes: [UInt8], endsMessage: Bool) {
        self.input = bytes[...]
        self.isDrained = false
        self.phase = endsMessage ? .end : .message
    }

    /// Returns the next piece, of at most 16 KiB; nil when all that was fed is out.
    ///
    /// An empty one where the sender ended a stream: that is work, too, and a few bytes may hold very many.
    func next() throws(Failure) -> [UInt8]? {
        repeat {
            while !self.input.isEmpty || !self.isDrained {
                let (piece, endsStream) = try self.step()
                if endsStream || !piece.isEmpty { return piece }
            }
        } while try self.goesOn()
        return nil
    }

    private func step() throws(Failure) -> (piece: [UInt8], endsStream: Bool) {
        let (piece, status) = self.inflate()
        self.room -= piece.count
        guard self.room >= 0 else { throw .tooLong }
        switch status {
        case Z_OK: self.isDrained = piece.count < Self.pieceLength
        // No progress was possible: all is used and all is out.
        case Z_BUF_ERROR:
            self.input = []
            self.isDrained = true
        // The sender ended the stream; what follows is another one (RFC 7692 section 7.2.3.5).
        case Z_STREAM_END:
            inflateReset(self.stream)
            self.isDrained = true
        default: throw .malformed
        }
        return (piece, status == Z_STREAM_END)
    }

    /// Takes the next phase, as all that was fed is out; answers whether there is more to inflate in it.
    private func goesOn() throws(Failure) -> Bool {
        switch self.phase {
        case .message: return false
        case .end:
            self.phase = .message
            // Nothing at all stands for an empty message, though a well-made one has a byte.
            guard self.stream.pointee.total_in > 0 else { return false }
            self.input = Self.tail[...]
            self.isDrained = false
            self.phase = .tail
            return true
        case .tail:
            self.phase = .message
            // Bit 7: between two blocks, as after every flush (zlib.h, `inflate`). Elsewhere the message was cut short.
            guard self.stream.pointee.data_type & 128 != 0 else { throw .malformed }
            return false
        }
    }

    private func inflate() -> (piece: [UInt8], status: Int32) {
        var consumed = 0
        var status = Z_OK
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceLength) { output, count in
            self.input.withUnsafeBufferPointer { input in
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
        self.input = self.input.dropFirst(consumed)
        return (piece, status)
    }
}
