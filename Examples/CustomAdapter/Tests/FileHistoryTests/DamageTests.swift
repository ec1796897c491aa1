import ChatifyCore
import Foundation
import Testing

@testable import FileHistory

/// What files and disks do to a history.
@Suite(.timeLimit(.minutes(2))) struct DamageTests {
    private static func message(_ number: UInt64) throws -> HistoryMessage {
        let event = ChatEvent(
            messageID: MessageID(high: 1, low: number),
            scope: .channel(try ScopeID("general")),
            senderID: try UserID("alice"),
            text: "Message \(number) \u{0}\n\u{1F600}",
            createdAt: Timestamp(millisecondsSinceEpoch: Int64(number)),
            originPodID: try PodID("pod-1")
        )
        return HistoryMessage(event: event, position: LogPosition(partition: 1, offset: Int64(number)))
    }

    /// Whatever part of the last line is there, the lines before it are all there is, and the file can be written.
    @Test func aTornLineIsCutOff() async throws {
        let folder = try TemporaryFolder()
        let whole = MessageLine.encode(try Self.message(1))
        let last = MessageLine.encode(try Self.message(2))
        for length in 0..<last.count {
            let path = folder.path("torn-\(length)")
            try Data(whole + last.prefix(length)).write(to: URL(fileURLWithPath: path))
            let repository = try FileHistoryRepository(path: path, sync: Disk().sync)
            let query = HistoryQuery(scope: .channel(try ScopeID("general")))
            #expect(try await repository.messages(query).messages == [try Self.message(1)])
            #expect(try await repository.append(try Self.message(2).event, at: nil) == .stored)
            #expect(try await repository.messages(query).messages.count == 2)
        }
    }

    @Test func damageInTheMidstIsSaid() throws {
        let folder = try TemporaryFolder()
        var bytes = MessageLine.encode(try Self.message(1))
        bytes[30] ^= 1
        try Data(bytes + MessageLine.encode(try Self.message(2))).write(
            to: URL(fileURLWithPath: folder.path("history"))
        )
        let error = #expect(throws: ChatError.self) { try FileHistoryRepository(path: folder.path("history")) }
        #expect(error?.code == .configuration && error?.message.contains("byte 0") == true)
    }

    @Test func oneProcessHasTheFile() throws {
        let folder = try TemporaryFolder()
        let first = try FileHistoryRepository(path: folder.path("history"))
        let error = #expect(throws: ChatError.self) { try FileHistoryRepository(path: folder.path("history")) }
        #expect(error?.code == .configuration && error?.message.contains("in use") == true)
        withExtendedLifetime(first) {}
    }

    /// What the disk did not take is neither answered nor found, and nothing is stored behind it.
    @Test func aDiskThatFailsIsSaid() async throws {
        let folder = try TemporaryFolder()
        let disk = Disk()
        let repository = try FileHistoryRepository(path: folder.path("history"), sync: disk.sync)
        _ = try await repository.append(try Self.message(1).event, at: nil)
        disk.failNextSync()
        for _ in 0..<2 {
            let error = await #expect(throws: ChatError.self) {
                try await repository.append(try Self.message(2).event, at: nil)
            }
            #expect(error?.isTransient == true)
        }
        let page = try await repository.messages(HistoryQuery(scope: .channel(try ScopeID("general"))))
        #expect(page.messages.map(\.event) == [try Self.message(1).event])
    }
}
