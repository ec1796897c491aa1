import Testing

@testable import ChatifyEventLoop

@Suite struct JobInboxTests {
    enum Step {
        case append, appendFromLoop, take, sleep, wakeUpSent, stop, end, endLeftovers
    }

    /// What each step answered: a duty's name, "yes", "no", or nothing.
    @Test(
        arguments: [
            // An awake loop needs no waking; one asleep needs it once.
            ([.append], ["none"]),
            ([.sleep, .append, .append, .wakeUpSent], ["yes", "wake", "none", ""]),
            ([.sleep, .appendFromLoop, .append], ["yes", "none", "wake"]),
            ([.sleep, .take, .append], ["yes", "", "none"]),
            // It does not sleep on waiting jobs.
            ([.append, .sleep, .append, .take, .sleep], ["none", "no", "none", "", "yes"]),
            // One stops it; it ends when nothing waits and nobody is about to wake it.
            ([.stop, .stop, .append, .end, .take, .end], ["yes", "no", "none", "no", "", "yes"]),
            ([.sleep, .append, .take, .end, .wakeUpSent, .end], ["yes", "wake", "", "no", "", "yes"]),
            // After the end, one thread at a time runs what still comes.
            (
                [.end, .append, .append, .endLeftovers, .take, .endLeftovers, .append],
                ["yes", "runLeftovers", "none", "no", "", "yes", "runLeftovers"]
            ),
        ] as [([Step], [String])]
    )
    func answers(steps: [Step], expected: [String]) {
        let inbox = JobInbox()
        #expect(steps.map { Self.play($0, on: inbox) } == expected)
    }

    private static func play(_ step: Step, on inbox: JobInbox) -> String {
        switch step {
        case .append: return "\(inbox.append(.closure {}, fromLoop: false))"
        case .appendFromLoop: return "\(inbox.append(.closure {}, fromLoop: true))"
        case .take:
            var batch: [JobInbox.Job] = []
            inbox.take(into: &batch)
            return ""
        case .sleep: return inbox.sleepIfEmpty() ? "yes" : "no"
        case .wakeUpSent:
            inbox.wakeUpSent()
            return ""
        case .stop: return inbox.beginStopping() ? "yes" : "no"
        case .end: return inbox.endIfEmpty() ? "yes" : "no"
        case .endLeftovers: return inbox.endLeftovers() ? "yes" : "no"
        }
    }
}
