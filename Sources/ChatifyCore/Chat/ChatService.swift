public import Logging

/// Accepts messages and reads history: the verbs of the chat, over whatever adapters it is given.
///
/// May be used from any task; its methods run where they are called and suspend only where an adapter does.
public struct ChatService: Sendable {
    let producer: any ChatEventProducer
    let history: any ChatHistoryRepository
    let limiter: any RateLimiter
    let authorizer: any ScopeAuthorizer
    let podID: PodID
    let configuration: ChatServiceConfiguration
    package let clock: ChatClock
    let logger: Logger
    let metrics = SendMetrics()
    let stamper: Locked<(machine: MessageStamper, random: RandomPool)>
    /// Whether messages are let through because the limiter is away.
    let limiterIsAway = Locked(false)

    /// Makes a service over these adapters.
    public init(
        producer: any ChatEventProducer,
        history: any ChatHistoryRepository,
        limiter: any RateLimiter,
        authorizer: any ScopeAuthorizer,
        podIdentity: any PodIdentity,
        configuration: ChatServiceConfiguration = ChatServiceConfiguration(),
        clock: ChatClock = .system,
        logger: Logger
    ) {
        self.init(
            producer: producer,
            history: history,
            limiter: limiter,
            authorizer: authorizer,
            podIdentity: podIdentity,
            configuration: configuration,
            clock: clock,
            random: RandomPool(),
            logger: logger
        )
    }

    /// Makes a service whose message ids are drawn from `random`.
    package init(
        producer: any ChatEventProducer,
        history: any ChatHistoryRepository,
        limiter: any RateLimiter,
        authorizer: any ScopeAuthorizer,
        podIdentity: any PodIdentity,
        configuration: ChatServiceConfiguration,
        clock: ChatClock,
        random: RandomPool,
        logger: Logger
    ) {
        self.producer = producer
        self.history = history
        self.limiter = limiter
        self.authorizer = authorizer
        self.podID = podIdentity.podID
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        self.stamper = Locked((MessageStamper(after: configuration.latestTimestamp), random))
    }

    /// Returns whether `user` may do `action` in `scope`.
    /// - Throws: ``ChatError`` if that cannot be decided now.
    public func isAllowed(
        _ action: ScopeAction,
        by user: UserID,
        in scope: ChatScope
    ) async throws(ChatError) -> Bool {
        try await self.authorizer.isAllowed(action, by: user, in: scope)
    }

    /// Returns the partition of the log that holds what is said under this scope id; `nil` if the log cannot tell.
    public func partition(of scopeID: ScopeID) -> Int32? { self.producer.partition(of: scopeID) }

    func demand(_ action: ScopeAction, by user: UserID, in scope: ChatScope) async throws(ChatError) {
        guard try await self.isAllowed(action, by: user, in: scope) else {
            throw ChatError(.forbidden, "You may not do that in this scope.")
        }
    }
}
