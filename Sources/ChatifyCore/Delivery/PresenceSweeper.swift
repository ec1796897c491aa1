public import Logging
public import ServiceLifecycle

/// Takes users offline whose last connection died without a word, such as those of a pod that crashed.
///
/// Every pod runs one; each user's going is told to one of them. What it finds it hands to `onTransitions`.
public struct PresenceSweeper: Service {
    private let presence: any PresenceService
    private let onTransitions: @Sendable ([PresenceTransition]) async -> Void
    private let clock: ChatClock
    private let logger: Logger

    /// Makes the service; it does nothing before ``run()``.
    public init(
        presence: any PresenceService,
        clock: ChatClock = .system,
        logger: Logger,
        onTransitions: @escaping @Sendable ([PresenceTransition]) async -> Void = { _ in }
    ) {
        self.presence = presence
        self.onTransitions = onTransitions
        self.clock = clock
        self.logger = logger
    }

    /// Sweeps twice in the life of a connection until the task is cancelled or its service group shuts down.
    ///
    /// A sweep that fails is left to the next one, with one warning in the log and one line when sweeping works again.
    public func run() async {
        var isFailing = false
        while !Task.isStopping {
            await self.clock.pause(self.presence.expiry / 2)
            guard !Task.isStopping else { return }
            do throws(ChatError) {
                try await self.sweep()
                if isFailing { self.logger.notice("Expired presence is found again") }
                isFailing = false
            } catch {
                if !isFailing, !Task.isStopping {
                    self.logger.warning("Cannot look for expired presence", metadata: ["error": "\(error)"])
                }
                isFailing = true
            }
        }
    }

    /// The most users taken offline by one call.
    private static let batchSize = 512

    private func sweep() async throws(ChatError) {
        while true {
            let gone = try await self.presence.dropExpired(atMost: Self.batchSize)
            if !gone.isEmpty { await self.onTransitions(gone) }
            guard gone.count == Self.batchSize, !Task.isStopping else { return }
        }
    }
}
