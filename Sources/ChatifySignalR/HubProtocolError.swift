/// Says how a record broke the protocol; meant for logs, never for the client.
public struct HubProtocolError: Error, Hashable, Sendable {
    /// What is wrong, without any content of the record but the names of fields.
    public var reason: String

    /// Describes a broken record.
    public init(reason: String) { self.reason = reason }

    /// A field that the message must have is not there.
    static func missing(_ name: StaticString) -> HubProtocolError {
        HubProtocolError(reason: "required property '\(name)' is missing")
    }
}
