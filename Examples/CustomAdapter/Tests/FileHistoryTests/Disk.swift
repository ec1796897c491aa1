import Foundation
import Synchronization

@testable import FileHistory

/// A disk that knows what was synced, and that can fail.
final class Disk: Sendable {
    private struct State {
        var syncedCount: Int64 = 0
        var isFailing = false
    }

    private let state = Mutex(State())

    /// Syncs nothing, and notes what would be on the disk now.
    var sync: AppendOnlyFile.Sync {
        { descriptor in
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { return -1 }
            return self.state.withLock { state in
                defer { state.isFailing = false }
                guard !state.isFailing else { return -1 }
                state.syncedCount = Int64(status.st_size)
                return 0
            }
        }
    }

    func failNextSync() { self.state.withLock { $0.isFailing = true } }

    /// Writes what a loss of power would leave of a file, and then some more.
    func writeSynced(of path: String, to survivor: String, andThen torn: String) throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let synced = bytes.prefix(Int(self.state.withLock { $0.syncedCount }))
        try (synced + Data(torn.utf8)).write(to: URL(fileURLWithPath: survivor))
    }
}

/// A folder that goes with the test.
final class TemporaryFolder: Sendable {
    private let url = FileManager.default.temporaryDirectory.appendingPathComponent("file-history-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: self.url) }

    func path(_ name: String) -> String { self.url.appendingPathComponent(name).path }
}
