internal import ChatifyCore

/// One that reads: lives on a reader thread with a connection of its own, and never blocks the writer.
final class StoreReader {
    private let file: StoreFile
    private let damage: StoreDamage
    private var session: Session?

    init(file: StoreFile, damage: StoreDamage) {
        self.file = file
        self.damage = damage
    }

    /// Reads until the queue is closed and empty.
    func run(_ queue: CallQueue<Read, ReadAnswer>) {
        while let calls = queue.take(limit: 1, waitingAtMost: nil) {
            queue.answer(calls, with: calls.map { self.perform($0.call) })
        }
    }

    private func perform(_ read: Read) -> Result<ReadAnswer, ChatError> {
        do throws(SQLiteError) {
            return .success(try self.open().answer(read))
        } catch {
            self.damage.note(error)
            // A connection that has failed may be of a file that was replaced; the next call opens it anew.
            self.session = nil
            return .failure(ChatError(.unavailable, "The store could not be read: \(error.reason).", cause: error))
        }
    }

    private func open() throws(SQLiteError) -> Session {
        if let session = self.session { return session }
        let session = try Session(SQLiteConnection(path: self.file.path, access: .readOnly))
        self.session = session
        return session
    }
}

extension StoreReader {
    /// A connection and its statements.
    private final class Session {
        private let connection: SQLiteConnection
        private let history: HistoryStatements
        private let log: LogStatements
        private let replays: ReplayStatements

        init(_ connection: SQLiteConnection) throws(SQLiteError) {
            self.connection = connection
            self.history = try HistoryStatements(connection)
            self.log = try LogStatements(connection)
            self.replays = try ReplayStatements(connection)
        }

        func answer(_ read: Read) throws(SQLiteError) -> ReadAnswer {
            switch read {
            case .page(let query): .page(try self.history.page(query))
            case .records(let reads): .records(try self.log.records(reads))
            case .replay(let read): .replay(try self.replay(read))
            case .scopes(let scope, let limit): .scopes(try self.history.scopes(after: scope, limit: limit))
            case .scopeCount: .count(Int(try self.connection.number("SELECT count(*) FROM scope") ?? 0))
            case .check: try self.check()
            }
        }

        private func replay(_ read: ReplayRead) throws(SQLiteError) -> [EnrichedChatEvent]? {
            var numbers: [Int64] = []
            for scope in read.scopes {
                if let number = try self.history.number(of: scope) { numbers.append(number) }
            }
            return try self.replays.events(read, numbers)
        }

        private func check() throws(SQLiteError) -> ReadAnswer {
            _ = try self.connection.number("SELECT count(*) FROM log")
            return .done
        }
    }
}
