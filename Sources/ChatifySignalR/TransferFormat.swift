/// What kind of messages a transport can carry or a protocol needs.
public struct TransferFormat: Hashable, Sendable {
    /// The name used by negotiation.
    let name: String

    /// UTF-8 text.
    public static let text = TransferFormat(name: "Text")
    /// Any bytes.
    public static let binary = TransferFormat(name: "Binary")
}
