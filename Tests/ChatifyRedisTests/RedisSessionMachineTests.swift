import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyRedis

@Suite struct RedisSessionMachineTests {
    private enum Input: CaseIterable {
        case begin, connected, greeted, failed, paused, close
    }

    private static func machine() -> RedisSessionMachine {
        var policy = RetryPolicy()
        (policy.maximumAttempts, policy.baseDelay, policy.maximumDelay) = (.max, .milliseconds(100), .milliseconds(400))
        return RedisSessionMachine(reconnect: policy)
    }

    private static func feed(
        _ machine: inout RedisSessionMachine,
        _ input: Input,
        random: UInt64 = .max
    ) -> RedisSessionMachine.Action {
        switch input {
        case .begin: machine.begin()
        case .connected: machine.connected()
        case .greeted: machine.greeted()
        case .failed: machine.failed(random: random)
        case .paused: machine.paused()
        case .close: machine.close()
        }
    }

    @Test func aLifeWithAnOutage() {
        var machine = Self.machine()
        let inputs: [Input] = [
            .begin, .connected, .greeted, .failed, .paused, .failed, .paused, .connected, .failed, .paused, .failed,
            .paused,
            .connected, .greeted, .failed, .close,
        ]
        let expected: [RedisSessionMachine.Action] = [
            .connect(attempt: 0), .greet, .open(isRecovery: false),
            .pause(.milliseconds(100), isNews: true), .connect(attempt: 1),
            .pause(.milliseconds(200), isNews: false), .connect(attempt: 2), .greet,
            .pause(.milliseconds(400), isNews: false), .connect(attempt: 3),
            .pause(.milliseconds(400), isNews: false), .connect(attempt: 4), .greet, .open(isRecovery: true),
            .pause(.milliseconds(100), isNews: true), .end,
        ]
        #expect(inputs.map { Self.feed(&machine, $0) } == expected)
    }

    @Test func thePauseIsDrawnFromZero() {
        var machine = Self.machine()
        _ = machine.begin()
        #expect(machine.failed(random: 0) == .pause(.zero, isNews: true))
    }

    @Test func whatDoesNotFitTheStateChangesNothing() {
        let fitting: [RedisSessionMachine.State: Set<Input>] = [
            .idle: [.begin, .close], .connecting: [.connected, .failed, .close],
            .greeting: [.greeted, .failed, .close],
            .ready: [.failed, .close], .pausing: [.paused, .close], .closed: [],
        ]
        var random = SeededRandom(seed: 3)
        var seen: Set<RedisSessionMachine.State> = []
        for _ in 0..<500 {
            var machine = Self.machine()
            for _ in 0..<20 {
                let before = machine.state
                seen.insert(before)
                // Closing ends a life, so it is drawn seldom.
                let input = Input.allCases.dropLast(Int.random(in: 0..<10, using: &random) == 0 ? 0 : 1)
                    .randomElement(using: &random)
                guard let input else { continue }
                let action = Self.feed(&machine, input, random: random.next())
                if fitting[before]?.contains(input) == true {
                    #expect(action != .none)
                    #expect(machine.state != before)
                } else {
                    #expect(action == .none)
                    #expect(machine.state == before)
                }
            }
        }
        #expect(seen.count == 6)
    }
}
