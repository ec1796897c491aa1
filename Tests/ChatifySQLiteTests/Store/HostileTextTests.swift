internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

/// Names and texts that a careless store would mix up, cut or run.
@Suite(.timeLimit(.minutes(5))) struct HostileTextTests {
    /// Each is different from all others, byte by byte.
    private static let names: [String] = [
        "a", "A", "a ", " a", "a\u{0}", "a\u{0}b", "\u{0}a", "\u{0}", "é", "e\u{301}", "\u{212B}", "Å", "K", "\u{212A}",
        "'; DROP TABLE message; --", "\"", "'", "''", "`", "\\", "%", "_", "a%", "?1", ":name", "$1", "*", "NULL", "0",
        "1",
        "\u{202E}abc", "שלום", "مرحبا", "👩‍👩‍👧", "👩", "🏳️‍🌈", "\u{FEFF}a", "\u{FFFD}", "\u{FFFF}", "\u{10FFFF}", "a\nb",
        "a\r\nb",
        "\u{200B}", "ﬁ", "fi", "ß", "ss", String(repeating: "a", count: 256), String(repeating: "a", count: 255),
        String(repeating: "😀", count: 128), String(repeating: "あ", count: 256),
    ]

    /// An event that uses a name everywhere it can.
    private static func named(_ number: UInt64, _ name: String, type: ScopeType) throws -> ChatEvent {
        ChatEvent(
            messageID: MessageID(high: 7, low: number),
            scope: ChatScope(type: type, id: try ScopeID(name)),
            senderID: try UserID(name),
            text: name,
            createdAt: Timestamp(millisecondsSinceEpoch: 1_700_000_000_000),
            originPodID: try PodID(name)
        )
    }

    private static func bytes(_ event: ChatEvent) -> [[UInt8]] {
        [event.scope.id.rawValue, event.senderID.rawValue, event.text, event.originPodID.rawValue].map {
            Array($0.utf8)
        }
    }

    @Test func eachNameIsAScopeOfItsOwnAndComesBackByteByByte() async throws {
        let events = try Self.names.enumerated().flatMap { number, name in
            try [ScopeType.channel, .directMessage].map { try Self.named(UInt64(number), name, type: $0) }
        }
        let folder = TemporaryFolder()
        for isFirst in [true, false] {
            try await withStore(in: folder) { store in
                for event in events where isFirst { _ = try await store.log.produce(event, headers: RecordHeaders()) }
                for event in events {
                    let messages = try await store.wholeHistory(of: event.scope)
                    #expect(messages.map { Self.bytes($0.event) } == [Self.bytes(event)])
                }
                let records = try await store.wholeLog(until: Set(events))
                #expect(records.count == events.count)
                let read = Set(records.compactMap(\.event).map(Self.bytes))
                #expect(read == Set(events.map(Self.bytes)))
            }
        }
    }

    @Test(arguments: [0, 1, 4095, 4096, 4097, 65_536, 1 << 20, 3 << 20])
    func textsOfAnyLengthComeBack(length: Int) async throws {
        let folder = TemporaryFolder()
        let event = try event(1, text: String(repeating: "ü", count: length))
        for isFirst in [true, false] {
            try await withStore(in: folder) { store in
                if isFirst { _ = try await store.log.produce(event, headers: RecordHeaders()) }
                #expect(try await store.wholeHistory(of: event.scope).map(\.event) == [event])
                #expect(try await store.wholeLog(until: [event]).map(\.event) == [event])
            }
        }
    }

    @Test func groupsMayHaveAnyName() async throws {
        let folder = TemporaryFolder()
        // Equivalent names are one group, as they are in memory.
        let names = Array(Set(Self.names + [""]))
        try await withStore(in: folder) { store in
            _ = try await store.log.produce(try event(1), headers: RecordHeaders())
            for name in names {
                let consumer = try await store.log.makeConsumer(group: name, startingAt: .beginning, commits: .manual)
                try await consumer.commit(try await consumer.nextBatch(limit: 1).map(\.position))
            }
        }
        try await withStore(in: folder) { store in
            for name in names { #expect(store.log.committedOffsets(of: name) == [1, 0, 0]) }
        }
    }
}
