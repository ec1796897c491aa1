/// What a poll is answered.
public enum LongPollAnswer: Hashable, Sendable {
    /// Status 200 with these bytes, whole records; none if there was nothing to say in time, or it was the first poll.
    case data([UInt8])
    /// Status 204: the connection is over, or a newer poll has taken this one's place.
    case ended
}
