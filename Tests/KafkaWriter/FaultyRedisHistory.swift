import ChatifyCore
import ChatifyRedis

/// A history that writers in several processes share: the hash `stored` in Redis, from message ids to places in the log.
///
/// Every twentieth write fails on purpose, half of those after they were done. Storing an id again changes nothing; a second
/// place for one is kept in the hash `strange`, where nothing should be.
struct FaultyRedisHistory: ChatHistoryRepository {
    private let client: RedisClient
    private let faults: Locked<Faults>

    init(_ client: RedisClient, seed: UInt64) {
        self.client = client
        self.faults = Locked(Faults(state: seed))
    }

    var guarantees: HistoryGuarantees { HistoryGuarantees(isDurable: false, isShared: true) }

    func append(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome {
        let fault = self.faults.withLock { $0.next() }
        if fault == .before { throw Self.fault }
        let outcome = try await self.store(event, at: position)
        if fault == .after { throw Self.fault }
        return outcome
    }

    private func store(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome {
        let (id, place) = ("\(event.messageID)", position.map { "\($0)" } ?? "nowhere")
        do throws(RedisError) {
            let isNew = try await self.client.send(RedisCommand("HSETNX", "stored", id, place)) == .integer(1)
            if !isNew, try await self.client.send(RedisCommand("HGET", "stored", id)) != .string(Array(place.utf8)) {
                _ = try await self.client.send(RedisCommand("HSET", "strange", id, place))
            }
            return isNew ? .stored : .alreadyStored
        } catch {
            throw ChatError(.unavailable, "The store does not answer.", cause: error)
        }
    }

    func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage {
        throw ChatError(.unavailable, "This store is only written.")
    }

    private static var fault: ChatError { ChatError(.unavailable, "The store fails on purpose.") }
}

/// Which writes fail.
private struct Faults {
    enum Fault { case none, before, after }

    /// Any number; what follows depends on nothing else.
    var state: UInt64

    mutating func next() -> Fault {
        // A linear congruential generator; its high bits are the random ones.
        self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        switch (self.state >> 33) % 40 {
        case 0: return .before
        case 1: return .after
        default: return .none
        }
    }
}
