public import ChatifyCore

/// The adapters a server stands on, one per port.
public struct ChatAdapters: Sendable {
    /// Where messages are appended.
    public var producer: any ChatEventProducer
    /// What the pod's live delivery reads: all partitions, from the end of the log.
    public var broadcastConsumer: any ChatEventConsumer
    /// What the history writer reads: its group's partitions, from the beginning of the log; `nil` when the log keeps the
    /// history itself, so that nobody need copy it.
    public var historyConsumer: (any ChatEventConsumer)?
    /// Where history is kept.
    public var history: any ChatHistoryRepository
    /// Where clients that resume find events that the pod does not hold in memory any more: the log, if it can look back; else `nil`.
    public var replaySource: (any ReplaySource)?
    /// Where records go that can never be stored.
    public var deadLetters: any DeadLetterSink
    /// Who is here.
    public var presence: any PresenceService
    /// How much one user may send.
    public var limiter: any RateLimiter
    /// Who clients are.
    public var authenticator: any Authenticator
    /// Who may do what where.
    public var authorizer: any ScopeAuthorizer
    /// What this pod is called.
    public var podIdentity: any PodIdentity
    /// The latest time stamp in the log, if it is known: every message from now on is stamped later.
    public var latestTimestamp: Timestamp?
    /// What runs as long as the server does, such as a connection that is kept alive; ends when its task is cancelled.
    public var background: [@Sendable () async -> Void] = []
    /// What brings the adapters' gauges up to date when metrics are read, such as a queue's length.
    ///
    /// Called off the loops, each at most once at a time; what takes longer than 2 s is not waited for.
    public var metricUpdates: [@Sendable () async -> Void] = []
    /// What readiness depends on.
    public var healthChecks: [HealthCheck]
    /// Closes what the adapters stand on.
    ///
    /// A server calls it once, after it has stopped, or failed to start, and its consumers are closed. The task may have
    /// been cancelled by then.
    public var onStop: @Sendable () async -> Void

    /// Makes a set of adapters.
    public init(
        producer: any ChatEventProducer,
        broadcastConsumer: any ChatEventConsumer,
        historyConsumer: (any ChatEventConsumer)?,
        history: any ChatHistoryRepository,
        replaySource: (any ReplaySource)? = nil,
        deadLetters: any DeadLetterSink,
        presence: any PresenceService,
        limiter: any RateLimiter,
        authenticator: any Authenticator,
        authorizer: any ScopeAuthorizer,
        podIdentity: any PodIdentity,
        healthChecks: [HealthCheck],
        onStop: @escaping @Sendable () async -> Void = {}
    ) {
        self.producer = producer
        self.broadcastConsumer = broadcastConsumer
        self.historyConsumer = historyConsumer
        self.history = history
        self.replaySource = replaySource
        self.deadLetters = deadLetters
        self.presence = presence
        self.limiter = limiter
        self.authenticator = authenticator
        self.authorizer = authorizer
        self.podIdentity = podIdentity
        self.healthChecks = healthChecks
        self.onStop = onStop
    }
}

extension ChatAdapters {
    /// All ports in memory: for one process, and gone with it.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/configuration`` if the pod has no valid name.
    public static func inMemory(
        partitions: Int32,
        environment: [String: String],
        clock: ChatClock = .system
    ) throws(ChatError) -> ChatAdapters {
        let log = InMemoryEventLog(partitions: partitions)
        return ChatAdapters(
            producer: log,
            broadcastConsumer: log.makeConsumer(group: "broadcast", startingAt: .end, commits: .automatic),
            historyConsumer: log.makeConsumer(group: "history", startingAt: .beginning, commits: .manual),
            history: InMemoryHistoryRepository(),
            replaySource: log,
            deadLetters: InMemoryDeadLetterSink(),
            presence: InMemoryPresenceService(clock: clock),
            limiter: InMemoryRateLimiter(clock: clock),
            authenticator: DevelopmentAuthenticator(),
            authorizer: ParticipantScopeAuthorizer(),
            podIdentity: try EnvironmentPodIdentity(environment: environment),
            healthChecks: [
                HealthCheck(name: "log (in memory)") {},
                HealthCheck(name: "history (in memory)") {},
            ]
        )
    }
}
