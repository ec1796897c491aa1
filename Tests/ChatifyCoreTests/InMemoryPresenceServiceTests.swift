import ChatifyCore
import ChatifyTestKit
import TestSupport
import Testing

@Suite struct InMemoryPresenceServiceTests {
    private let clock = ManualClock()
    private let presence: InMemoryPresenceService
    private let alice = UserID(unchecked: "alice")

    init() { self.presence = InMemoryPresenceService(clock: self.clock.chatClock) }

    private func connections() async throws -> Set<String> {
        Set(try await self.presence.connections(of: self.alice).map(\.connectionID.rawValue))
    }

    @Test func comesAndGoes() async throws {
        #expect(try await self.connections().isEmpty)
        try await self.presence.setOnline(PresentConnection("alice", "c1"))
        try await self.presence.setOnline(PresentConnection("alice", "c2", pod: "pod-1"))
        try await self.presence.setOnline(PresentConnection("bob", "c3"))
        #expect(try await self.connections() == ["c1", "c2"])
        try await self.presence.setOffline(PresentConnection("alice", "c1"))
        try await self.presence.setOffline(PresentConnection("alice", "c1"))
        try await self.presence.setOffline(PresentConnection("nobody", "c9"))
        #expect(try await self.connections() == ["c2"])
    }

    @Test func routesToThePodOfALiveConnection() async throws {
        let connection = try #require(ConnectionID(rawValue: "c1"))
        #expect(try await self.presence.route(of: self.alice, connection: connection) == nil)
        try await self.presence.setOnline(PresentConnection("alice", "c1", pod: "pod-1"))
        self.clock.advance(by: .seconds(1))
        try await self.presence.setOnline(PresentConnection("alice", "c1", pod: "pod-2"))
        #expect(try await self.presence.route(of: self.alice, connection: connection)?.rawValue == "pod-2")
        #expect(try await self.presence.route(of: UserID(unchecked: "bob"), connection: connection) == nil)
        self.clock.advance(by: .seconds(60))
        #expect(try await self.presence.route(of: self.alice, connection: connection) == nil)
    }

    @Test func looksUpManyUsersAtOnce() async throws {
        let bob = UserID(unchecked: "bob")
        try await self.presence.setOnline(PresentConnection("alice", "c1"))
        try await self.presence.setOnline(PresentConnection("carol", "c2"))
        #expect(try await self.presence.onlineUsers(among: [self.alice, bob]) == [self.alice])
        self.clock.advance(by: .seconds(60))
        try await self.presence.setOnline(PresentConnection("bob", "c3"))
        #expect(try await self.presence.onlineUsers(among: [self.alice, bob]) == [bob])
    }

    @Test func diesAtItsExpiryThoughOthersLive() async throws {
        try await self.presence.setOnline(PresentConnection("alice", "c1"))
        try await self.presence.setOnline(PresentConnection("alice", "c2"))
        self.clock.advance(by: .milliseconds(59_999))
        #expect(try await self.connections() == ["c1", "c2"])
        try await self.presence.heartbeat([PresentConnection("alice", "c2")])
        self.clock.advance(by: .milliseconds(1))
        #expect(try await self.connections() == ["c2"])
        try await self.presence.heartbeat([PresentConnection("alice", "c1"), PresentConnection("alice", "c3")])
        #expect(try await self.connections() == ["c1", "c2", "c3"])
    }

    @Test func memoryIsBoundedByTheLiving() async throws {
        for round in 0..<100 {
            for number in 0..<20 { try await self.presence.setOnline(PresentConnection("u\(round)", "c\(number)")) }
            self.clock.advance(by: .seconds(60))
            #expect(self.presence.heldCount <= 40)
        }
        try await self.presence.setOnline(PresentConnection("alice", "c1"))
        #expect(self.presence.heldCount == 1)
        try await self.presence.setOffline(PresentConnection("alice", "c1"))
        #expect(self.presence.heldCount == 0)
    }

    @Test func hundredsOfTasksAgree() async throws {
        let presence = self.presence
        await withTaskGroup(of: Void.self) { tasks in
            for number in 0..<400 {
                tasks.addTask {
                    let connection = PresentConnection("alice", "c\(number)")
                    _ = try? await presence.setOnline(connection)
                    _ = try? await presence.heartbeat([connection])
                    if number.isMultiple(of: 2) { _ = try? await presence.setOffline(connection) }
                }
            }
        }
        #expect(try await self.connections() == Set((0..<200).map { "c\($0 * 2 + 1)" }))
    }
}
