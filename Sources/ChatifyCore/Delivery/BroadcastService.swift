public import Logging
public import ServiceLifecycle

/// Reads the log for live delivery on this pod: one path and one order for every message, whichever pod accepted it.
///
/// Every pod runs one, as the only member of a group of its own, with a consumer that commits by itself
/// (``CommitMode/automatic`` or the adapter's like). Records that hold no event are not pushed, nor events that were older than
/// ``BroadcastConfiguration/maximumAge`` when the service began to run; the subscriber gets everything else to push, batch by batch,
/// and learns what was left out (``BroadcastBatch``).
public struct BroadcastService: Service {
    private let consumer: any ChatEventConsumer
    private let subscriber: any ChatEventSubscriber
    private let configuration: BroadcastConfiguration
    private let filter: BroadcastFilter
    private let clock: ChatClock
    private let logger: Logger

    /// Makes the service of its parts; it does nothing before ``run()``.
    ///
    /// The consumer is not closed by the service but by who made it.
    public init(
        consumer: any ChatEventConsumer,
        subscriber: any ChatEventSubscriber,
        configuration: BroadcastConfiguration = BroadcastConfiguration(),
        clock: ChatClock = .system,
        logger: Logger
    ) {
        self.consumer = consumer
        self.subscriber = subscriber
        self.configuration = configuration
        self.filter = BroadcastFilter(maximumAge: configuration.maximumAge)
        self.clock = clock
        self.logger = logger
    }

    /// Delivers until the task is cancelled or its service group shuts down, then returns after the batch at hand.
    ///
    /// An error of the consumer is waited out with back-off; nothing else ends it.
    public func run() async {
        // Around the whole loop and not around each wait: it costs two tasks and a change of threads.
        await cancelWhenGracefulShutdown { await self.deliverUntilCancelled() }
    }

    private func deliverUntilCancelled() async {
        var outage = Outage(self.configuration.backoff)
        let start = self.clock.now()
        await self.subscriber.begin(at: self.consumer.nextOffsets)
        while !Task.isCancelled {
            do throws(ChatError) {
                let records = try await self.consumer.nextBatch(limit: self.configuration.batchLimit)
                if outage.succeeded() { self.logger.notice("Reading the log for live delivery works again") }
                await self.deliver(records, startedAt: start)
            } catch {
                guard !Task.isCancelled else { return }
                await self.waitOut(&outage, error)
            }
        }
    }

    private func deliver(_ records: [ChatRecord], startedAt start: Timestamp) async {
        let events = self.events(in: records, startedAt: start)
        await self.subscriber.receive(BroadcastBatch(records: records, events: events))
        // The last batch is not asked beyond, so nobody else says that it is done with.
        if Task.isCancelled { await self.commit(records) }
    }

    private func events(in records: [ChatRecord], startedAt start: Timestamp) -> [EnrichedChatEvent] {
        var events: [EnrichedChatEvent] = []
        events.reserveCapacity(records.count)
        for record in records {
            switch self.filter.judge(record, startedAt: start) {
            case .push(let event): events.append(event)
            case .dropAged(let age): self.logAged(record, age)
            case .dropUndecodable(let value, let reason): self.logUndecodable(record, value, reason)
            }
        }
        return events
    }

    private func commit(_ records: [ChatRecord]) async {
        var tracker = OffsetTracker()
        for record in records {
            tracker.begin(record.position)
            tracker.finish(record.position)
        }
        do throws(ChatError) {
            try await self.consumer.commitShielded(tracker.committable)
        } catch {
            self.logger.debug("The last batch was delivered but not committed", metadata: ["error": "\(error)"])
        }
    }

    private func waitOut(_ outage: inout Outage, _ error: ChatError) async {
        let (pause, isNew) = outage.failed()
        self.logger.log(
            level: isNew ? .warning : .debug,
            "Cannot read the log for live delivery",
            metadata: ["error": "\(error)", "pause": "\(pause)"]
        )
        await self.clock.pause(pause)
    }

    private func logAged(_ record: ChatRecord, _ age: Duration) {
        self.logger.debug(
            "Dropped an event that is too old for live delivery",
            metadata: ["position": "\(record.position)", "age": "\(age)"]
        )
    }

    private func logUndecodable(_ record: ChatRecord, _ value: [UInt8], _ reason: String) {
        let preview = PayloadPreview.text(of: value, limit: self.configuration.maximumPreviewLength)
        self.logger.warning(
            "Dropped a record that holds no event",
            metadata: ["position": "\(record.position)", "reason": "\(reason)", "payload": "\(preview)"]
        )
    }
}
