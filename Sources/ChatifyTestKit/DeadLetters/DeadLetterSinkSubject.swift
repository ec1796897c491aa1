public import ChatifyCore

/// A law of the `DeadLetterSink` port.
public typealias DeadLetterSinkCheck = ConformanceCheck<DeadLetterSinkSubject>

/// A sink under test, and what a check may do to it.
public struct DeadLetterSinkSubject: ConformanceSubject {
    /// The sink; empty.
    public var sink: any DeadLetterSink
    /// Reads back all letters kept, in any order.
    public var letters: (@Sendable () async throws -> [DeadLetter])?
    /// Puts the sink out of service, so that letters cannot be kept from now on.
    public var breakDown: (@Sendable () async throws -> Void)?
    /// Crashes the sink, without letting it put anything in order, and opens it again, so that ``letters`` reads what is left; if it is durable.
    public var restart: (@Sendable () async throws -> Void)?
    /// The largest value that is kept whole, in bytes.
    public var largestValue: Int
    /// How long one step may take before a check says that it hangs.
    public var patience: Duration

    /// Makes a subject; without the closures the laws that need them do not apply.
    public init(
        _ sink: any DeadLetterSink,
        letters: (@Sendable () async throws -> [DeadLetter])? = nil,
        breakDown: (@Sendable () async throws -> Void)? = nil,
        restart: (@Sendable () async throws -> Void)? = nil,
        largestValue: Int = 65_536,
        patience: Duration = .seconds(30)
    ) {
        self.sink = sink
        self.letters = letters
        self.breakDown = breakDown
        self.restart = restart
        self.largestValue = largestValue
        self.patience = patience
    }

    /// What the closures can show.
    public var offers: Set<ConformanceNeed> {
        var offers: Set<ConformanceNeed> = []
        if self.letters != nil { offers.insert(.reading) }
        if self.breakDown != nil { offers.insert(.outage) }
        if self.restart != nil { offers.insert(.durability) }
        return offers
    }
}
