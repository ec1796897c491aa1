internal import ChatifyCore
internal import ChatifyTransfer
internal import Foundation
internal import Testing

@Suite struct HistoryTransferTests {
    @Test func whatWasExportedIsImportedAndExportedAgainTheSame() async throws {
        let files = TemporaryFiles()
        let events = try (0..<1203).map { try event(UInt64($0), in: "scope-\($0 % 3)", text: "message\n\($0)\u{2028}") }
        let first = ListedHistory()
        for event in events { try await first.append(event) }
        let exported = try await files.export(first, to: "first")
        #expect(exported.messages == 1203)
        #expect(exported.scopes == 3)
        let second = ListedHistory()
        let imported = try await files.importing("first", into: second)
        #expect(imported.stored == 1203)
        #expect(imported.alreadyStored == 0)
        _ = try await files.export(second, to: "second")
        #expect(files.text("first") == files.text("second"))
        #expect(files.text("first").split(separator: "\n").count == 1203)
        let again = try await files.importing("second", into: second)
        #expect(again.stored == 0)
        #expect(again.alreadyStored == 1203)
    }

    @Test func progressOfAnExportNeverRunsBackAndEndsWhole() async throws {
        let history = ListedHistory()
        for number in 0..<1800 as Range<UInt64> {
            let scope = number % 3 == 0 ? "a" : "b"
            try await history.append(try event(number, in: scope, at: Int64(number)))
        }
        var fractions: [Double] = []
        _ = try await TemporaryFiles().export(history, to: "file") { fractions.append($1) }
        #expect(fractions.count == 5)
        #expect(fractions == fractions.sorted())
        #expect(Set(fractions).count == 5)
        #expect(fractions.last == 1)
    }

    @Test func anEmptyHistoryIsAnEmptyFile() async throws {
        let files = TemporaryFiles()
        let exported = try await files.export(ListedHistory(), to: "file")
        #expect(exported.messages == 0)
        #expect(files.text("file").isEmpty)
        #expect(try await files.importing("file", into: ListedHistory()).stored == 0)
    }

    @Test(arguments: [
        ("nonsense", "line 4: "),
        ("{}", "line 4: messageId is missing"),
        ("[1]", "line 4: "),
        (String(repeating: "x", count: 1_048_577), "line 4: it has more than 1048576 bytes"),
    ])
    func aBadLineEndsAnImportAfterWhatCameBeforeIt(line: String, expected: String) async throws {
        let files = TemporaryFiles()
        let good = try (1...3).map { String(decoding: ChatEventCodec.encode(try event($0)), as: UTF8.self) }
        try files.write("\(good[0])\n\n\(good[1])\r\n\(line)\n\(good[2])\n", to: "file")
        let history = ListedHistory()
        var transfer = HistoryImport(into: history, policy: ChatPolicy()) { _, _ in }
        let input = try InputFile(path: files.path("file"), stop: StopRequest())
        let error = await #expect(throws: TransferError.self) { try await transfer.run(from: input) }
        #expect("\(try #require(error))".hasPrefix(expected))
        #expect(transfer.stored == 2)
        #expect(try await history.scopeCount() == 1)
    }

    @Test func aStoreThatFailsEndsAnImport() async throws {
        let files = TemporaryFiles()
        let lines = try (1...3).map { String(decoding: ChatEventCodec.encode(try event($0)), as: UTF8.self) }
        try files.write(lines.joined(separator: "\n") + "\n", to: "file")
        for (code, expected) in [
            (ChatError.Code.unavailable, TransferError.store("No")), (.validation, .line(2, "No")),
        ] {
            let history = ListedHistory(refusing: MessageID(high: 7, low: 2), with: ChatError(code, "No."))
            var transfer = HistoryImport(into: history, policy: ChatPolicy()) { _, _ in }
            let input = try InputFile(path: files.path("file"), stop: StopRequest())
            await #expect(throws: expected) { try await transfer.run(from: input) }
            #expect(transfer.stored == 2)
        }
    }

    @Test func aStopEndsBoth() async throws {
        let files = TemporaryFiles()
        let history = ListedHistory()
        try await history.append(try event(1))
        let stop = StopRequest()
        #expect(!stop.isMade)
        stop.make()
        #expect(stop.isMade)
        await #expect(throws: TransferError.stopped) { try await files.export(history, to: "file", stop: stop) }
        await #expect(throws: TransferError.stopped) { try await files.importing("file", into: history, stop: stop) }
    }

    @Test func filesThatCannotBeUsedAreNamed() throws {
        let files = TemporaryFiles()
        let stop = StopRequest()
        #expect(throws: TransferError.file("cannot open /nowhere/x: No such file or directory")) {
            try InputFile(path: "/nowhere/x", stop: stop)
        }
        #expect(throws: TransferError.file("cannot write /nowhere/x: No such file or directory")) {
            try OutputFile(path: "/nowhere/x", sparing: [], stop: stop)
        }
        try files.write("data", to: "database")
        let path = files.path("database")
        #expect(throws: TransferError.file("cannot write \(path): it is part of the database")) {
            try OutputFile(path: path, sparing: ["/nowhere/x", files.path("../\(files.name)/database")], stop: stop)
        }
        #expect(files.text("database") == "data")
        #expect(try InputFile(path: path, stop: stop).size == 4)
    }
}
