/// Ties together everything that one request caused, in logs, responses and record headers (contracts §3).
///
/// On the wire `corr_` and a UUID, such as `corr_3f2b8c1e-9d47-4a50-8f1e-2c6b7a9d0e11`.
public struct CorrelationID: Sendable, Hashable, CustomStringConvertible {
    private let uuid: HexUUID

    private static let prefix = "corr_"

    /// Makes a new, random id.
    public static func random() -> CorrelationID {
        let (high, low) = RandomPool.pair()
        return CorrelationID(uuid: .version4(high: high, low: low))
    }

    private init(uuid: HexUUID) { self.uuid = uuid }

    /// Reads an id, hex digits in any case; `nil` for anything malformed.
    public init?(_ text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        var digits = String(text.dropFirst(Self.prefix.count))
        guard let uuid = digits.withUTF8({ HexUUID($0) }) else { return nil }
        self.uuid = uuid
    }

    /// `corr_` and the UUID in lower case.
    public var description: String { Self.prefix + self.uuid.text }
}
