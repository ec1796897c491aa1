/// How a ``ChatService`` decides.
public struct ChatServiceConfiguration: Sendable, Hashable {
    /// The limits a message must keep.
    public var policy = ChatPolicy()
    /// The messages one user may send per window, 100 by default; 0 for no limit.
    public var sendThreshold = 100
    /// The length of the window, whole seconds; 60 s by default.
    public var sendWindow: Duration = .seconds(60)
    /// Whether to accept a message when the rate limiter is out of reach.
    ///
    /// `false` by default: the send is refused with ``ChatError/Code/configuration`` (contracts §2).
    public var failsOpen = false

    /// The latest time stamp that this pod has given before, if it knows; `nil` by default.
    ///
    /// Every message is stamped later, even if the wall clock was set back meanwhile (contracts §1).
    public var latestTimestamp: Timestamp?

    /// The defaults of contracts §8.
    public init() {}
}
