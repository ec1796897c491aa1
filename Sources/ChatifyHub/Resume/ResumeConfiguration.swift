/// How far back clients may resume, and what that may cost.
public struct ResumeConfiguration: Sendable, Hashable {
    /// The bytes of recent records that a pod keeps in memory; 64 MiB by default, 0 for none.
    public var windowBytes = 67_108_864
    /// How long it keeps them at most; 5 min by default.
    public var windowAge: Duration = .seconds(300)
    /// The most events pushed for one resume, 1000 by default; who missed more reloads from the history.
    public var maximumEvents = 1000
    /// The most bytes pushed for one resume, 512 KiB by default.
    ///
    /// Keep it below what a transport may queue, or a client that catches up is closed as slow, again and again.
    public var maximumBytes = 524_288
    /// How long a client may wait for a pod that has not read as far as the client has; 5 s by default.
    public var maximumWait: Duration = .seconds(5)

    /// The defaults.
    public init() {}
}
