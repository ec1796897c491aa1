internal import ChatifyCore
internal import ChatifyHub
internal import ChatifySignalR
internal import Logging
internal import TestSupport

/// A simulated world: pods, the services they share, clients and the network between them.
///
/// Sendable because everything in it happens on the one thread that runs its ``Scheduler``.
final class World: @unchecked Sendable {
    let seed: UInt64
    let settings: WorldSettings
    let scheduler: Scheduler
    /// Where whatever belongs to no pod runs.
    let outside: Lane
    let logger: Logger
    let isTracing: Bool
    var random: WorldRandom
    var ledger: Ledger
    private(set) var violation: Violation?
    var pods: [Pod] = []
    var clients: [Client] = []
    /// How far each pod's wall clock is off.
    var skews: [Duration]
    /// Whether faults still happen.
    var isTroubled = true
    private var limits: [RateLimitKey: AllowedCalls] = [:]
    var statistics = WorldStatistics()

    private(set) var log: SimulatedLog!
    let history = InMemoryHistoryRepository(capacity: 1_000_000)
    let presence: InMemoryPresenceService
    let limiter: InMemoryRateLimiter

    init(seed: UInt64, isTracing: Bool) {
        self.seed = seed
        self.isTracing = isTracing
        var random = WorldRandom(seed: seed &* 0x9E37_79B9 &+ 7)
        self.settings = WorldSettings(random: &random)
        self.random = random
        self.scheduler = Scheduler(seed: seed)
        self.outside = self.scheduler.makeLane(.pool)
        self.logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        self.ledger = Ledger(partitions: self.settings.partitions)
        self.skews = Array(repeating: .zero, count: self.settings.podCount)
        let clock = self.scheduler.clock { .zero }
        self.presence = InMemoryPresenceService(clock: clock)
        self.limiter = InMemoryRateLimiter(clock: clock)
        self.log = SimulatedLog(world: self, partitions: self.settings.partitions)
    }

    /// The clocks of a pod.
    func clock(ofPod number: Int) -> ChatClock { self.scheduler.clock { self.skews[number] } }

    /// Virtual time and seeded names for a hub.
    var surroundings: HubSurroundings {
        HubSurroundings(
            now: { Self.start + self.scheduler.now },
            names: { version in
                var names = ConnectionIdentity(negotiateVersion: version)
                names.id = "c\(self.random.next())"
                names.token = "t\(self.random.next())"
                return names
            }
        )
    }

    /// Where all worlds begin on the monotonic clock; only differences count.
    private static let start = ContinuousClock.now
}

/// What happened in a world, in numbers.
package struct WorldStatistics: Sendable {
    /// Messages that clients were told are sent.
    package var acknowledged = 0
    /// Events that reached clients.
    package var pushed = 0
    /// Connections that were opened.
    package var connections = 0
    /// Faults that happened.
    package var faults = 0
    /// Resumes that were answered with `recovered:true`, and with `false`.
    package var recovered = 0, unrecovered = 0

    /// Makes statistics of nothing.
    package init() {}
}

// MARK: - What happens, and what must hold then

extension World {
    /// Takes note of a promise that was not kept; the first one ends the run.
    func violate(_ invariant: String, _ text: @autoclosure () -> String) {
        guard self.violation == nil else { return }
        self.violation = Violation(invariant: invariant, text: "\(text()) at \(self.scheduler.now)")
    }

    /// Prints what happens, if anybody wants to read it.
    func trace(_ text: @autoclosure () -> String) {
        guard self.isTracing else { return }
        print("\(self.scheduler.now) \(text())")
    }

    func appended(_ event: ChatEvent?, at position: LogPosition) {
        self.scheduler.note(UInt64(position.offset) &+ (event?.messageID.low ?? 0))
        self.trace("log \(position) \(event.map { "\($0.scope) \($0.text.prefix(12))" } ?? "poison")")
        if let fault = self.ledger.append(event, at: position) { self.violate("the log has each message once", fault) }
    }

    func stored(_ event: ChatEvent, _ outcome: AppendOutcome) {
        guard let position = self.ledger.position(of: event.messageID), let entry = self.ledger[position] else {
            return self.violate("the history has only what the log has", "\(event.messageID) is stored")
        }
        guard (outcome == .alreadyStored) == entry.isStored else {
            return self.violate(
                "history has each message once",
                "\(position) was \(outcome), stored: \(entry.isStored)"
            )
        }
        self.ledger.stored(position)
    }

    func buried(_ letter: DeadLetter) {
        guard let entry = self.ledger[letter.source], entry.event == nil else {
            return self.violate("only poison is buried", "\(letter.source) became a dead letter")
        }
        self.ledger.buried(letter.source)
    }

    func limited(_ key: RateLimitKey, _ window: RateLimitWindow, isAllowed: Bool) {
        guard self.limits[key, default: AllowedCalls()].isRight(isAllowed, window, at: self.scheduler.now) else {
            return self.violate("limits are kept", "\(key.userID) was \(isAllowed ? "let through" : "refused")")
        }
    }
}

extension WorldStatistics {
    /// Adds those of another world.
    package mutating func add(_ other: WorldStatistics) {
        self.acknowledged += other.acknowledged
        self.pushed += other.pushed
        self.connections += other.connections
        self.faults += other.faults
        self.recovered += other.recovered
        self.unrecovered += other.unrecovered
    }
}
