internal import ChatifySignalR

/// What became of a resume (contracts §4).
struct ResumeOutcome: Hashable, Sendable {
    /// Whether everything behind the client's position was pushed.
    let isRecovered: Bool
    /// The events that were pushed.
    let replayed: Int

    /// `{"recovered":true,"replayed":3}`.
    var value: HubValue {
        .object([
            HubValue.Member("recovered", .bool(self.isRecovered)),
            HubValue.Member("replayed", .integer(Int64(self.replayed))),
        ])
    }

    /// The client is to reload; it gets what is said from now on.
    static let notRecovered = ResumeOutcome(isRecovered: false, replayed: 0)

    /// So many events were pushed, and nothing is missing.
    static func recovered(_ count: Int) -> ResumeOutcome { ResumeOutcome(isRecovered: true, replayed: count) }
}
