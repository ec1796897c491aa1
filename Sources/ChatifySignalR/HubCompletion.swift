/// The end of an invocation: exactly one is sent for each that has an id.
public struct HubCompletion: Hashable, Sendable {
    /// How an invocation ended.
    public enum Outcome: Hashable, Sendable {
        /// There is no result, as at the end of a stream; a method without one is answered with ``HubValue/null``, as ASP.NET does.
        case void
        /// The method's result.
        case result(HubValue)
        /// The text that tells the caller what failed.
        case error(String)
    }

    /// The id that the caller gave.
    public var id: String
    /// How the invocation ended.
    public var outcome: Outcome

    /// Ends the invocation `id`.
    public init(id: String, outcome: Outcome) {
        self.id = id
        self.outcome = outcome
    }
}
