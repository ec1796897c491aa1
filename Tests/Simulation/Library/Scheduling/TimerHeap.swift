/// Something that is due at a virtual time, unless it is stopped.
final class SimulatedTimer {
    private var action: (() -> Void)?

    init(_ action: @escaping () -> Void) { self.action = action }

    /// Does what is due, once.
    func fire() {
        let action = self.action
        self.action = nil
        action?()
    }

    /// Lets go of what was due.
    func stop() { self.action = nil }
}

/// The timers of a world, the next one first; those due together in the order they were set.
struct TimerHeap {
    private typealias Entry = (due: Duration, number: UInt64, timer: SimulatedTimer)

    private var entries: [Entry] = []
    private var count: UInt64 = 0

    /// When the next timer is due.
    var nextDue: Duration? { self.entries.first?.due }

    mutating func insert(_ timer: SimulatedTimer, due: Duration) {
        self.count += 1
        self.entries.append((due, self.count, timer))
        var index = self.entries.count - 1
        while index > 0, self.precedes(index, (index - 1) / 2) {
            self.entries.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func removeFirst() -> SimulatedTimer {
        self.entries.swapAt(0, self.entries.count - 1)
        let first = self.entries.removeLast()
        var index = 0
        while let child = self.firstChild(of: index), self.precedes(child, index) {
            self.entries.swapAt(index, child)
            index = child
        }
        return first.timer
    }

    private func firstChild(of index: Int) -> Int? {
        let (left, right) = (2 * index + 1, 2 * index + 2)
        guard left < self.entries.count else { return nil }
        return right < self.entries.count && self.precedes(right, left) ? right : left
    }

    private func precedes(_ one: Int, _ other: Int) -> Bool {
        (self.entries[one].due, self.entries[one].number) < (self.entries[other].due, self.entries[other].number)
    }
}
