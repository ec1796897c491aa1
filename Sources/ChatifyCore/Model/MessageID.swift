/// The name of one message: a UUID, written lower case, read in any case (contracts §1).
///
/// Ordered as unsigned bytes, which is how history orders messages of the same millisecond.
public struct MessageID: Sendable, Hashable {
    package let uuid: HexUUID

    package init(uuid: HexUUID) { self.uuid = uuid }

    /// Makes an id from the first and the last eight bytes of a UUID, each as a big-endian number.
    public init(high: UInt64, low: UInt64) {
        self.uuid = HexUUID(high: high, low: low)
    }

    /// The first eight bytes as a big-endian number.
    public var high: UInt64 { self.uuid.high }

    /// The last eight bytes as a big-endian number.
    public var low: UInt64 { self.uuid.low }

    /// Reads the 8-4-4-4-12 form, hex digits in any case; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let uuid = text.withUTF8({ HexUUID($0) }) else { return nil }
        self.uuid = uuid
    }
}

extension MessageID: Comparable, CustomStringConvertible {
    /// Orders as unsigned bytes.
    public static func < (lhs: MessageID, rhs: MessageID) -> Bool {
        (lhs.high, lhs.low) < (rhs.high, rhs.low)
    }

    /// The 8-4-4-4-12 form in lower case.
    public var description: String { self.uuid.text }
}
