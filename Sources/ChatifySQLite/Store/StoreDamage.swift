internal import ChatifyCore

/// Whether any thread has met a damaged page; it stays so until the file is opened again.
///
/// Damage in one place says nothing about others, so a later success proves nothing: somebody has to look at the file.
final class StoreDamage: Sendable {
    private let first = Locked<SQLiteError?>(nil)

    /// Takes note of an error, if it is of that kind.
    func note(_ error: SQLiteError) {
        guard error.kind == .damaged || error.kind == .notADatabase else { return }
        self.first.withLock { $0 = $0 ?? error }
    }

    /// - Throws: `ChatError` with code `unavailable` if there is damage.
    func check() throws(ChatError) {
        guard let error = self.first.withLock({ $0 }) else { return }
        throw ChatError(.unavailable, "The database file is damaged; restore it from a copy.", cause: error)
    }
}
