internal import CZlib
internal import ChatifyCore
internal import ChatifyWire

/// Compresses messages one by one, from any thread (RFC 7692 section 7.2.1).
///
/// Owns a zlib stream, which lives at one address because zlib's state points back at it (zlib.h, `deflateInit2`).
final class Deflater: Sendable {
    private let stream: Locked<UnsafeMutablePointer<z_stream>>

    init() {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = chatify_deflate_begin(stream, Z_BEST_SPEED, Int32(PermessageDeflate.windowBits))
        precondition(status == Z_OK, "zlib has no memory for a compressor")
        self.stream = Locked(stream)
    }

    deinit {
        self.stream.withLock { stream in
            deflateEnd(stream)
            stream.deallocate()
        }
    }

    /// Returns the message compressed, without the empty block at its end; `nil` if that is no shorter.
    func compress(_ message: [UInt8]) -> [UInt8]? {
        self.stream.withLock { Self.deflate(message, with: $0) }
    }

    private static func deflate(_ message: [UInt8], with stream: UnsafeMutablePointer<z_stream>) -> [UInt8]? {
        deflateReset(stream)
        // Four bytes longer than what is kept: the end of the flush, which both sides leave out.
        let room = message.count + Self.tailLength
        let output = [UInt8](unsafeUninitializedCapacity: room) { output, count in
            message.withUnsafeBufferPointer { input in
                // zlib does not write to its input; the pointer is mutable only because ZLIB_CONST is not defined.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(room)
                let status = CZlib.deflate(stream, Z_SYNC_FLUSH)
                let isWhole = status == Z_OK && stream.pointee.avail_out > 0
                count = isWhole ? room - Int(stream.pointee.avail_out) : 0
            }
        }
        let length = output.count - Self.tailLength
        return length > 0 && length < message.count ? Array(output.prefix(length)) : nil
    }

    private static let tailLength = 4
}
