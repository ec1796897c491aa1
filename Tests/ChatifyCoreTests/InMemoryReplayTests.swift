import ChatifyCore
import Testing

/// What a log in memory finds again of its past.
struct InMemoryReplayTests {
    private let log = InMemoryEventLog(partitions: 2, capacityPerPartition: 16)
    private let general = ChatScope.channel(ScopeID(unchecked: "general"))

    private func find(
        _ offsets: Range<Int64>,
        partition: Int32? = nil,
        limit: Int = 100
    ) async throws -> [Int64]? {
        let own = try #require(self.log.partition(of: self.general.id))
        let events = try await self.log.events(
            in: [self.general],
            partition: partition ?? own,
            offsets: offsets,
            limit: limit
        )
        return events?.map(\.position.offset)
    }

    @Test func findsWhatIsHeldWholeOrNothing() async throws {
        let own = try #require(self.log.partition(of: self.general.id))
        try await self.log.produce(.sample(0))
        try self.log.appendUndecodable(value: [], reason: "poison", partition: own)
        let direct = ChatEvent.sample(1)
        try await self.log.produce(
            ChatEvent(
                messageID: direct.messageID,
                scope: .directMessage(self.general.id),
                senderID: direct.senderID,
                text: "",
                createdAt: direct.createdAt,
                originPodID: direct.originPodID
            )
        )
        try await self.log.produce(.sample(2))
        #expect(try await self.find(0..<4) == [0, 3])
        #expect(try await self.find(1..<3) == [])
        #expect(try await self.find(0..<4, limit: 1) == nil)
        #expect(try await self.find(0..<5) == nil, "the log does not go that far")
        #expect(try await self.find(0..<0, partition: 2) == nil, "there is no such partition")
        for number in 3..<20 { try await self.log.produce(.sample(number)) }
        #expect(try await self.find(0..<4) == nil, "trimmed")
    }

    @Test func aMemberKnowsWhatItIsGivenNext() async throws {
        let own = try #require(self.log.partition(of: self.general.id))
        try await self.log.produce(.sample(0))
        let late = self.log.makeConsumer(group: "late", startingAt: .end, commits: .automatic)
        let early = self.log.makeConsumer(group: "early", startingAt: .beginning, commits: .automatic)
        #expect(late.nextOffsets == [own: 1, 1 - own: 0])
        #expect(early.nextOffsets == [own: 0, 1 - own: 0])
        _ = try await early.nextBatch(limit: 10)
        #expect(early.nextOffsets[own] == 1)
        let other = self.log.makeConsumer(group: "early", startingAt: .beginning, commits: .automatic)
        #expect(early.nextOffsets.count == 1 && other.nextOffsets.count == 1, "each has a partition now")
    }
}
