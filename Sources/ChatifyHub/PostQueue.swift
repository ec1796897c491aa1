/// Bodies of requests that wait because the connection's reading is paused, in the order in which they came.
struct PostQueue {
    /// What becomes of a request that brings data.
    enum Outcome: Hashable, Sendable {
        case taken
        /// The connection has ended, or is about to.
        case gone
        /// Too many wait already.
        case tooMany
    }

    /// A body, and the request that waits for its being taken.
    struct Waiting {
        let body: [UInt8]
        let request: CheckedContinuation<Outcome, Never>
    }

    private var waiting: [Waiting] = []
    private var byteCount = 0

    /// Whether nothing waits.
    var isEmpty: Bool { self.waiting.isEmpty }
    /// How many bodies wait.
    var count: Int { self.waiting.count }

    /// Whether a body of that length may wait; a first one always may.
    func hasRoom(for count: Int, _ configuration: HubConfiguration) -> Bool {
        self.isEmpty
            || self.waiting.count < configuration.maximumWaitingPosts
                && count <= configuration.maximumWaitingPostBytes - self.byteCount
    }

    /// Lets a body wait behind the others, for which there must be room.
    mutating func append(_ post: Waiting) {
        self.waiting.append(post)
        self.byteCount += post.body.count
    }

    /// Takes the body that has waited longest.
    mutating func takeFirst() -> Waiting? {
        guard !self.waiting.isEmpty else { return nil }
        let post = self.waiting.removeFirst()
        self.byteCount -= post.body.count
        return post
    }
}
