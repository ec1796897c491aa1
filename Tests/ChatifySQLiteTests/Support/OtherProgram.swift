@testable internal import ChatifySQLite

extension TemporaryFolder {
    /// Runs statements on the database as another program would.
    /// - Parameter isCrashing: Whether that program dies before it closes the database.
    func execute(_ sql: String, isCrashing: Bool = false) throws {
        try self.make()
        let left = try self.left(by: sql)
        guard isCrashing else { return }
        for (file, bytes) in left { try self.write(bytes, to: file) }
    }

    /// What the files hold before the program has closed the database.
    private func left(by sql: String) throws -> [(DiskFile, [UInt8])] {
        let connection = try SQLiteConnection(path: self.database, access: .create)
        try connection.execute(sql)
        return withExtendedLifetime(connection) {
            [DiskFile.database, .writeAheadLog].map { ($0, self.contents(of: $0) ?? []) }
        }
    }
}
