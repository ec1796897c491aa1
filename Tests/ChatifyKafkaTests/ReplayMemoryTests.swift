import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyKafka

/// When a part of the log that is read again is whole, and what is kept of it for others.
@Suite struct ReplayMemoryTests {
    /// What is read: a record of the scope, of another, none that can be understood, or the end of the partition.
    enum Read: Equatable {
        case own(Int64, partition: Int32 = 1)
        case other(Int64, size: Int = 100)
        case poison(Int64)
        case end(Int64, partition: Int32 = 1)
    }

    /// What becomes of it: the offsets that are found, or nothing; or more is to be read.
    enum Expected: Equatable {
        case more
        case whole([Int64])
        case notWhole
    }

    /// Asked for are the offsets 10 to 14 of partition 1, two events and 1000 bytes at most.
    @Test(
        arguments: [
            ([.own(10), .other(11), .poison(12), .own(13), .other(14)], .whole([10, 13])),
            ([.own(10), .other(11), .poison(12), .own(13)], .more),
            // Offsets without a record: what comes behind the end proves that they are passed.
            ([.own(12), .own(17)], .whole([12])), ([.own(12), .end(15)], .whole([12])), ([.end(20)], .whole([])),
            // The log is shorter than it was.
            ([.own(12), .end(14)], .notWhole), ([.end(10)], .notWhole),
            ([.own(10), .own(14)], .whole([10, 14])), ([.own(10), .own(11), .own(14)], .notWhole),
            ([.other(10, size: 900), .own(14)], .whole([14])), ([.other(10, size: 901), .own(14)], .notWhole),
            // What was read ahead of another request.
            ([.own(9), .own(10, partition: 2), .own(99, partition: 2), .end(99, partition: 0)], .more),
        ] as [([Read], Expected)]
    )
    func steps(reads: [Read], expected: Expected) {
        var memory = ReplayMemory(maximumBytes: 1000)
        let request = Self.request(10..<15, limit: 2)
        #expect(memory.begin(request) == .read(from: 10))
        let steps = reads.map { Self.step(&memory, $0, request) }
        #expect(steps.dropLast().allSatisfy { if case .read = $0 { true } else { false } })
        #expect(steps.last.map { Self.outcome(of: $0, memory, request) } == expected)
    }

    @Test func whatWasReadIsNotReadAgain() {
        var memory = ReplayMemory(maximumBytes: 10_000)
        Self.read(10..<20, &memory)
        #expect(memory.begin(Self.request(12..<17)) == .whole)
        #expect(memory.events(for: Self.request(12..<17))?.map(\.position.offset) == Array(12..<17))
        #expect(memory.begin(Self.request(20..<20)) == .whole)
        #expect(memory.begin(Self.request(15..<22)) == .read(from: 20))
        #expect(memory.begin(Self.request(12..<17)) == .whole, "nothing is lost by that")
        #expect(memory.begin(Self.request(10..<20, partition: 2)) == .read(from: 10))
        #expect(memory.begin(Self.request(12..<17)) == .whole, "each partition has its own")
        // Neither what lies before nor what lies behind hangs together with it.
        #expect(memory.begin(Self.request(9..<12)) == .read(from: 9))
        Self.read(9..<12, &memory)
        #expect(memory.begin(Self.request(14..<15)) == .read(from: 14))
        #expect(memory.bytes == 0)
    }

    @Test func whatCannotBeReadOnIsForgotten() {
        var memory = ReplayMemory(maximumBytes: 10_000)
        Self.read(10..<20, &memory)
        memory.forget(1)
        #expect(memory.isEmpty)
        #expect(memory.bytes == 0)
        #expect(memory.begin(Self.request(10..<20)) == .read(from: 10))
    }

    @Test func otherPartitionsGoFirstThenWhatIsNotAskedFor() {
        var memory = ReplayMemory(maximumBytes: 1000)
        Self.read(0..<5, partition: 2, &memory)
        Self.read(0..<5, &memory)
        #expect(memory.begin(Self.request(0..<5, partition: 2)) == .whole)
        Self.read(4..<8, &memory)
        #expect(memory.begin(Self.request(0..<5, partition: 2)) == .read(from: 0))
        Self.read(4..<14, &memory)
        #expect(memory.bytes == 1000)
        #expect(memory.begin(Self.request(4..<14)) == .whole)
        #expect(memory.begin(Self.request(3..<14)) == .read(from: 3))
    }
}

/// Many who ask, in any order, for a log that grows: each gets all of it or is told that it is too much.
extension ReplayMemoryTests {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func everybodyGetsAllOrNothing(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let log = Self.log(&random)
        let maximumBytes = Int.random(in: 200...6000, using: &random)
        var memory = ReplayMemory(maximumBytes: maximumBytes)
        var end = 60 as Int64
        for _ in 0..<60 {
            // Nobody asks for what a consumer was not given already.
            end = min(200, end + Int64.random(in: 0...5, using: &random))
            let begin = Int64.random(in: 0..<end, using: &random)
            let offsets = begin..<Int64.random(in: begin...end, using: &random)
            let request = Self.request(
                offsets,
                partition: .random(in: 0...1, using: &random),
                limit: .random(in: 0...40, using: &random)
            )
            let records = log.filter { $0.record.position.partition == request.partition }
            let asked = records.filter { offsets.contains($0.record.position.offset) }
            let isWhole = Self.find(request, in: records, &memory, maximumBytes)
            let scope = request.scopes[0]
            let expected = asked.map(\.record).filter { $0.scope == scope }.map(\.position.offset)
            if isWhole {
                let found = memory.events(for: request)?.map(\.position.offset)
                #expect(found == (expected.count > request.limit ? nil : expected), "\(offsets)")
            } else {
                // What is read behind the end proves it, and may be too much.
                let proof = records.first { $0.record.position.offset >= offsets.upperBound }?.size ?? 0
                #expect(asked.reduce(proof) { $0 + $1.size } > maximumBytes, "\(offsets)")
            }
        }
    }

    /// Reads as the thread does, and tells whether everything was read.
    private static func find(
        _ request: ReplayRequest,
        in records: [Sized],
        _ memory: inout ReplayMemory,
        _ maximumBytes: Int
    ) -> Bool {
        var step = memory.begin(request)
        guard case .read(let first) = step else { return step == .whole }
        for record in records.drop(while: { $0.record.position.offset < first }) {
            guard case .read = step else { break }
            step = memory.take(record.record, size: record.size, for: request)
            #expect(memory.bytes <= maximumBytes)
        }
        if case .read = step {
            step = memory.end(at: LogPosition(partition: request.partition, offset: 200), for: request)
        }
        return step == .whole
    }

    struct Sized {
        let record: ChatRecord
        let size: Int
    }

    /// Two partitions with events of two scopes, with records that hold none, and with offsets that have no record.
    private static func log(_ random: inout SeededRandom) -> [Sized] {
        var log: [Sized] = []
        for offset in 0..<200 as Range<Int64> {
            for partition in 0...1 as ClosedRange<Int32> {
                let position = LogPosition(partition: partition, offset: offset)
                let payload: ChatRecord.Payload
                switch Int.random(in: 0..<8, using: &random) {
                case 0: continue
                case 1: payload = .undecodable(value: [], reason: "It is no event.")
                case 2...4: payload = .event(event(Int(offset), in: "other"))
                default: payload = .event(event(Int(offset)))
                }
                let record = ChatRecord(position: position, payload: payload, headers: RecordHeaders())
                log.append(Sized(record: record, size: Int.random(in: 1...100, using: &random)))
            }
        }
        return log
    }
}

extension ReplayMemoryTests {
    private static func request(_ offsets: Range<Int64>, partition: Int32 = 1, limit: Int = 100) -> ReplayRequest {
        ReplayRequest(scopes: [event(0).scope], partition: partition, offsets: offsets, limit: limit)
    }

    /// Reads one event of 100 bytes at each of these offsets that was not read.
    private static func read(_ offsets: Range<Int64>, partition: Int32 = 1, _ memory: inout ReplayMemory) {
        let request = Self.request(offsets, partition: partition)
        guard case .read(let first) = memory.begin(request) else { return }
        for offset in first..<offsets.upperBound {
            _ = self.step(&memory, .own(offset, partition: partition), request)
        }
    }

    private static func step(_ memory: inout ReplayMemory, _ read: Read, _ request: ReplayRequest) -> ReplayMemory.Step
    {
        func take(_ offset: Int64, _ partition: Int32, _ payload: ChatRecord.Payload, _ size: Int) -> ReplayMemory.Step
        {
            let position = LogPosition(partition: partition, offset: offset)
            let record = ChatRecord(position: position, payload: payload, headers: RecordHeaders())
            return memory.take(record, size: size, for: request)
        }
        return switch read {
        case .own(let offset, let partition): take(offset, partition, .event(event(Int(offset))), 100)
        case .other(let offset, let size): take(offset, 1, .event(event(Int(offset), in: "other")), size)
        case .poison(let offset): take(offset, 1, .undecodable(value: [], reason: "It is no event."), 100)
        case .end(let offset, let partition):
            memory.end(at: LogPosition(partition: partition, offset: offset), for: request)
        }
    }

    private static func outcome(
        of step: ReplayMemory.Step,
        _ memory: ReplayMemory,
        _ request: ReplayRequest
    ) -> Expected {
        switch step {
        case .read: .more
        case .whole: memory.events(for: request).map { .whole($0.map(\.position.offset)) } ?? .notWhole
        case .notWhole: .notWhole
        }
    }
}

extension ChatRecord {
    /// The scope of the event that the record holds.
    fileprivate var scope: ChatScope? {
        guard case .event(let event) = self.payload else { return nil }
        return event.scope
    }
}
