public import ChatifyCore

/// A law of the ports `ChatEventProducer` and `ChatEventConsumer`, which make a log together, or of `ReplaySource` beside them.
public typealias EventLogCheck = ConformanceCheck<EventLogSubject>

/// A log as one pod sees it.
public struct EventLogView: Sendable {
    /// Appends.
    public var producer: any ChatEventProducer
    /// Finds past events, if something can.
    public var replaySource: (any ReplaySource)?
    /// Makes a member of a consumer group: by its name, where it begins if the log does not know the group, and who commits.
    public var makeConsumer: @Sendable (String, LogStart, CommitMode) async throws -> any ChatEventConsumer

    /// Makes a view of its parts.
    public init(
        producer: any ChatEventProducer,
        replaySource: (any ReplaySource)? = nil,
        makeConsumer: @escaping @Sendable (String, LogStart, CommitMode) async throws -> any ChatEventConsumer
    ) {
        self.producer = producer
        self.replaySource = replaySource
        self.makeConsumer = makeConsumer
    }
}

/// A log under test, and what a check may do to it.
public struct EventLogSubject: ConformanceSubject {
    /// The log; empty.
    public var log: EventLogView
    /// The number of its partitions, at least two.
    public var partitions: Int32
    /// Makes another pod's view of the same log, if the log is shared.
    public var another: (@Sendable () async throws -> EventLogView)?
    /// Crashes the log, without letting it put anything in order, and opens it again; if it is durable.
    public var restart: (@Sendable () async throws -> EventLogView)?
    /// Makes the log forget the record at a position and all before it, as age or size would; others may go with them.
    ///
    /// No group is known to the log yet. Whatever it takes may be appended to the partition, in scopes whose id begins with `filling`.
    public var forget: (@Sendable (LogPosition) async throws -> Void)?
    /// Puts past events out of reach.
    public var breakDown: (@Sendable () async throws -> Void)?
    /// How long one step may take before a check says that it hangs; a rebalance is a step.
    public var patience: Duration

    /// Makes a subject; the laws that need a closure which is not given do not apply.
    public init(
        _ log: EventLogView,
        partitions: Int32,
        another: (@Sendable () async throws -> EventLogView)? = nil,
        restart: (@Sendable () async throws -> EventLogView)? = nil,
        forget: (@Sendable (LogPosition) async throws -> Void)? = nil,
        breakDown: (@Sendable () async throws -> Void)? = nil,
        patience: Duration = .seconds(30)
    ) {
        self.log = log
        self.partitions = partitions
        self.another = another
        self.restart = restart
        self.forget = forget
        self.breakDown = breakDown
        self.patience = patience
    }

    /// What the log declares and the closures can show.
    public var offers: Set<ConformanceNeed> {
        let guarantees = self.log.producer.guarantees
        var offers: Set<ConformanceNeed> = []
        if guarantees.isDurable, self.restart != nil { offers.insert(.durability) }
        if guarantees.isShared, self.another != nil { offers.insert(.sharing) }
        if self.log.replaySource != nil { offers.insert(.replay) }
        if self.forget != nil { offers.insert(.forgetting) }
        if self.breakDown != nil { offers.insert(.outage) }
        return offers
    }
}
