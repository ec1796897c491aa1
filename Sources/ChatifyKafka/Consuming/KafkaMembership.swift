internal import ChatifyCore

/// How a consumer shares a topic with others of its group.
public struct KafkaMembership: Sendable, Hashable {
    private enum Kind { case alone, shared }
    private let kind: Kind

    /// For the live delivery of a pod: it reads all partitions, and only its offsets are kept under the group's name.
    ///
    /// It starts at once and nobody disturbs it; two of them in one group would commit over each other.
    public static let alone = KafkaMembership(kind: .alone)
    /// For the history of many pods: the brokers share the partitions out between the members.
    public static let shared = KafkaMembership(kind: .shared)
}

/// What a consumer is there for.
struct ConsumerRole: Sendable, Hashable {
    let group: String
    let start: LogStart
    let commits: CommitMode
    let membership: KafkaMembership
}
