internal import ChatifyCore
internal import ChatifySQLite
internal import ChatifyServer
internal import Logging

/// Which adapters a server stands on: decided by what is set (contracts §8).
extension ChatAdapters {
    /// Makes the adapters that the configuration asks for.
    ///
    /// What is made here is given to the adapters at once, so that a later failure can close it again.
    /// - Throws: ``ChatError`` with code `configuration` and one line for people if one cannot be made.
    static func make(
        _ configuration: ServerConfiguration,
        environment: [String: String],
        logger: Logger
    ) async throws(ChatError) -> ChatAdapters {
        let redis = try configuration.redis()
        var adapters = try ChatAdapters.inMemory(partitions: configuration.partitions, environment: environment)
        do throws(ChatError) {
            let store = try await adapters.openStore(configuration, logger)
            if configuration.usesKafka {
                try await adapters.log(inKafka: configuration, logger)
            } else if let store, !configuration.usesInMemoryBroker {
                try await adapters.log(in: store, configuration, logger)
            }
            if let redis { try await adapters.share(through: redis, configuration, logger) }
            return adapters
        } catch {
            await adapters.onStop()
            throw error
        }
    }

    /// Keeps the history in a file, unless nothing is to be written to disk.
    private mutating func openStore(
        _ configuration: ServerConfiguration,
        _ logger: Logger
    ) async throws(ChatError) -> SQLiteStore? {
        guard !configuration.isInMemory else { return nil }
        let store = try await SQLiteStore.open(
            path: configuration.storage.effectiveDatabasePath,
            configuration: SQLiteConfiguration(configuration),
            logger: logger
        )
        self.history = store.history
        self.replaceHealthCheck("history (in memory)") {
            HealthCheck(name: "history (SQLite)") { try await store.checkReading() }
        }
        self.closing { await store.close() }
        return store
    }

    /// Keeps the log in the file of the history: what is in the log is in the history, so nobody need copy it.
    private mutating func log(
        in store: SQLiteStore,
        _ configuration: ServerConfiguration,
        _ logger: Logger
    ) async throws(ChatError) {
        if let latest = store.log.latestTimestamp, latest > ChatClock.system.now() {
            logger.warning("The clock is behind the last message; new ones are stamped after it, not by the clock")
        }
        self.producer = store.log
        self.replaySource = store.log
        self.broadcastConsumer = try await store.log.makeConsumer(
            group: configuration.broadcastGroup(of: self.podIdentity.podID),
            startingAt: .end,
            commits: .automatic
        )
        self.historyConsumer = nil
        self.latestTimestamp = store.log.latestTimestamp
        self.replaceHealthCheck("log (in memory)") {
            HealthCheck(name: "log (SQLite)") { try await store.checkWriting() }
        }
    }
}

extension ChatAdapters {
    mutating func replaceHealthCheck(_ name: String, by make: () -> HealthCheck) {
        self.healthChecks = self.healthChecks.map { $0.name == name ? make() : $0 }
    }

    /// Adds something to close when the server has stopped, before what was there before it.
    mutating func closing(_ close: @escaping @Sendable () async -> Void) {
        let closeOthers = self.onStop
        self.onStop = {
            await close()
            await closeOthers()
        }
    }
}

extension ServerConfiguration {
    /// Whether the log is the one that many pods share.
    var usesKafka: Bool { self.broker.bootstrapServers != nil && !self.usesInMemoryBroker }

    /// The consumer group of a pod's live delivery (contracts §5).
    func broadcastGroup(of pod: PodID) -> String { "\(self.broadcastGroupPrefix)-\(pod)" }
}

extension SQLiteConfiguration {
    fileprivate init(_ configuration: ServerConfiguration) {
        self.init()
        let storage = configuration.storage
        self.partitions = configuration.partitions
        self.takesAnyPartitions = configuration.usesKafka
        self.synchronous = storage.isFullySynchronous ? .full : .normal
        self.retention.logAge = storage.logRetentionAge
        self.retention.logBytes = storage.logRetentionBytes > 0 ? storage.logRetentionBytes : nil
        self.retention.historyAge = storage.historyRetentionAge
        self.retention.fileBytes = storage.historyRetentionBytes > 0 ? storage.historyRetentionBytes : nil
    }
}
