/// How the records of a protocol are told apart in the stream of bytes.
public struct RecordFraming: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case separator
    }

    let kind: Kind

    /// Each record ends with the byte 0x1E, which JSON text never contains.
    public static let separator = RecordFraming(kind: .separator)
}
