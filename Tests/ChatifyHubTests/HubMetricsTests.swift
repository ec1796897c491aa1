import ChatifyCore
import Metrics
import MetricsTestKit
import TestSupport
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubMetricsTests {
    private let metrics = TestMetrics()

    @Test func `Deliveries are counted for each client, and their latency once for each batch`() async throws {
        try await withMetricsFactory(self.metrics) {
            try await withHub { rig in
                for user in ["alice", "bob", "carol"] {
                    let client = try await rig.connect(user)
                    if user != "carol" { await client.call("JoinScopeAsync", #"["general"]"#) }
                }
                await rig.deliver("1", "2", "3")
                await rig.deliver("4")
                await rig.deliver("5", to: .channel(ScopeID(unchecked: "empty")))
            }
        }
        #expect(self.metrics.counterTotal(label: "chatify_deliveries_total") == 8)
        let latencies = try self.metrics.expectRecorder("chat_messages_fanout_latency_ms").values
        // The samples are from the beginning of 2026.
        #expect(latencies.count == 2 && latencies.allSatisfy { $0 >= 0 }, "\(latencies)")
    }

    @Test func `Sessions are counted in and out, whatever ends them`() async throws {
        try await withMetricsFactory(self.metrics) {
            try await withHub { rig in
                let sessions = try self.metrics.expectMeter("chat_ws_active_sessions")
                #expect(sessions.lastValue == 0)
                let (first, second) = (try await rig.connect("alice"), try await rig.connect("bob"))
                #expect(sessions.lastValue == 2)
                await first.disconnect()
                await first.disconnect()
                #expect(sessions.lastValue == 1)
                await second.send(#"{"type":7}"#)
                #expect(sessions.lastValue == 0)
            }
        }
    }

    @Test func `Who is closed for not keeping up is counted, and not what was meant for them`() async throws {
        try await withMetricsFactory(self.metrics) {
            try await withHub { rig in
                let (quick, slow) = (try await rig.connect("alice"), try await rig.connect("bob"))
                for client in [quick, slow] { await client.call("JoinScopeAsync", #"["general"]"#) }
                await slow.refuseWrites()
                await rig.deliver("1", "2")
            }
        }
        #expect(self.metrics.counterTotal(label: "chatify_slow_consumers_closed_total") == 1)
        #expect(self.metrics.counterTotal(label: "chatify_deliveries_total") == 2)
    }
}
