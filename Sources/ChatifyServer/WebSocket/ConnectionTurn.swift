/// How much of what one client has sent is worked off before the other clients of its loop have their turn.
///
/// Pure; time comes in as an argument. Few bytes may be much to do: they inflate to a thousand times as many, or are many frames.
struct ConnectionTurn {
    /// The bytes of one turn: those of one read.
    static let maximumBytes = 65_536
    /// What a step counts for beside the bytes that came of it.
    static let bytesPerStep = 64

    private var began: ContinuousClock.Instant?
    private var bytes = 0

    /// Takes note of bytes that were received, and gone through.
    mutating func note(_ count: Int) { self.bytes += count }

    /// Takes note of a step, of which came so many bytes that were not received.
    mutating func noteStep(_ count: Int) { self.bytes += count + Self.bytesPerStep }

    /// Whether others are to have their turn, for all was done that may be at one time of the loop.
    mutating func isOver(at now: ContinuousClock.Instant) -> Bool {
        if self.began != now {
            self.began = now
            self.bytes = 0
        }
        return self.bytes >= Self.maximumBytes
    }
}
