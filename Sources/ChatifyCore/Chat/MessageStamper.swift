/// Gives each accepted message its id and time, in order.
///
/// The id is a version 7 UUID (RFC 9562 §5.7): the millisecond, a counter within it, then random bits. So ids rise
/// with every message of a pod, and the history's order (time stamp, then id) is the order in which the pod accepted
/// messages even within one millisecond. When the wall clock is set back, stamps stand still until it catches up:
/// time never runs backwards within a scope (contracts §1). Messages that different senders send at the same moment may
/// stand in the log in another order than in the history: each is stamped before the log orders it.
struct MessageStamper {
    private var last: Timestamp
    private var counter: UInt64

    /// The counter's largest value; it has 12 bits (RFC 9562 §6.2, method 1).
    private static let maximumCounter: UInt64 = 0xFFF

    /// Makes a stamper whose stamps are later than `latest`.
    init(after latest: Timestamp? = nil) {
        self.last = latest ?? Timestamp(millisecondsSinceEpoch: 0)
        self.counter = Self.maximumCounter
    }

    /// Returns the next stamp, not before `now` and behind every earlier one.
    mutating func next(now: Timestamp, random: UInt64) -> Stamp {
        if now > self.last {
            self.last = now
            self.counter = 0
        } else if self.counter < Self.maximumCounter {
            self.counter += 1
        } else {
            // More than 4096 messages in a millisecond: borrow from the next one.
            self.last = Timestamp(millisecondsSinceEpoch: self.last.millisecondsSinceEpoch + 1)
            self.counter = 0
        }
        let milliseconds = UInt64(truncatingIfNeeded: self.last.millisecondsSinceEpoch)
        let id = MessageID(
            high: milliseconds << 16 | 0x7000 | self.counter,
            low: random & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        )
        return Stamp(messageID: id, createdAt: self.last)
    }
}

/// What a message is given when it is accepted.
struct Stamp: Equatable {
    var messageID: MessageID
    var createdAt: Timestamp
}
