import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyKafka

/// What is found again in the topic, for clients that resume.
@Suite(.timeLimit(.minutes(5))) struct KafkaReplayTests {
    private static let general = event(0).scope

    /// The numbers of the events that are found.
    private static func find(
        _ offsets: Range<Int64>,
        of scopes: [ChatScope] = [Self.general],
        partition: Int32 = 0,
        in source: KafkaReplaySource,
        limit: Int = 100
    ) async throws -> [Int]? {
        let events = try await source.events(in: scopes, partition: partition, offsets: offsets, limit: limit)
        #expect(events?.allSatisfy { $0.position.partition == partition } ?? true)
        return events?.map(\.event.number)
    }

    @Test func findsWhatIsHeldWholeOrNothing() async throws {
        let topic = try TestTopic(partitions: 1)
        let direct = ChatScope.directMessage(ScopeID(unchecked: "general"))
        try await topic.withLog { log in
            for number in 0..<6 {
                var message = event(number, in: number % 3 == 1 ? "other" : "general")
                if number % 3 == 2 { message.scope = direct }
                try await log.produce([message])
            }
            try Kcat.produce("poison", key: "general", to: topic)
            try await log.produce([event(7)])
            try await log.withReplaySource { source in
                #expect(try await Self.find(0..<6, in: source) == [0, 3])
                #expect(try await Self.find(0..<6, of: [Self.general, direct], in: source) == [0, 2, 3, 5])
                #expect(try await Self.find(1..<3, of: [Self.general, direct], in: source) == [2])
                #expect(try await Self.find(4..<8, in: source) == [7])
                #expect(try await Self.find(0..<8, of: [.channel(ScopeID(unchecked: "never"))], in: source) == [])
                #expect(try await Self.find(0..<6, in: source, limit: 1) == nil)
                #expect(try await Self.find(0..<6, in: source, limit: 2) == [0, 3])
                #expect(try await Self.find(0..<9, in: source) == nil, "the log does not go that far")
                #expect(try await Self.find(20..<21, in: source) == nil, "nor that far")
                #expect(try await Self.find(0..<6, partition: 7, in: source) == nil, "there is no such partition")
                #expect(try await Self.find(3..<3, in: source) == [])
                let found = try await source.events(in: [Self.general], partition: 0, offsets: 3..<4, limit: 1)
                #expect(
                    found == [EnrichedChatEvent(event: event(3), position: LogPosition(partition: 0, offset: 3))]
                )
            }
        }
    }

    @Test func moreThanMayBeLookedThroughIsNotFound() async throws {
        try await TestTopic(partitions: 1).withLog { log in
            try await log.produce((0..<10).map { event($0, text: String(repeating: "x", count: 1000)) })
            let limits = KafkaReplayLimits(time: .seconds(60)) {
                $0.maximumRecords = 8
                $0.maximumBytes = 5000
            }
            try await log.withReplaySource(limits) { source in
                let found = [
                    try await Self.find(0..<3, in: source),
                    // Too many bytes, and too many records.
                    try await Self.find(0..<6, in: source), try await Self.find(0..<9, of: [], in: source),
                ]
                #expect(found == [[0, 1, 2], nil, nil])
            }
        }
    }

    @Test func aLogThatWasTrimmedIsNotPassedOver() async throws {
        // A mock cluster keeps 5 MiB of a partition.
        let mock = try MockKafka("--brokers", "1")
        defer { withExtendedLifetime(mock) {} }
        try await TestTopic(on: mock, partitions: 1).withLog {
            $0.properties["compression.codec"] = "none"
            $0.policy.maximumTextLength = 1_000_000
        } _: { log in
            try await log.produce((0..<12).map { event($0, text: String(repeating: "x", count: 800_000)) })
            try await log.withReplaySource { source in
                let found = [
                    try await Self.find(0..<12, in: source), try await Self.find(2..<4, in: source),
                    try await Self.find(10..<12, in: source),
                ]
                #expect(found == [nil, nil, [10, 11]])
            }
        }
    }

    @Test func manyAreFoundAtOneTimeEachItsOwn() async throws {
        let topic = try TestTopic(partitions: 2)
        try await topic.withLog { log in
            let scopes = ["general", "other", "third", "fourth"]
            var positions: [LogPosition: ChatEvent] = [:]
            for number in 0..<80 {
                let event = event(number, in: scopes[number % 4])
                positions[try await log.produce([event])[0]] = event
            }
            let all = positions
            try await log.withReplaySource { source in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<40 {
                        let scope = ChatScope.channel(ScopeID(unchecked: scopes[number % 4]))
                        let partition = CRC32.partition(of: scope.id, among: topic.partitions)
                        let end = Int64(all.keys.filter { $0.partition == partition }.count)
                        let begin = Int64(number) % end
                        let offsets = begin..<max(begin + 1, end - Int64(number) / 4)
                        group.addTask {
                            let expected = all.filter {
                                $0.value.scope == scope && offsets.contains($0.key.offset)
                            }
                            let found = try await Self.find(offsets, of: [scope], partition: partition, in: source)
                            #expect(found == expected.values.map(\.number).sorted(), "\(offsets)")
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func whatWasReadForOneIsThereForOthers() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock, partitions: 1).withLog { log in
            try await log.produce((0..<12).map { event($0, in: $0 % 3 == 0 ? "other" : "general") })
            let other = ChatScope.channel(ScopeID(unchecked: "other"))
            let limits = KafkaReplayLimits(time: .seconds(60)) { $0.restTime = .seconds(600) }
            try await log.withReplaySource(limits) { source in
                #expect(try await Self.find(2..<9, in: source) == [2, 4, 5, 7, 8])
                try mock.suspend()
                defer { mock.resume() }
                #expect(try await Self.find(3..<8, in: source) == [4, 5, 7])
                #expect(try await Self.find(2..<9, of: [other], in: source) == [3, 6])
                #expect(try await Self.find(2..<9, in: source, limit: 4) == nil)
                mock.resume()
                #expect(try await Self.find(4..<12, in: source) == [4, 5, 7, 8, 10, 11], "it is read on")
                #expect(try await Self.find(0..<4, in: source) == [1, 2], "it is read anew")
            }
        }
    }

    /// Also if what is found for few has to be taken before more is looked for.
    @Test(arguments: [20, 200_000]) func thousandsWhoComeAtOnceAreAllServed(maximumUntaken: Int) async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock, partitions: 2).withLog { log in
            let positions = try await log.produce((0..<200).map { event($0, in: "scope\($0 % 20)") })
            let ends = [0, 1].map { partition in Int64(positions.count { $0.partition == partition }) }
            let limits = KafkaReplayLimits(time: .seconds(60)) { $0.maximumUntaken = maximumUntaken }
            try await log.withReplaySource(limits) { source in
                try mock.suspend()
                defer { mock.resume() }
                let finding = (0..<3000).map { number in
                    let scope = ChatScope.channel(ScopeID(unchecked: "scope\(number % 20)"))
                    let partition = CRC32.partition(of: scope.id, among: 2)
                    // Of each scope some have missed more than others.
                    let missed = Int64(number / 20 % 10)
                    return Task {
                        let offsets = missed..<ends[Int(partition)]
                        return try await source.events(in: [scope], partition: partition, offsets: offsets, limit: 100)
                    }
                }
                #expect(try await eventually { source.pending == 3000 })
                mock.resume()
                for (number, task) in finding.enumerated() {
                    let found = try await task.value?.map(\.event.number)
                    let expected = stride(from: number % 20, to: 200, by: 20)
                        .filter { positions[$0].offset >= number / 20 % 10 }
                    #expect(found == expected, "client \(number)")
                }
            }
        }
    }

    @Test func whatTakesTooLongIsNotFoundUntilItWorksAgain() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock, partitions: 1).withLog { log in
            try await log.produce((0..<5).map { event($0) })
            try await log.withReplaySource(KafkaReplayLimits(time: .seconds(1))) { source in
                // A leader that is none, a topic that is not known, a disk that is broken.
                try mock.tell("fail 1 " + Array(repeating: "6 3 56", count: 50).joined(separator: " "))
                #expect(try await Self.find(0..<5, in: source) == nil)
                try mock.tell("heal 1")
                #expect(try await eventually { try await Self.find(0..<5, in: source) == Array(0..<5) })
            }
        }
    }

    @Test func moreThanMayWaitAreRefusedAndHarmNobody() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock, partitions: 1).withLog { log in
            try await log.produce((0..<5).map { event($0) })
            let limits = KafkaReplayLimits(time: .seconds(60)) { $0.maximumPending = 2 }
            try await log.withReplaySource(limits) { source in
                try mock.suspend()
                defer { mock.resume() }
                let results = await withTaskGroup(of: Result<[Int]?, any Error>.self) { group in
                    for _ in 0..<5 {
                        group.addTask {
                            do { return .success(try await Self.find(0..<5, in: source)) } catch {
                                return .failure(error)
                            }
                        }
                    }
                    var results: [Result<[Int]?, any Error>] = []
                    for await result in group {
                        results.append(result)
                        if results.count == 3 { mock.resume() }
                    }
                    return results
                }
                for result in results.prefix(3) {
                    let error = #expect(throws: ChatError.self) { _ = try result.get() }
                    #expect(error?.code == .unavailable)
                    #expect(error?.message == "Too many clients wait for past events already.")
                }
                for result in results.dropFirst(3) { #expect(try result.get() == Array(0..<5)) }
            }
        }
    }

    @Test func closingAnswersWhoStillWaits() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock, partitions: 1).withLog { log in
            try await log.produce([event(0)])
            let limits = KafkaReplayLimits(time: .seconds(600))
            let source = log.makeReplaySource(limits)
            try mock.suspend()
            let finding = (0..<3).map { _ in Task { try await Self.find(0..<1, in: source) } }
            #expect(try await eventually { source.pending == 3 })
            await source.close()
            await source.close()
            mock.resume()
            for task in finding {
                let error = await #expect(throws: ChatError.self) { try await task.value }
                #expect(error?.code == .unavailable && error?.message == "The reader of past events is closed.")
            }
            let late = await #expect(throws: ChatError.self) { try await Self.find(0..<1, in: source) }
            #expect(late?.code == .unavailable)
        }
    }
}
