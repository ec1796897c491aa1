/// The last record of a connection.
public struct HubClose: Hashable, Sendable {
    /// Why the connection ends, nil if nothing is wrong.
    public var error: String?
    /// Whether a client with automatic reconnect shall use it; without this it stops.
    public var allowReconnect: Bool

    /// Describes an end.
    public init(error: String? = nil, allowReconnect: Bool = false) {
        self.error = error
        self.allowReconnect = allowReconnect
    }
}
