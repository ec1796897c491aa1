/// Something a check needs of the adapter, or of whoever runs the check.
public struct ConformanceNeed: Sendable, Hashable, CustomStringConvertible {
    /// What is needed, as a report says it.
    public let description: String

    /// Makes a need of a kit of one's own.
    public init(_ description: String) { self.description = description }

    /// The adapter declares that it is durable, and the subject can crash it.
    public static let durability = ConformanceNeed("an adapter that declares itself durable, and `restart`")
    /// The adapter declares that it is shared, and the subject can make another pod's instance.
    public static let sharing = ConformanceNeed("an adapter that declares itself shared, and `another`")
    /// The subject can let time pass until something expires.
    public static let time = ConformanceNeed("`wait`, and an expiry that is short by it")
    /// The log comes with a source of past events.
    public static let replay = ConformanceNeed("`replaySource`")
    /// The subject can make the log forget its oldest records.
    public static let forgetting = ConformanceNeed("`forget`")
    /// The subject can read back what a sink was given.
    public static let reading = ConformanceNeed("`letters`")
    /// The subject can put the adapter out of service.
    public static let outage = ConformanceNeed("`breakDown`")
    /// The subject can take a permission away.
    public static let revocation = ConformanceNeed("`revoke`")
    /// The authenticator asks for proof.
    public static let proof = ConformanceNeed("an authenticator that asks for proof")
}
