/// What a client asks of `POST {hub}/negotiate` (`signalr.md` section 2).
public struct NegotiateRequest: Hashable, Sendable {
    /// The version to answer in: 0 or 1.
    public var version: Int
    /// Whether the client can come back with another transport (signalr.md §9).
    public var useStatefulReconnect = false

    /// Reads the query items of these names.
    ///
    /// - Parameters:
    ///   - negotiateVersion: Its value, nil if it is absent; that means 0. Anything above 1 means 1.
    ///   - useStatefulReconnect: Its value, nil if it is absent; anything but `true`, in any letter case, means no.
    /// - Throws: ``NegotiateError`` with the text for the client if it is no integer of 32 bits, or negative.
    public init(negotiateVersion: String?, useStatefulReconnect: String? = nil) throws(NegotiateError) {
        self.useStatefulReconnect = useStatefulReconnect?.lowercased() == "true"
        guard let negotiateVersion else {
            self.version = 0
            return
        }
        guard let requested = Int32(negotiateVersion) else {
            throw NegotiateError(text: "The client requested a non-integer protocol version.")
        }
        guard requested >= 0 else {
            let text = "The client requested version '\(requested)', but the server does not support this version."
            throw NegotiateError(text: text)
        }
        self.version = min(Int(requested), 1)
    }
}

/// Why a negotiation fails; answered with status 200 and ``NegotiateResponse/failure(_:)``.
public struct NegotiateError: Error, Hashable, Sendable {
    /// What to tell the client.
    public var text: String
}
