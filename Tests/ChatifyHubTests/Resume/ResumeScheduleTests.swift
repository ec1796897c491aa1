import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyHub

/// A pod dies and its client goes on at another, in every order that chance finds; nothing here takes time or runs by itself.
@Suite(.timeLimit(.minutes(5)))
struct ResumeScheduleTests {
    @Test func `A client that moves to another pod misses nothing, hears nothing twice, or is told`() async throws {
        var (recovered, refused, filled, replayed) = (0, 0, 0, 0)
        for seed in 0..<200 as Range<UInt64> {
            var schedule = try ResumeSchedule(seed: seed)
            let outcome = try await schedule.run()
            recovered += outcome.resumed.isRecovered ? 1 : 0
            refused += outcome.resumed.isRecovered ? 0 : 1
            filled += outcome.fills > 0 && outcome.resumed.isRecovered ? 1 : 0
            replayed += outcome.resumed.replayed
        }
        // The schedules are worth something only if they come to all of this.
        print(recovered, refused, filled, replayed)
        #expect(recovered >= 60 && refused >= 20 && filled >= 20 && replayed >= 200)
    }
}

/// One run: a client joins on pod A, hears something, A dies, the client resumes on pod B, which reads the log at its own pace.
private struct ResumeSchedule {
    struct Outcome {
        let resumed: Resumed
        let fills: Int
    }

    private let seed: UInt64
    private var random: SeededRandom
    private let log: InMemoryEventLog
    private let source: YieldingSource
    private let (first, second): (ManualPod, ManualPod)
    /// The offsets of what was said in the client's scope.
    private var said: [Int64] = []

    init(seed: UInt64) throws {
        self.seed = seed
        var random = SeededRandom(seed: seed)
        var resume = ResumeConfiguration()
        // Windows that hold everything, a handful, one record or nothing.
        resume.windowBytes = [1_000_000, 4000, 600, 0][Int.random(in: 0..<4, using: &random)]
        resume.maximumEvents = Bool.random(using: &random) ? 1000 : 4
        let capacity = Bool.random(using: &random) ? 1000 : 24
        self.log = InMemoryEventLog(partitions: 1, capacityPerPartition: capacity)
        self.source = YieldingSource(self.log)
        let batchLimit = Int.random(in: 1...4, using: &random)
        let source = Int.random(in: 0..<4, using: &random) > 0 ? self.source : nil
        self.first = try ManualPod("pod-a", log: self.log, batchLimit: batchLimit)
        self.second = try ManualPod("pod-b", log: self.log, replaySource: source, batchLimit: batchLimit, resume)
        self.random = random
    }

    mutating func run() async throws -> Outcome {
        // Whether the other pod knows where it stands before anything is said.
        if Bool.random(using: &self.random) { self.second.settle() }
        let before = try await self.first.connect()
        before.join()
        try await self.say()
        self.first.settle()
        try await self.steps(Int.random(in: 0..<60, using: &self.random), of: [self.first, self.second])
        // What a dying pod wrote may be lost on the way, but for what comes behind it.
        let heard = before.pushed.prefix(Int.random(in: 1...before.pushed.count, using: &self.random))
        #expect(Array(heard) == Array(self.said.prefix(heard.count)), "seed \(self.seed)")
        self.first.stop()
        self.log.removeGroup("pod-a")

        try await self.steps(Int.random(in: 0..<60, using: &self.random), of: [self.second])
        let client = try await self.second.connect()
        client.resume(behind: heard.last ?? 0)
        try await self.steps(Int.random(in: 0..<60, using: &self.random), of: [self.second])
        self.second.settle()
        if client.resumed == nil { self.second.passTime() }
        self.second.settle()
        try await self.say()
        self.second.settle()
        self.second.stop()
        return Outcome(resumed: try self.judge(client, heard: heard.count), fills: self.source.count)
    }

    private func judge(_ client: ManualClient, heard: Int) throws -> Resumed {
        let resumed = try #require(client.resumed, "seed \(self.seed)")
        if resumed.isRecovered {
            #expect(client.pushed == Array(self.said.dropFirst(heard)), "seed \(self.seed)")
            let answer = client.replies.firstIndex { $0.resumed != nil } ?? 0
            let early = client.replies[..<answer].compactMap(\.pushedOffset)
            #expect(early.count >= resumed.replayed, "seed \(self.seed)")
        } else {
            #expect(resumed.replayed == 0, "seed \(self.seed)")
            #expect(!client.pushed.isEmpty, "seed \(self.seed)")
            #expect(client.pushed == self.said.suffix(client.pushed.count), "seed \(self.seed)")
        }
        return resumed
    }

    /// Lets chance choose what happens next, so often.
    private mutating func steps(_ count: Int, of pods: [ManualPod]) async throws {
        for _ in 0..<count {
            let pod = pods[Int.random(in: pods.indices, using: &self.random)]
            switch Int.random(in: 0..<100, using: &self.random) {
            case 0..<12: try await self.say()
            case 12..<18: _ = try? await self.log.say("noise", in: "elsewhere")
            case 18..<21: _ = try? self.log.appendUndecodable(value: [0], reason: "poison", partition: 0)
            case 21..<22: pod.passTime()
            case 22..<60: pod.loop.runNext()
            default: pod.reader.runNext()
            }
        }
    }

    private mutating func say() async throws {
        // A full log refuses; what is refused was not said.
        guard let offset = try? await self.log.say("\(self.said.count)") else { return }
        self.said.append(offset)
    }
}
