/// In which order the messages of a scope's history come.
///
/// History is ordered by (time stamp, message id), the id compared as unsigned bytes.
public struct HistoryOrder: Sendable, Hashable {
    private enum Direction { case ascending, descending }
    private let direction: Direction

    /// As history is ordered: to read on from some place.
    public static let oldestFirst = HistoryOrder(direction: .ascending)
    /// The same backwards: to show the latest messages, then those before them.
    public static let newestFirst = HistoryOrder(direction: .descending)
}
