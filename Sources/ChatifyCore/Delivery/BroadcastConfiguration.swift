/// The settings of a ``BroadcastService``.
public struct BroadcastConfiguration: Sendable, Hashable {
    /// The most records read at once, at least 1; 512 by default.
    public var batchLimit = 512
    /// Events older than this when the service begins to run are not pushed; 60 s by default.
    ///
    /// After a restart the log goes on where it stopped: what was said long ago is the history's to tell.
    public var maximumAge: Duration = .seconds(60)
    /// The pauses while the log is out of reach.
    public var backoff = BackoffPolicy()
    /// The most bytes of an undecodable record that a line of log shows; 256 by default.
    public var maximumPreviewLength = 256

    /// The defaults.
    public init() {}
}
