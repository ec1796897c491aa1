/// How the records of a protocol are told apart in the stream of bytes.
public struct RecordFraming: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case separator
        case lengthPrefix
        case handshake
    }

    let kind: Kind

    /// Each record ends with the byte 0x1E, which JSON text never contains.
    public static let separator = RecordFraming(kind: .separator)
    /// Each record begins with its length in one to five bytes, seven bits in each, the least significant first.
    public static let lengthPrefix = RecordFraming(kind: .lengthPrefix)
    /// One record ends with the byte 0x1E; nothing is known yet of what follows it.
    static let handshake = RecordFraming(kind: .handshake)
}
