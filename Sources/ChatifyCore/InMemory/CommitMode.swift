/// Who declares the records of a consumer as done with.
public struct CommitMode: Sendable, Hashable {
    private enum Mode { case manual, automatic }
    private let mode: Mode

    /// The reader does, by ``ChatEventConsumer/commit(_:)``.
    public static let manual = CommitMode(mode: .manual)
    /// The consumer does: by asking for the next batch a reader says that it is done with all batches before.
    public static let automatic = CommitMode(mode: .automatic)
}
