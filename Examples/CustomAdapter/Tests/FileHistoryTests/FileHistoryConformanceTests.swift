import ChatifyCore
import ChatifyTestKit
import Testing

@testable import FileHistory

/// The adapter keeps the laws of its port, over losses of power too.
@Suite(.timeLimit(.minutes(2))) struct FileHistoryConformanceTests {
    @Test(arguments: HistoryRepositoryCheck.all.filter { !$0.requires.contains(.sharing) })
    func keepsTheLaw(_ check: HistoryRepositoryCheck) async throws {
        let folder = try TemporaryFolder()
        let disk = Disk()
        let repository = try FileHistoryRepository(path: folder.path("history"), sync: disk.sync)
        let subject = HistoryRepositorySubject(
            repository,
            restart: {
                // What was synced, and half a line of what was not.
                let survivor = folder.path("survivor")
                try disk.writeSynced(of: folder.path("history"), to: survivor, andThen: "0123456789abcdef {\"mess")
                return try FileHistoryRepository(path: survivor)
            }
        )
        try await check.run(on: subject)
    }
}
