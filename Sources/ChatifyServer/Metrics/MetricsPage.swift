internal import ChatifyCore
internal import Metrics

/// What `GET /metrics` answers: brings up to date what is only known when it is asked for, and reads the registry.
///
/// Everything that is asked is asked at one time, off the loops, at most once at a time however many read, and with a deadline.
final class MetricsPage: Sendable {
    private let registry: PrometheusRegistry
    private let health: Health
    private let updates: [HealthProbe]
    private let onlineUsers: HealthProbe
    private let onlineUserCount = Gauge(label: "presence_online_users")
    private let dependencies: [String: Gauge]

    /// Makes a page over a registry; its own metrics go to the factory that is in force, which should be that registry.
    /// - Parameter deadline: How long one update may take; what comes later is in the next page.
    init(
        _ registry: PrometheusRegistry,
        _ adapters: ChatAdapters,
        _ health: Health,
        deadline: Duration = .seconds(2)
    ) {
        self.registry = registry
        self.health = health
        let names = Set(adapters.healthChecks.map(\.name))
        self.dependencies = Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, Gauge(label: "chatify_dependency_up", dimensions: [("dependency", $0)]))
            }
        )
        let (presence, onlineUserCount) = (adapters.presence, self.onlineUserCount)
        self.onlineUsers = HealthProbe(
            HealthCheck(name: "online users") { onlineUserCount.record(try await presence.onlineUserCount()) },
            deadline: deadline
        )
        let process = ProcessMetrics()
        let backlog = Gauge(label: "chatify_history_lag_records")
        let historyConsumer = adapters.historyConsumer
        let own: [@Sendable () async -> Void] = [
            { process.update() },
            {
                // A log that keeps the history itself is never behind.
                let records = historyConsumer.map(\.backlog) ?? 0
                backlog.record(records.map(Double.init) ?? .nan)
            },
        ]
        self.updates = (own + adapters.metricUpdates).map { update in
            HealthProbe(HealthCheck(name: "metrics") { await update() }, deadline: deadline)
        }
    }

    /// The page; within the 5 s that a health check may take.
    func text() async -> String {
        await withDiscardingTaskGroup { group in
            for update in self.updates { group.addTask { _ = await update.entry() } }
            group.addTask { await self.updateOnlineUsers() }
            group.addTask { await self.updateDependencies() }
        }
        return self.registry.text()
    }

    private func updateOnlineUsers() async {
        guard await self.onlineUsers.entry().error != nil else { return }
        // An old number would look like a true one.
        self.onlineUserCount.record(Double.nan)
    }

    private func updateDependencies() async {
        for entry in await self.health.check() { self.dependencies[entry.name]?.record(entry.error == nil ? 1 : 0) }
    }
}
