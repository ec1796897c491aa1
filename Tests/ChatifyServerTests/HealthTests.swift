import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyServer

@Suite(.timeLimit(.minutes(5)))
struct HealthTests {
    private struct Secret: Error {
        let password = "hunter2"
    }

    @Test func `Each check is told with its name and no inner detail`() async {
        let health = Health(checks: [
            HealthCheck(name: "log") {},
            HealthCheck(name: "history") {
                throw ChatError(.unavailable, "The history is out of reach.", cause: Secret())
            },
            HealthCheck(name: "presence") { throw Secret() },
        ])
        let entries = await health.check()
        #expect(entries.map(\.name) == ["log", "history", "presence"])
        #expect(entries.map(\.error) == [nil, "UNAVAILABLE: The history is out of reach.", "FAILED"])
        #expect(entries.allSatisfy { $0.duration >= .zero })
    }

    @Test func `Checks run at one time`() async {
        let begun = Recorder<Int>()
        let checks = (0..<5).map { number in
            HealthCheck(name: "\(number)") {
                begun.record(number)
                await begun.wait(forCount: 5)
            }
        }
        let entries = await Health(checks: checks).check()
        #expect(entries.map(\.name) == ["0", "1", "2", "3", "4"])
        #expect(entries.allSatisfy { $0.error == nil })
    }

    @Test func `A check that hangs is told when the deadline is over, and not run a second time`() async {
        let gate = Gate(isOpen: false)
        let health = Health(
            checks: [.hanging("log", at: gate), HealthCheck(name: "history") {}],
            deadline: .milliseconds(50)
        )
        let expected = ["TIMEOUT: no answer within 50 ms", nil]
        let errors = await withTaskGroup(of: [String?].self) { group in
            for _ in 0..<20 { group.addTask { await health.check().map(\.error) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors == Array(repeating: expected, count: 20))
        let again = await health.check()
        #expect(again.map(\.error) == expected && again[0].duration >= .milliseconds(50))
        #expect(gate.begun.all.count == 1)

        gate.open()
        // The run that hung may still be ending.
        for _ in 0..<100_000 {
            if await health.check()[0].error == nil { break }
            await Task.yield()
        }
        #expect(await health.check().map(\.error) == [nil, nil])
        #expect(gate.begun.all.count > 1)
    }

    @Test func `Everybody who asks while a check runs is answered`() async {
        let gate = Gate(isOpen: false)
        let health = Health(checks: [.hanging("log", at: gate)], deadline: .seconds(50))
        let asking = (0..<10).map { _ in Task { await health.check().map(\.error) } }
        await gate.begun.wait(forCount: 1)
        gate.open()
        for asked in asking { #expect(await asked.value == [nil]) }
        #expect(await health.check().map(\.error) == [nil])
    }

    @Test(arguments: [(.seconds(5), "5 s"), (.milliseconds(250), "250 ms"), (.zero, "0 s")] as [(Duration, String)])
    func `A deadline is told in seconds if it has whole ones`(_ deadline: Duration, _ text: String) {
        #expect(deadline.shortText == text)
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

@Suite(.timeLimit(.minutes(5)))
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

extension HealthCheck {
    /// A check that hangs until the gate is open, whether it is cancelled or not.
    fileprivate static func hanging(_ name: String, at gate: Gate) -> HealthCheck {
        HealthCheck(name: name) {
            gate.begun.record(name)
            await gate.wait()
        }
    }
}
