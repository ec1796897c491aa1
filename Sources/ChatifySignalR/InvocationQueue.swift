/// Runs one invocation of a connection at a time, in the order of arrival, as ASP.NET does by default.
///
/// Streams, cancellations and pings do not pass through it. While ``isFull`` the shell pulls no more messages.
///
/// What waits is whatever the shell makes of a ``HubInvocation``. Bind it to its method before it waits: as a tree of values a client's
/// invocation may take twenty times the memory of its bytes.
public struct InvocationQueue<Invocation> {
    /// What becomes of an invocation that arrived.
    public enum Admission {
        /// Nothing else runs: start it.
        case start(Invocation)
        /// It waits for its turn.
        case queued
        /// The bound is reached: it was not taken.
        case full
    }

    private let capacity: Int
    private var isRunning = false
    private var waiting: [Invocation] = []
    /// Where the first that waits stands; those before it are done with.
    private var head = 0

    /// - Parameter capacity: How many invocations may wait besides the one that runs.
    public init(capacity: Int = 1024) { self.capacity = capacity }

    /// Whether the next invocation would not be taken.
    public var isFull: Bool { self.isRunning && self.count >= self.capacity }

    /// How many wait.
    public var count: Int { self.waiting.count - self.head }

    /// Takes an invocation, unless the queue is full.
    public mutating func enqueue(_ invocation: Invocation) -> Admission {
        guard self.isRunning else {
            self.isRunning = true
            return .start(invocation)
        }
        guard self.count < self.capacity else { return .full }
        self.waiting.append(invocation)
        return .queued
    }

    /// Takes note that the running invocation is finished and answers the one to start next.
    public mutating func finished() -> Invocation? {
        precondition(self.isRunning, "an invocation finished that was not running")
        guard self.head < self.waiting.count else {
            self.isRunning = false
            return nil
        }
        let next = self.waiting[self.head]
        self.head += 1
        self.dropFinished()
        return next
    }

    /// Gives the memory back once all are done, and moves the rest only when that is the lesser part.
    private mutating func dropFinished() {
        if self.head == self.waiting.count {
            self.waiting = []
            self.head = 0
        } else if self.head > self.waiting.count / 2 {
            self.waiting.removeFirst(self.head)
            self.head = 0
        }
    }
}

extension InvocationQueue: Sendable where Invocation: Sendable {}
extension InvocationQueue.Admission: Sendable where Invocation: Sendable {}
extension InvocationQueue.Admission: Equatable where Invocation: Equatable {}
extension InvocationQueue.Admission: Hashable where Invocation: Hashable {}
