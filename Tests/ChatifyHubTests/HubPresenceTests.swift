import ChatifyCore
import ChatifyEventLoop
import Logging
import TestSupport
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubPresenceTests {
    @Test func `Coming, staying and going are reported`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            await rig.presence.reports.wait(forCount: 1)
            await client.send(#"{"type":6}"#)
            await rig.presence.reports.wait(forCount: 2)
            await client.call("HeartbeatAsync")
            await rig.presence.reports.wait(forCount: 3)
            await client.disconnect()
            let reports = await rig.presence.reports.wait(forCount: 4)
            let id = client.id
            #expect(reports == [.online(id), .heartbeat(id), .heartbeat(id), .offline(id)])
        }
    }

    @Test func `Who never shook hands was never here`() async throws {
        try await withHub { rig in
            let silent = try await rig.attach("alice")
            await silent.disconnect()
            let client = try await rig.connect("bob")
            await client.disconnect()
            let reports = await rig.presence.reports.wait { $0.contains(.offline(client.id)) }
            #expect(!reports.contains(.offline(silent.id)))
        }
    }

    @Test func `A heartbeat at hand does not bring back who has left`() async throws {
        try await withHub { rig in
            let client = try await rig.connect("alice")
            rig.producer.hold()
            await client.send(
                HubClient.message("first"),
                HubClient.invocation("HeartbeatAsync"),
                HubClient.message("second")
            )
            await rig.producer.begun.wait(forCount: 1)
            await client.disconnect()
            await rig.presence.reports.wait { $0.contains(.offline(client.id)) }
            rig.producer.release()
            await rig.producer.begun.wait(forCount: 2)
            // Reports are made in order: when a later connection's end is told, so is all before it.
            let later = try await rig.connect("bob")
            await rig.presence.reports.wait { $0.contains(.online(later.id)) }
            await later.disconnect()
            let reports = await rig.presence.reports.wait { $0.contains(.offline(later.id)) }
            #expect(!reports.contains(.heartbeat(client.id)))
        }
    }

    @Test func `A presence service that fails is told of once, and once when it is back`() async throws {
        try await withHub { rig in
            rig.presence.setFailing(true)
            for number in 0..<3 { try await self.visit(rig, "user-\(number)") }
            #expect(Self.lines(rig).map(\.level) == [.warning])
            #expect(Self.lines(rig).map(\.message) == ["Presence cannot be reported"])
            rig.presence.setFailing(false)
            for number in 0..<3 { try await self.visit(rig, "user-\(number)") }
            await rig.log.lines.wait { $0.contains { $0.level == .notice } }
            #expect(Self.lines(rig).map(\.message) == ["Presence cannot be reported", "Presence is reported again"])
        }
    }

    @Test func `What fails for one connection says nothing of the service`() async throws {
        try await withHub { rig in
            rig.presence.setFailure(ChatError(.configuration, "not ours"))
            try await self.visit(rig, "alice")
            rig.presence.setFailure(nil)
            try await self.visit(rig, "bob")
            let warning = "Presence of some cannot be reported"
            #expect(Self.lines(rig).map(\.message) == [warning, warning])
        }
    }

    @Test func `A service that only removes is not back yet`() async throws {
        try await withHub { rig in
            let client = try await rig.connect("alice")
            await rig.presence.reports.wait { $0.contains(.online(client.id)) }
            rig.presence.setFailing(true)
            try await self.visit(rig, "bob")
            rig.presence.setFailing(false)
            await client.disconnect()
            await rig.presence.reports.wait { $0.contains(.offline(client.id)) }
            await rig.loop.run {}
            #expect(Self.lines(rig).map(\.message) == ["Presence cannot be reported"])
        }
    }

    /// Comes and goes, and waits until both were reported.
    private func visit(_ rig: HubRig, _ user: String) async throws {
        let client = try await rig.connect(user)
        await rig.presence.reports.wait { $0.contains(.online(client.id)) }
        await client.disconnect()
        await rig.presence.reports.wait { $0.contains(.offline(client.id)) }
        // What is logged of the report comes before the next report.
        await rig.loop.run {}
    }

    private static func lines(_ rig: HubRig) -> [CapturingLog.Line] {
        rig.log.lines.all.filter { $0.message.hasPrefix("Presence") }
    }
}
