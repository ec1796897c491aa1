internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport

/// Opens a store, runs the test with it, and closes it whatever happens.
func withStore<Value>(
    in folder: TemporaryFolder,
    _ configuration: SQLiteConfiguration = SQLiteConfiguration(),
    clock: ChatClock = .standing,
    log: CapturingLog = CapturingLog(),
    _ body: (SQLiteStore) async throws -> Value
) async throws -> Value {
    let store = try await SQLiteStore.open(
        path: folder.database,
        configuration: configuration,
        clock: clock,
        logger: log.logger
    )
    // The folder goes with its last owner, which must not be before the store.
    defer { withExtendedLifetime(folder) {} }
    // Opening syncs the folder too, past SQLite.
    folder.disk.record(.syncFolder)
    do {
        let value = try await body(store)
        await store.close()
        return value
    } catch {
        await store.close()
        throw error
    }
}

extension ChatClock {
    /// A clock whose wall time stands still at the time of ``event(_:in:at:text:)``, so that nothing is too old to be kept.
    static let standing = ChatClock(
        now: { Timestamp(millisecondsSinceEpoch: 1_700_000_000_000) },
        uptime: ChatClock.system.uptime,
        sleep: ChatClock.system.sleep
    )
}

/// The event of that number: different numbers, different ids.
func event(
    _ number: UInt64,
    in scope: String = "general",
    at time: Int64 = 1_700_000_000_000,
    text: String = "Hello"
) throws -> ChatEvent {
    ChatEvent(
        messageID: MessageID(high: 0x7000, low: 0x8000_0000_0000_0000 | number),
        scope: .channel(try ScopeID(scope)),
        senderID: try UserID("alice"),
        text: text,
        createdAt: Timestamp(millisecondsSinceEpoch: time),
        originPodID: try PodID("pod-1")
    )
}
