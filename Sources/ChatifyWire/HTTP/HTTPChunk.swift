/// A piece of a body whose length is not known beforehand (RFC 9112 section 7.1).
public enum HTTPChunk {
    /// The end of such a body.
    public static let last: [UInt8] = Array("0\r\n\r\n".utf8)

    /// Wraps a piece, which must not be empty: an empty one would be the end.
    public static func encode(_ piece: [UInt8]) -> [UInt8] {
        precondition(!piece.isEmpty, "an empty chunk ends the body")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(piece.count + 12)
        bytes += String(piece.count, radix: 16).utf8
        bytes += "\r\n".utf8
        bytes += piece
        bytes += "\r\n".utf8
        return bytes
    }
}
