public import ChatifyCore

/// A producer whose calls fail, before or after the event was appended, are delayed, and append twice.
public struct FaultyEventProducer: ChatEventProducer {
    private let base: any ChatEventProducer
    private let faults: FaultSource

    /// Wraps a producer.
    public init(_ base: any ChatEventProducer, faults: FaultSource) {
        self.base = base
        self.faults = faults
    }

    /// What the wrapped log gives.
    public var guarantees: LogGuarantees { self.base.guarantees }

    /// What the wrapped log says; never fails.
    public func partition(of scopeID: ScopeID) -> Int32? { self.base.partition(of: scopeID) }

    /// Appends an event, unless the plan has it otherwise.
    public func produce(_ event: ChatEvent, headers: RecordHeaders) async throws(ChatError) -> LogPosition {
        try await self.faults.call(failingWith: .eventProductionFailed, mayRepeat: true) { () async throws(ChatError) in
            try await self.base.produce(event, headers: headers)
        }
    }
}
