/// Why an invocation is not a call; each has a wording of its own (signalr.md §7).
enum HubBindingError: Error, Equatable {
    case unknownMethod
    /// The method streams and was called without one.
    case streaming
    /// The method does not stream and was called for a stream.
    case notStreaming
    /// Wrong count or types of arguments.
    case arguments
    /// Arguments of the right types that break the domain policy.
    case invalid(String)
}
