import ChatifyCore
import Testing

@testable import ChatifyHub

struct PresenceOutboxTests {
    private static func connection(_ number: Int = 0) -> PresentConnection {
        PresentConnection(
            userID: UserID(unchecked: "alice"),
            connectionID: ConnectionID(unchecked: "c\(number)"),
            podID: PodID(unchecked: "pod-0")
        )
    }

    @Test(
        arguments: [
            ([], []),
            ([.online], [.setOnline(Self.connection())]),
            ([.offline], [.setOffline(Self.connection())]),
            ([.heartbeat], [.heartbeat([Self.connection()])]),
            ([.heartbeat, .heartbeat], [.heartbeat([Self.connection()])]),
            ([.online, .heartbeat], [.setOnline(Self.connection())]),
            ([.online, .heartbeat, .offline], [.setOffline(Self.connection())]),
            ([.heartbeat, .offline], [.setOffline(Self.connection())]),
            ([.offline, .heartbeat], [.setOffline(Self.connection())]),
        ] as [([PresenceOutbox.Change], [PresenceOutbox.Command])]
    )
    func `The latest word counts`(_ changes: [PresenceOutbox.Change], _ commands: [PresenceOutbox.Command]) {
        var outbox = PresenceOutbox()
        for change in changes { outbox.note(change, of: Self.connection()) }
        let taken = [outbox.takeAll(), outbox.takeAll()]
        #expect(taken == [commands, []], "taken once")
    }

    @Test func `Many who come at once are added together`() {
        var outbox = PresenceOutbox()
        for number in 0..<600 { outbox.note(number < 550 ? .online : .heartbeat, of: Self.connection(number)) }
        outbox.note(.offline, of: Self.connection(0))
        let sent = outbox.takeAll()
        #expect(sent.count == 3)
        #expect(sent.contains(.setOffline(Self.connection())))
        let added = sent.flatMap { command -> [PresentConnection] in
            if case .heartbeat(let connections) = command { return connections }
            return []
        }
        #expect(added.count == 599)
        #expect(Set(added) == Set((1..<600).map(Self.connection)))
    }

    @Test(arguments: [(1, 1), (512, 1), (513, 2), (1500, 3)])
    func `Heartbeats go in batches, each connection in one`(_ count: Int, _ batches: Int) {
        var outbox = PresenceOutbox()
        for number in 0..<count { outbox.note(.heartbeat, of: Self.connection(number)) }
        let sent = outbox.takeAll().map { command -> [PresentConnection] in
            if case .heartbeat(let connections) = command { return connections }
            return []
        }
        #expect(sent.count == batches)
        #expect(sent.allSatisfy { $0.count <= PresenceOutbox.heartbeatBatch })
        #expect(sent.joined().count == count)
        #expect(Set(sent.joined()) == Set((0..<count).map(Self.connection)))
    }
}
