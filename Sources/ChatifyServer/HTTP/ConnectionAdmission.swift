internal import ChatifyCore

/// Counts the connections of all loops against one bound.
final class ConnectionAdmission: Sendable {
    private let maximum: Int
    private let count = Locked(0)

    init(maximum: Int) { self.maximum = maximum }

    /// Counts a connection in, or answers `false` if there are too many.
    func enter() -> Bool {
        self.count.withLock { count in
            guard count < self.maximum else { return false }
            count += 1
            return true
        }
    }

    func leave() { self.count.withLock { $0 -= 1 } }
}
