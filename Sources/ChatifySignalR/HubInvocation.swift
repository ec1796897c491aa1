/// The call of a method, by the client or by the server.
public struct HubInvocation: Hashable, Sendable {
    /// The caller's own name for this call, to be echoed unchanged; nil asks for no answer, not even an error.
    public var id: String?
    /// The name of the method, never empty when it was received.
    public var target: String
    /// The arguments in order.
    public var arguments: [HubValue]
    /// The ids of the streams that the caller will send to the method.
    public var streamIDs: [String]
    /// Free annotations.
    public var headers: [String: String]

    /// Describes a call; without an `id` nobody answers it.
    public init(
        id: String? = nil,
        target: String,
        arguments: [HubValue] = [],
        streamIDs: [String] = [],
        headers: [String: String] = [:]
    ) {
        self.id = id
        self.target = target
        self.arguments = arguments
        self.streamIDs = streamIDs
        self.headers = headers
    }
}
