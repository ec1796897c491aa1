internal import ChatifyCore
internal import Testing

@testable internal import ChatifySQLite

/// A closed store's file as its writer thread would see it, for one pass of retention after the other.
struct RetentionRig {
    let connection: SQLiteConnection
    let log: LogReaders
    private var pass: RetentionPass

    init(_ folder: TemporaryFolder, _ configuration: SQLiteConfiguration) throws {
        let start = Timestamp(millisecondsSinceEpoch: 0)
        self.connection = try StoreFile(path: folder.database).openForWriting(configuration, now: start)
        self.log = try LogReaders.load(self.connection)
        let groups = try WriteStatements(self.connection)
        self.pass = try RetentionPass(self.connection, configuration.retention, groups: groups)
    }

    /// Goes round the file once.
    mutating func run(now: Timestamp) throws {
        var steps = 0
        repeat {
            try self.pass.step(self.connection, log: self.log, now: now, uptime: .zero)
            steps += 1
        } while self.pass.isBusy && steps < 5000
        #expect(!self.pass.isBusy, "The pass does not end.")
    }
}
