internal import ChatifyCore

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The database file of a store: how it is made, checked and opened.
struct StoreFile: Sendable {
    let path: String

    /// Takes the lock that keeps a second process from writing the file, making its folder if need be.
    /// - Throws: `ChatError` with code `configuration`, in one line.
    func lock() throws(ChatError) -> DataLock {
        try self.makeFolder()
        try self.checkNames()
        do throws(DataLock.Refusal) {
            return try DataLock(path: self.resolvedPath + "-lock")
        } catch {
            switch error {
            case .held(let process):
                let holder = process.map { "process \($0)" } ?? "another process"
                throw self.refusal("it is in use by \(holder)")
            case .failed(let number): throw self.refusal(String(cString: strerror(number)))
            }
        }
    }

    /// Opens the file for its one writer, making what is missing.
    ///
    /// A file that is not ours, or of a newer version, is left as it was.
    /// - Throws: `ChatError` with code `configuration`: one line that names the file and says what is wrong.
    func openForWriting(_ configuration: SQLiteConfiguration, now: Timestamp) throws(ChatError) -> SQLiteConnection {
        do {
            guard Self.allowedPartitions.contains(configuration.partitions) else {
                throw self.refusal("a log has 1 to 1024 partitions, not \(configuration.partitions)")
            }
            self.makeFile()
            let connection = try SQLiteConnection(path: self.path, access: .create)
            // A file that turns out not to be ours keeps what its owner has left in a write-ahead log.
            connection.keepWALOnClose(true)
            let migrator = SchemaMigrator(migrations: Migration.all)
            _ = try migrator.pending(in: connection)
            connection.keepWALOnClose(false)
            guard !connection.isReadOnly else { throw self.refusal("the file cannot be written") }
            try self.prepare(connection, configuration)
            try migrator.migrate(connection, now: now)
            try self.settlePartitions(connection, configuration)
            self.syncFolder()
            return connection
        } catch {
            throw self.refusal(error)
        }
    }

    /// Opens the file for reading alone; it has to be there, ours and of this version.
    func openForReading() throws(ChatError) -> SQLiteConnection {
        // SQLite says the same of a file that is not there and of one that is forbidden.
        guard access(self.path, R_OK) == 0 else { throw self.refusal(String(cString: strerror(errno))) }
        do {
            let connection = try SQLiteConnection(path: self.path, access: .readOnly)
            let pending = try SchemaMigrator(migrations: Migration.all).pending(in: connection)
            guard pending.isEmpty else {
                throw self.refusal("it is of an older version; start the server on it once")
            }
            return connection
        } catch {
            throw self.refusal(error)
        }
    }
}

extension StoreFile {
    private static let allowedPartitions: ClosedRange<Int32> = 1...1024

    private func prepare(_ connection: SQLiteConnection, _ configuration: SQLiteConfiguration) throws {
        guard try connection.text("PRAGMA journal_mode = WAL") == "wal" else {
            throw self.refusal("its file system does not allow a write-ahead log")
        }
        try connection.execute("PRAGMA synchronous = \(configuration.synchronous.level.rawValue)")
        try connection.execute("PRAGMA cache_size = -16384")
        connection.watchWAL()
    }

    /// The number of partitions is fixed by the first start: with another number scopes would change partitions.
    private func settlePartitions(_ connection: SQLiteConnection, _ configuration: SQLiteConfiguration) throws {
        let wanted = configuration.partitions
        guard let partitions = try connection.number("SELECT partitions FROM log") else {
            return try connection.execute("INSERT INTO log (partitions) VALUES (\(wanted))")
        }
        guard partitions == Int64(wanted) || configuration.takesAnyPartitions else {
            throw self.refusal("its log has \(partitions) partitions, which \(wanted) cannot replace")
        }
    }

    /// Refuses a file with a second name: SQLite's journals go by the name, and so does our lock.
    private func checkNames() throws(ChatError) {
        var status = stat()
        guard stat(self.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        guard status.st_nlink == 1 else {
            throw self.refusal("it has a second name, a hard link")
        }
        // SQLite takes a file of a byte for an empty one, and would overwrite it.
        guard status.st_size == 0 || status.st_size >= 512 else {
            throw self.refusal("the file is not an SQLite database")
        }
    }

    /// The path without symbolic links, if the file is there.
    private var resolvedPath: String {
        guard let resolved = realpath(self.path, nil) else { return self.path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private func makeFolder() throws(ChatError) {
        let folder = self.folder
        var made = folder.hasPrefix("/") ? "/" : ""
        for part in folder.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/" + part
            // What is said in private is nobody else's business on this machine either.
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else {
                throw self.refusal("\(made): \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Makes the file for its owner alone; SQLite would let everybody read it, and gives its journals the same rights.
    ///
    /// An error is left for SQLite to meet.
    private func makeFile() {
        let descriptor = open(self.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Makes sure that the new file's name survives a loss of power; SQLite does so only for its journals.
    private func syncFolder() {
        let descriptor = open(self.folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private var folder: String {
        guard let slash = self.path.lastIndex(of: "/") else { return "." }
        return slash == self.path.startIndex ? "/" : String(self.path[..<slash])
    }

    private func refusal(_ reason: String, cause: (any Error)? = nil) -> ChatError {
        ChatError(.configuration, "cannot use the database \(self.path): \(reason)", cause: cause)
    }

    /// The line for an error of any kind met on opening.
    func refusal(_ error: any Error) -> ChatError {
        switch error {
        case let error as ChatError: error
        case let error as SQLiteError: self.refusal(error.reason, cause: error)
        case SchemaMigrator.Refusal.sqlite(let error): self.refusal(error.reason, cause: error)
        case SchemaMigrator.Refusal.foreignDatabase: self.refusal("it is the database of another program")
        case SchemaMigrator.Refusal.newerVersion(let migration):
            self.refusal("it was written by a newer version (migration \(migration)); use that version or newer")
        default: self.refusal("\(error)")
        }
    }
}
