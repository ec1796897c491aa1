/// One message, as it stands in the log, in the history and on the wire (contracts §1).
///
/// Made by ``ChatService`` when it accepts a draft, or read from a log; a value of this type obeys the rules of the
/// identifiers it holds, and its text the limit that was in force where it was accepted.
public struct ChatEvent: Sendable, Hashable {
    /// The message's name; clients drop repeats by it.
    public var messageID: MessageID
    /// Where it was said.
    public var scope: ChatScope
    /// Who said it.
    public var senderID: UserID
    /// What was said; may be empty.
    public var text: String
    /// When the accepting pod stamped it.
    public var createdAt: Timestamp
    /// The pod that accepted it.
    public var originPodID: PodID

    /// Makes an event of its parts.
    public init(
        messageID: MessageID,
        scope: ChatScope,
        senderID: UserID,
        text: String,
        createdAt: Timestamp,
        originPodID: PodID
    ) {
        self.messageID = messageID
        self.scope = scope
        self.senderID = senderID
        self.text = text
        self.createdAt = createdAt
        self.originPodID = originPodID
    }
}
