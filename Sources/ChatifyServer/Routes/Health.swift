internal import ChatifyCore

/// Something the server depends on, and how to find out whether it works.
public struct HealthCheck: Sendable {
    /// The dependency's name, such as `log`.
    public var name: String
    /// Whether the pod cannot serve without it; if not, it is shown as degraded when it fails, and the pod stays ready.
    public var isRequired: Bool
    /// Throws if the dependency does not work.
    ///
    /// A ``ChatError`` is shown with its code and message, of any other error nothing. A check that has not ended within
    /// 5 s counts as failed; it is not cancelled, and does not run a second time before it has ended. It must suspend
    /// where it waits, not block its thread.
    public var run: @Sendable () async throws -> Void

    /// Makes a check.
    public init(name: String, isRequired: Bool = true, run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.isRequired = isRequired
        self.run = run
    }
}

/// What a check found.
struct HealthEntry: Sendable {
    var name: String
    var isRequired: Bool
    var duration: Duration
    var error: String?

    /// `healthy`, `degraded` or `unhealthy`.
    var status: String { self.error == nil ? "healthy" : self.isRequired ? "unhealthy" : "degraded" }
}

/// Knows whether this pod is serving, and asks its dependencies when it is asked.
final class Health: Sendable {
    private let probes: [HealthProbe]
    private let serving = Locked(false)

    /// Makes the health of a pod that is not serving yet.
    /// - Parameter deadline: How long each check may take.
    init(checks: [HealthCheck], deadline: Duration = .seconds(5)) {
        self.probes = checks.map { HealthProbe($0, deadline: deadline) }
    }

    /// Whether the pod has started and is not stopping.
    var isServing: Bool { self.serving.withLock { $0 } }

    func setServing(_ isServing: Bool) { self.serving.withLock { $0 = isServing } }

    /// Runs all checks at one time, and returns what they found in the order they were given.
    func check() async -> [HealthEntry] {
        await withTaskGroup(of: (Int, HealthEntry).self) { group in
            for (index, probe) in self.probes.enumerated() {
                group.addTask { (index, await probe.entry()) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
