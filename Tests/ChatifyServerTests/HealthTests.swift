import ChatifyCore
import Testing

@testable import ChatifyServer

struct HealthTests {
    private struct Secret: Error {
        let password = "hunter2"
    }

    @Test func `Each check is told with its name and no inner detail`() async {
        let health = Health(checks: [
            HealthCheck(name: "log") {},
            HealthCheck(name: "history") { throw ChatError(.unavailable, "10.0.0.7 is down") },
            HealthCheck(name: "presence") { throw Secret() },
        ])
        let entries = await health.check()
        #expect(entries.map(\.name) == ["log", "history", "presence"])
        #expect(entries.map(\.error) == [nil, "UNAVAILABLE", "FAILED"])
        #expect(entries.allSatisfy { $0.duration >= .zero })
    }

    @Test func `A pod serves from start to stop`() {
        let health = Health(checks: [])
        #expect(!health.isServing)
        health.setServing(true)
        #expect(health.isServing)
        health.setServing(false)
        #expect(!health.isServing)
    }
}

@Suite(.timeLimit(.minutes(1)))
struct StopSignalTests {
    @Test func `A signal sent before the wait is seen`() async {
        let signal = StopSignal()
        signal.send()
        signal.send()
        await signal.wait()
        await signal.wait()
    }

    @Test(arguments: 0..<50)
    func `A signal sent around the wait's beginning is seen`(_ round: Int) async {
        let signal = StopSignal()
        let waiting = Task { await signal.wait() }
        if round.isMultiple(of: 2) { await Task.yield() }
        signal.send()
        await waiting.value
    }

    @Test(arguments: 0..<50)
    func `A cancelled wait ends`(_ round: Int) async {
        let signal = StopSignal()
        let waiting = Task { await signal.wait() }
        if round.isMultiple(of: 2) { await Task.yield() }
        waiting.cancel()
        await waiting.value
    }

    @Test func `Admission counts to its bound and back`() {
        let admission = ConnectionAdmission(maximum: 2)
        let entered = [admission.enter(), admission.enter(), admission.enter()]
        #expect(entered == [true, true, false])
        admission.leave()
        let again = [admission.enter(), admission.enter()]
        #expect(again == [true, false])
    }
}
