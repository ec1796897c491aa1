/// Where a consumer group that has committed nothing yet begins to read the log.
///
/// A group that has committed before goes on from there instead, wherever a new member asks to start.
public struct LogStart: Sendable, Hashable {
    private enum Place { case beginning, end }
    private let place: Place

    /// The oldest record that the log still holds.
    public static let beginning = LogStart(place: .beginning)
    /// The first record appended after the group's first member joined.
    public static let end = LogStart(place: .end)
}
