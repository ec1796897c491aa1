import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyHub

/// Messages are said and read at every possible instant around a resume: all orders of the jobs that there are, one by one.
@Suite(.timeLimit(.minutes(5)))
struct ResumeRaceTests {
    /// How the client, the pod's memory and its past stand when the client resumes.
    struct Situation: Sendable, CustomStringConvertible {
        let description: String
        /// The bytes of the window; one sample record takes a little over 512.
        var windowBytes = 100_000
        var hasSource = false
        /// Whether the client is joined to the scope already.
        var isJoined = false
        /// How many records of those that were said before the pod has read.
        var read = 3
        /// The last event that the client has seen, of five that were said before.
        var seen: Int64 = 0
        /// How many are said meanwhile.
        var messages = 2
    }

    static let situations = [
        Situation(description: "everything is in memory"),
        Situation(description: "nothing was missed", seen: 4),
        Situation(description: "the pod has read nothing", read: 0),
        Situation(description: "the pod is behind the client", read: 2, seen: 4),
        Situation(description: "joined already", isJoined: true, seen: 1),
        Situation(description: "the gap is filled", windowBytes: 600, hasSource: true, messages: 1),
        Situation(description: "memory holds nothing", windowBytes: 0, hasSource: true, messages: 1),
        Situation(
            description: "joined, and the gap is filled",
            windowBytes: 600,
            hasSource: true,
            isJoined: true,
            messages: 1
        ),
    ]

    @Test(arguments: Self.situations)
    func `A message that is said around a resume arrives once, in its place`(_ situation: Situation) async throws {
        var explorer = ScheduleExplorer()
        repeat {
            let outcome = try await Self.run(situation, &explorer)
            try #require(outcome.resumed?.isRecovered == true, "\(situation) \(explorer.choices)")
            let missed = Array(situation.seen + 1..<5 + Int64(situation.messages))
            try #require(outcome.pushed == missed, "\(situation) \(explorer.choices)")
        } while explorer.goOn()
        #expect(explorer.schedules > 20, "there was something to choose")
    }

    private static func run(
        _ situation: Situation,
        _ explorer: inout ScheduleExplorer
    ) async throws -> (resumed: Resumed?, pushed: [Int64]) {
        let log = InMemoryEventLog(partitions: 1)
        var resume = ResumeConfiguration()
        resume.windowBytes = situation.windowBytes
        let source = situation.hasSource ? YieldingSource(log) : nil
        let pod = try ManualPod("pod", log: log, replaySource: source, resume)
        pod.settle()
        let client = try await pod.connect()
        if situation.isJoined { client.join() }
        pod.loop.runUntilIdle()
        for number in 0..<5 {
            try await log.say("\(number)")
            if number < situation.read { pod.settle() }
        }
        client.resume(behind: situation.seen)
        var heard = client.pushed.count
        try await self.interleave(log, pod, situation.messages, &explorer) {
            // Who is joined may hear more before the resume has its turn, and nothing newer from then on until what was missed.
            let isBegun = source?.count ?? 0 > 0 || client.resumed != nil
            if situation.isJoined, !isBegun { heard = client.pushed.count }
        }
        let pushed = client.pushed.dropFirst(heard)
        pod.stop()
        return (client.resumed, Array(pushed))
    }

    /// Says the messages and runs both executors in the order that the explorer chooses.
    private static func interleave(
        _ log: InMemoryEventLog,
        _ pod: ManualPod,
        _ messages: Int,
        _ explorer: inout ScheduleExplorer,
        look: () -> Void
    ) async throws {
        var unsaid = messages
        while unsaid > 0 || pod.loop.hasJobs || pod.reader.hasJobs {
            var options: [() async throws -> Void] = []
            if pod.loop.hasJobs { options.append { pod.loop.runNext() } }
            if pod.reader.hasJobs { options.append { pod.reader.runNext() } }
            if unsaid > 0 { options.append { try await log.say("said meanwhile") } }
            let choice = explorer.choose(among: options.count)
            if unsaid > 0, choice == options.count - 1 { unsaid -= 1 }
            try await options[choice]()
            look()
        }
    }
}

/// Goes through all ways to choose, by depth: each run repeats the choices of the one before but for the last that can change.
struct ScheduleExplorer {
    private var path: [(choice: Int, options: Int)] = []
    private var depth = 0
    /// The runs so far.
    private(set) var schedules = 1

    /// The choices of this run, to say which one failed.
    var choices: [Int] { self.path.map(\.choice) }

    mutating func choose(among options: Int) -> Int {
        if self.depth == self.path.count { self.path.append((0, options)) }
        precondition(self.path[self.depth].options == options, "The same choices led elsewhere.")
        defer { self.depth += 1 }
        return self.path[self.depth].choice
    }

    /// Turns to the next run; `false` when all were made.
    mutating func goOn() -> Bool {
        while let last = self.path.last, last.choice + 1 == last.options { self.path.removeLast() }
        guard !self.path.isEmpty else { return false }
        self.path[self.path.count - 1].choice += 1
        self.depth = 0
        self.schedules += 1
        return true
    }
}
