/// Whether something is out of reach, so that a log has one line when it goes and one when it comes back.
struct Outage {
    private(set) var isOpen = false
    private var backoff: ConsumerBackoff

    init(_ policy: BackoffPolicy) {
        self.backoff = ConsumerBackoff(policy: policy)
    }

    /// Takes note of a failure: how long to pause, and whether it is the first one in a row.
    mutating func failed() -> (pause: Duration, isNew: Bool) {
        defer { self.isOpen = true }
        return (self.backoff.failed(), !self.isOpen)
    }

    /// Takes note of a success, and says whether an outage ended with it.
    mutating func succeeded() -> Bool {
        defer { self.isOpen = false }
        self.backoff.succeeded()
        return self.isOpen
    }
}
