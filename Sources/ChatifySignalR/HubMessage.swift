/// One record after the handshake (HubProtocol.md of ASP.NET Core, `signalr.md` section 6).
public enum HubMessage: Hashable, Sendable {
    /// Calls a method whose answer is one completion, or none if it has no id (type 1).
    case invocation(HubInvocation)
    /// Carries one item of a stream (type 2).
    case streamItem(HubStreamItem)
    /// Ends an invocation or a stream (type 3).
    case completion(HubCompletion)
    /// Calls a method whose answer is a stream (type 4); it always has an id.
    case streamInvocation(HubInvocation)
    /// Stops the stream of the invocation with this id (type 5).
    case cancelInvocation(id: String)
    /// Says that the sender is alive (type 6).
    case ping
    /// Ends the connection (type 7).
    case close(HubClose)
    /// Tells the highest sequence number received (type 8, stateful reconnect).
    case ack(Int64)
    /// Tells the sequence number of the next message (type 9, stateful reconnect).
    case sequence(Int64)
    /// A message of a type that later versions may give a meaning; to be ignored.
    case unknown(type: Int64)
}
