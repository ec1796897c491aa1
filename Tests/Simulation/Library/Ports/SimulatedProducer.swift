internal import ChatifyCore

/// A pod's way to append to the log.
final class SimulatedProducer: ChatEventProducer, @unchecked Sendable {
    private let log: SimulatedLog
    private let link: Link

    init(log: SimulatedLog, link: Link) {
        self.log = log
        self.link = link
    }

    var guarantees: LogGuarantees { LogGuarantees(isDurable: true, isShared: true) }

    func partition(of scopeID: ScopeID) -> Int32? { self.log.memory.partition(of: scopeID) }

    func produce(_ event: ChatEvent, headers: RecordHeaders) async throws(ChatError) -> LogPosition {
        try await self.link.call { () async throws(ChatError) in try await self.log.append(event, headers: headers) }
    }
}
