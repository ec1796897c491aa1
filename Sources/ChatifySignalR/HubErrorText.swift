/// ASP.NET's own wording of what can go wrong (`signalr.md` sections 5 and 7), which clients show or compare.
public enum HubErrorText: Sendable {
    /// A method failed; only what is meant for the client's eyes goes into `detail`.
    public static func methodFailed(_ target: String, detail: String? = nil) -> String {
        let text = "An unexpected error occurred invoking '\(target)' on the server."
        guard let detail else { return text }
        return "\(text) HubException: \(detail)"
    }

    /// The arguments do not fit the method.
    public static func argumentsDoNotBind(_ target: String) -> String {
        "Failed to invoke '\(target)' due to an error on the server."
    }

    /// There is no such method.
    public static func unknownMethod(_ target: String) -> String {
        "Failed to invoke '\(target)' due to an error on the server. HubException: Method does not exist."
    }

    /// The user may not call the method.
    public static func unauthorized(_ target: String) -> String {
        "Failed to invoke '\(target)' because user is unauthorized"
    }

    /// A stream broke off; only what is meant for the client's eyes goes into `detail`.
    public static func streamFailed(detail: String? = nil) -> String {
        let text = "An error occurred on the server while streaming results."
        guard let detail else { return text }
        return "\(text) HubException: \(detail)"
    }

    /// The id of a running stream was used again.
    public static func invocationIDInUse(_ id: String) -> String { "Invocation ID '\(id)' is already in use." }

    /// A method without a stream was called for one.
    public static func notStreaming(_ target: String) -> String {
        "The client attempted to invoke the non-streaming '\(target)' method with a streaming invocation."
    }

    /// A method with a stream was called without one.
    public static func streaming(_ target: String) -> String {
        "The client attempted to invoke the streaming '\(target)' method with a non-streaming invocation."
    }

    /// The handshake asked for a protocol that is not there.
    public static func unsupportedProtocol(_ name: String) -> String { "The protocol '\(name)' is not supported." }

    /// The handshake asked for a later version of a protocol.
    public static func unsupportedVersion(_ version: Int64, of name: String) -> String {
        "The server does not support version \(version) of the '\(name)' protocol."
    }

    /// The transport cannot carry what the protocol needs.
    static func unsupportedFormat(_ format: TransferFormat, of name: String) -> String {
        "Cannot use the '\(name)' protocol on the current transport. "
            + "The transport does not support '\(format.name)' transfer format."
    }

    /// The client said nothing within the time for the handshake.
    public static let handshakeCanceled = "Handshake was canceled."

    /// The client's first record was no handshake.
    public static let handshakeFailed = "An unexpected error occurred during connection handshake."

    /// The client broke the protocol.
    public static let connectionClosed = "Connection closed with an error."
}
