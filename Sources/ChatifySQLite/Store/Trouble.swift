internal import Logging

/// Whether something fails at the moment, so that the log has one line when that begins and one when it ends.
struct Trouble {
    let begins: Logger.Message
    let ends: Logger.Message
    private(set) var error: SQLiteError?

    init(begins: Logger.Message, ends: Logger.Message) {
        self.begins = begins
        self.ends = ends
    }

    mutating func failed(_ error: SQLiteError, _ logger: Logger) {
        if self.error == nil { logger.error(self.begins, metadata: ["error": "\(error)"]) }
        if self.error?.kind != .damaged { self.error = error }
    }

    /// Damage does not heal by itself: what works elsewhere in the file is no proof.
    mutating func succeeded(_ logger: Logger) {
        guard let error = self.error, error.kind != .damaged else { return }
        self.error = nil
        logger.notice(self.ends)
    }
}
