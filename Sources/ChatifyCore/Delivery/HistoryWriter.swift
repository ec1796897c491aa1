public import Logging
public import ServiceLifecycle

/// Moves the log into the history.
///
/// Each record is stored before it is committed; one that can never be stored becomes a dead letter before it is
/// committed. While the store is out of reach the writer holds its records and tries again, so after any failure or
/// restart the history still gets every event, and an idempotent store has it once.
///
/// Run one per pod: all in one group for a history that pods share, each in a group of its own otherwise
/// (``HistoryGuarantees/isShared``). The consumer commits by hand (``CommitMode/manual`` or the adapter's like).
public struct HistoryWriter: Service {
    let consumer: any ChatEventConsumer
    let store: HistoryBatchStore
    let deadLetters: any DeadLetterSink
    let configuration: HistoryWriterConfiguration
    let clock: ChatClock
    let logger: Logger
    let metrics = HistoryMetrics()

    /// Makes the writer of its parts; it does nothing before ``run()``.
    ///
    /// The consumer is not closed by the writer but by who made it.
    public init(
        consumer: any ChatEventConsumer,
        repository: any ChatHistoryRepository,
        deadLetters: any DeadLetterSink,
        configuration: HistoryWriterConfiguration = HistoryWriterConfiguration(),
        clock: ChatClock = .system,
        logger: Logger
    ) {
        self.init(
            consumer: consumer,
            repository: repository,
            deadLetters: deadLetters,
            configuration: configuration,
            clock: clock,
            random: { .random(in: .min ... .max) },
            logger: logger
        )
    }

    /// Makes a writer whose retries draw their jitter from `random`.
    package init(
        consumer: any ChatEventConsumer,
        repository: any ChatHistoryRepository,
        deadLetters: any DeadLetterSink,
        configuration: HistoryWriterConfiguration,
        clock: ChatClock,
        random: @escaping @Sendable () -> UInt64,
        logger: Logger
    ) {
        self.consumer = consumer
        self.store = HistoryBatchStore(
            repository: repository,
            retry: configuration.retry,
            width: configuration.maximumConcurrentStores,
            clock: clock,
            random: random,
            metrics: self.metrics,
            logger: logger
        )
        self.deadLetters = deadLetters
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
    }

    /// Writes until the task is cancelled or its service group shuts down, then returns.
    ///
    /// By then what was stored is committed and nothing else is; store calls under way are let finish, no new ones are
    /// made. Errors are waited out with back-off and never end it.
    public func run() async {
        var pass = HistoryWriterRun(self)
        await pass.run()
    }
}
