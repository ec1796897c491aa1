import ChatifyCore
import Testing

@testable import ChatifyKafka

/// When a part of the log that is read again is whole; asked for are the offsets 10 to 14 of partition 1, two events and 1000 bytes at most.
@Suite struct ReplayFillTests {
    /// What is read: a record of the scope, of another, none that can be understood, or the end of the partition.
    enum Read: Equatable {
        case own(Int64, partition: Int32 = 1)
        case other(Int64, size: Int = 100)
        case poison(Int64)
        case end(Int64, partition: Int32 = 1)
    }

    /// What becomes of it: the offsets that are found, or nothing.
    enum Expected: Equatable {
        case more
        case whole([Int64])
        case notWhole
    }

    @Test(
        arguments: [
            ([.own(10), .other(11), .poison(12), .own(13), .other(14)], .whole([10, 13])),
            ([.own(10), .other(11), .poison(12), .own(13)], .more),
            // Offsets without a record: what comes behind the end proves that they are passed.
            ([.own(12), .own(17)], .whole([12])), ([.own(12), .end(15)], .whole([12])), ([.end(20)], .whole([])),
            // The log is shorter than it was.
            ([.own(12), .end(14)], .notWhole), ([.end(10)], .notWhole),
            ([.own(10), .own(11)], .more), ([.own(10), .own(11), .own(12)], .notWhole),
            ([.own(10), .own(14)], .whole([10, 14])), ([.own(10), .own(11), .own(14)], .notWhole),
            ([.other(10, size: 900), .own(14)], .whole([14])), ([.other(10, size: 901), .own(14)], .notWhole),
            // What was read ahead of another request.
            ([.own(9), .own(10, partition: 2), .own(99, partition: 2), .end(99, partition: 0)], .more),
        ] as [([Read], Expected)]
    )
    func steps(reads: [Read], expected: Expected) {
        let request = ReplayRequest(scopes: [event(0).scope], partition: 1, offsets: 10..<15, limit: 2)
        var fill = ReplayFill(request, maximumBytes: 1000)
        let steps = reads.map { Self.step(&fill, $0) }
        #expect(steps.dropLast().allSatisfy { $0 == .more })
        #expect(steps.last.map(Self.outcome) == expected)
    }

    private static func step(_ fill: inout ReplayFill, _ read: Read) -> ReplayFill.Step {
        func take(_ offset: Int64, _ partition: Int32, _ payload: ChatRecord.Payload, _ size: Int) -> ReplayFill.Step {
            let position = LogPosition(partition: partition, offset: offset)
            return fill.take(ChatRecord(position: position, payload: payload, headers: RecordHeaders()), size: size)
        }
        return switch read {
        case .own(let offset, let partition): take(offset, partition, .event(event(Int(offset))), 100)
        case .other(let offset, let size): take(offset, 1, .event(event(Int(offset), in: "other")), size)
        case .poison(let offset): take(offset, 1, .undecodable(value: [], reason: "It is no event."), 100)
        case .end(let offset, let partition): fill.end(at: LogPosition(partition: partition, offset: offset))
        }
    }

    private static func outcome(_ step: ReplayFill.Step) -> Expected {
        switch step {
        case .more: .more
        case .whole(let events): .whole(events.map(\.position.offset))
        case .notWhole: .notWhole
        }
    }
}
