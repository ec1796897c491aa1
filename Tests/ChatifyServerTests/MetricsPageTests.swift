import ChatifyCore
import Metrics
import TestSupport
import Testing

@testable import ChatifyServer

@Suite(.timeLimit(.minutes(5)))
struct MetricsPageTests {
    private let registry = PrometheusRegistry()

    private func makePage(deadline: Duration = .seconds(30), _ adapters: ChatAdapters) -> MetricsPage {
        withMetricsFactory(self.registry) {
            MetricsPage(self.registry, adapters, Health(checks: adapters.healthChecks), deadline: deadline)
        }
    }

    private func makeAdapters() throws -> ChatAdapters {
        try ChatAdapters.inMemory(partitions: 1, environment: ["POD_NAME": "pod-0"])
    }

    @Test func `What is known only when asked is asked for`() async throws {
        var adapters = try self.makeAdapters()
        let gauge = Gauge(label: "own", factory: self.registry)
        adapters.metricUpdates.append { gauge.record(7) }
        let page = self.makePage(adapters)
        let text = await page.text()
        #expect(text.contains("\nown 7\n"))
        #expect(text.contains("\npresence_online_users 0\n"))
        #expect(text.contains("\nchatify_history_lag_records 0\n"))
        #expect(text.contains("\nchatify_dependency_up{dependency=\"log (in memory)\"} 1\n"))
        #expect(text.contains("\nchatify_process_cpu_seconds_total "))
        #expect(text.contains("\nchatify_process_open_descriptors "))

        try await adapters.presence.setOnline(
            PresentConnection(
                userID: UserID(unchecked: "alice"),
                connectionID: ConnectionID(unchecked: "1"),
                podID: adapters.podIdentity.podID
            )
        )
        #expect(await page.text().contains("\npresence_online_users 1\n"))
    }

    @Test func `Processor time rises, and is counted once`() async throws {
        let page = self.makePage(try self.makeAdapters())
        func processorTime() async throws -> Double {
            let name = "chatify_process_cpu_seconds_total "
            let line = try #require(await page.text().split(separator: "\n").first { $0.hasPrefix(name) })
            return try #require(Double(line.dropFirst(name.count)))
        }
        let (first, second) = (try await processorTime(), try await processorTime())
        #expect(0 < first && first <= second && second <= ProcessorTime.ofProcess)
    }

    @Test func `A dependency that is down shows, and comes back`() async throws {
        var adapters = try self.makeAdapters()
        let isDown = Locked(true)
        adapters.healthChecks = [
            HealthCheck(name: "store") {
                if isDown.withLock({ $0 }) { throw ChatError(.unavailable, "down") }
            }
        ]
        let page = self.makePage(adapters)
        #expect(await page.text().contains("\nchatify_dependency_up{dependency=\"store\"} 0\n"))
        isDown.withLock { $0 = false }
        #expect(await page.text().contains("\nchatify_dependency_up{dependency=\"store\"} 1\n"))
    }

    @Test func `What hangs is left out, and nobody waits for it`() async throws {
        let gate = Gate(isOpen: false)
        var adapters = try self.makeAdapters()
        adapters.presence = HangingPresence(gate: gate)
        adapters.metricUpdates.append { await gate.wait() }
        let page = self.makePage(deadline: .milliseconds(50), adapters)
        let text = await page.text()
        #expect(!text.contains("presence_online_users"))
        #expect(text.contains("\nchatify_process_open_descriptors "))
        gate.open()
    }
}

/// Does not say who is online before the gate is open.
private struct HangingPresence: PresenceService {
    let gate: Gate
    private let base = InMemoryPresenceService(clock: .system)

    init(gate: Gate) { self.gate = gate }

    var expiry: Duration { self.base.expiry }

    func setOnline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? { nil }

    func setOffline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? { nil }

    func heartbeat(_ connections: [PresentConnection]) async throws(ChatError) -> [PresenceTransition] { [] }

    func dropExpired(atMost limit: Int) async throws(ChatError) -> [PresenceTransition] { [] }

    func onlineUserCount() async throws(ChatError) -> Int {
        await self.gate.wait()
        return 1
    }

    func connections(of user: UserID) async throws(ChatError) -> [PresentConnection] { [] }

    func route(of user: UserID, connection: ConnectionID) async throws(ChatError) -> PodID? { nil }
}
