import TestSupport
import Testing

@testable import ChatifyHub

struct LongPollingMachineTests {
    /// What happens, and when: at so many seconds from the start.
    enum Step {
        case begin(at: Int)
        case ask(Int, at: Int, LongPollAnswer?)
        case cancel(Int, at: Int)
        case write(String, Bool)
        case end(String?)
        case abort
        case tick(at: Int, LongPollingMachine.Due)
    }

    private static func data(_ text: String) -> LongPollAnswer { .data(Array(text.utf8)) }

    /// The first poll, at 0.
    private static let opened: [Step] = [.begin(at: 0), .ask(1, at: 0, data(""))]

    /// Polls wait 90 s, a client may be away 15 s, ten bytes are kept.
    @Test(
        arguments: [
            // The first poll is answered at once, and with nothing, whatever there is.
            opened + [.begin(at: 1), .ask(2, at: 1, nil)],
            [.write("a", true)] + opened + [.begin(at: 1), .ask(2, at: 1, data("a"))],
            [.end("a")] + opened + [.begin(at: 1), .ask(2, at: 1, data("a")), .begin(at: 1), .ask(3, at: 1, .ended)],
            // A poll waits for data and takes all of it.
            opened + [
                .begin(at: 1), .ask(2, at: 1, nil), .write("a", true), .write("b", true), .ask(2, at: 5, data("ab")),
                .begin(at: 5), .ask(3, at: 5, nil),
            ],
            opened + [.write("a", true), .write("b", true), .begin(at: 1), .ask(2, at: 1, data("ab"))],
            // A poll has its time.
            opened + [
                .begin(at: 1), .tick(at: 90, .nothing), .ask(2, at: 90, nil), .tick(at: 91, .wake),
                .ask(2, at: 91, data("")), .tick(at: 105, .nothing), .tick(at: 106, .remove),
            ],
            // A newer poll takes the place of the one that waits, and the data.
            opened + [
                .begin(at: 1), .begin(at: 2), .ask(2, at: 2, .ended), .write("a", true), .ask(3, at: 3, data("a")),
                .ask(2, at: 3, .ended), .ask(3, at: 3, .ended),
            ],
            // Data stays for the next poll if the client has gone.
            opened + [
                .begin(at: 1), .write("a", true), .cancel(2, at: 3), .ask(2, at: 3, .ended), .tick(at: 17, .nothing),
                .tick(at: 18, .remove), .begin(at: 19), .tick(at: 60, .nothing), .ask(3, at: 60, data("a")),
            ],
            opened + [.begin(at: 1), .begin(at: 2), .cancel(2, at: 3), .write("a", true), .ask(3, at: 4, data("a"))],
            // Nobody polls.
            [.tick(at: 14, .nothing), .tick(at: 15, .remove)],
            opened + [.tick(at: 14, .nothing), .tick(at: 15, .remove)],
            // The bound, and the last words beyond it.
            opened + [
                .write("0123456789", true), .write("x", false), .begin(at: 1), .ask(2, at: 1, data("0123456789")),
                .write("x", true), .write("0123456789", false), .end("0123456789"), .begin(at: 2),
                .ask(3, at: 2, data("x0123456789")),
            ],
            // The end: what is left, then 204 to whoever asks, until nobody does.
            opened + [
                .begin(at: 1), .end("bye"), .write("x", false), .ask(2, at: 1, data("bye")),
                .begin(at: 2), .ask(3, at: 2, .ended), .begin(at: 3), .ask(4, at: 3, .ended), .tick(at: 16, .nothing),
                .tick(at: 17, .remove),
            ],
            opened + [.begin(at: 1), .end(nil), .ask(2, at: 1, .ended)],
            opened + [
                .end("bye"), .end("again"), .tick(at: 15, .remove), .begin(at: 16), .ask(2, at: 16, data("bye")),
            ],
            opened + [.begin(at: 1), .write("a", true), .abort, .ask(2, at: 1, .ended)],
        ] as [[Step]]
    )
    func `Polls are answered in their time`(_ steps: [Step]) {
        var limits = LongPollingLimits()
        limits.maximumBufferedBytes = 10
        let start = ContinuousClock.now
        var machine = LongPollingMachine(limits: limits, now: start)
        var polls = 0
        for (index, step) in steps.enumerated() {
            switch step {
            case .begin(let second):
                polls += 1
                let number = machine.begin(now: start + .seconds(second))
                #expect(number == polls)
                #expect(machine.isPolled)
            case .ask(let number, let second, let expected):
                let answer = machine.answer(to: number, now: start + .seconds(second))
                #expect(answer == expected, "step \(index)")
            case .cancel(let number, let second): machine.cancel(number, now: start + .seconds(second))
            case .write(let text, let expected):
                let isKept = machine.write(Array(text.utf8))
                #expect(isKept == expected, "step \(index)")
            case .end(let text): machine.end(sending: text.map { Array($0.utf8) })
            case .abort: machine.abort()
            case .tick(let second, let expected):
                #expect(machine.tick(now: start + .seconds(second)) == expected, "step \(index)")
            }
        }
    }

    /// Whatever polls come, are replaced and go: every byte is answered once, in order.
    @Test(arguments: 0..<50)
    func `Nothing written is lost or repeated`(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let now = ContinuousClock.now
        var machine = LongPollingMachine(limits: LongPollingLimits(), now: now)
        var (written, fetched): ([UInt8], [UInt8]) = ([], [])
        var polls: [Int] = []
        for _ in 0..<400 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: polls.append(machine.begin(now: now))
            case 1:
                let bytes = [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: 3)
                let isKept = machine.write(bytes)
                #expect(isKept)
                written += bytes
            case 2:
                if let poll = polls.randomElement(using: &random),
                    case .data(let bytes) = machine.answer(to: poll, now: now)
                {
                    fetched += bytes
                }
            default: if let poll = polls.randomElement(using: &random) { machine.cancel(poll, now: now) }
            }
        }
        for _ in 0..<2 {
            if case .data(let bytes) = machine.answer(to: machine.begin(now: now), now: now) { fetched += bytes }
        }
        #expect(fetched == written)
    }
}
