internal import ChatifyCore

/// Something the server depends on, and how to find out whether it works.
public struct HealthCheck: Sendable {
    /// The dependency's name, such as `log`.
    public var name: String
    /// Throws if the dependency does not work; the error's code is shown, never its inner detail.
    ///
    /// Must bound its own time: the health endpoint answers when all checks have ended.
    public var run: @Sendable () async throws -> Void

    /// Makes a check.
    public init(name: String, run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.run = run
    }
}

/// What a check found.
struct HealthEntry: Sendable {
    var name: String
    var duration: Duration
    var error: String?
}

/// Knows whether this pod is serving, and asks its dependencies when it is asked.
final class Health: Sendable {
    private let checks: [HealthCheck]
    private let serving = Locked(false)

    init(checks: [HealthCheck]) { self.checks = checks }

    /// Whether the pod has started and is not stopping.
    var isServing: Bool { self.serving.withLock { $0 } }

    func setServing(_ isServing: Bool) { self.serving.withLock { $0 = isServing } }

    func check() async -> [HealthEntry] {
        var entries: [HealthEntry] = []
        for check in self.checks {
            let start = ContinuousClock.now
            let error = await Self.error(of: check)
            entries.append(HealthEntry(name: check.name, duration: start.duration(to: .now), error: error))
        }
        return entries
    }

    private static func error(of check: HealthCheck) async -> String? {
        do {
            try await check.run()
            return nil
        } catch {
            return (error as? ChatError)?.code.rawValue ?? "FAILED"
        }
    }
}
