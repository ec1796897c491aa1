internal import ChatifyCore

/// What two loops hand each other for one socket: the loop that has the socket, and the home of its connection.
///
/// Bounded by the two: the home writes no more than fits, the socket is not read from while the home is behind.
final class SocketRelay: Sendable {
    /// How the home ends a socket.
    enum Parting: Sendable {
        case close([UInt8]?)
        case abort
    }

    /// How a socket ends.
    enum Loss: Sendable {
        case closed
        case lost
    }

    /// What is on its way, in either direction.
    struct State {
        var toSocket = RelayQueue<Parting>()
        var toHome = RelayQueue<Loss>()
        /// The bytes that the socket has taken and not sent yet, as far as the home was told.
        var bytesAtSocket = 0
        var isDrainAwaited = false
    }

    /// The bytes that may wait for the home before the socket is not read from.
    static let maximumBytesToHome = 65_536

    /// What both loops work on.
    let state = Locked(State())
}

/// Bytes for another loop, and at last an end.
struct RelayQueue<End: Sendable>: Sendable {
    private var bytes: [UInt8] = []
    private var end: End?
    /// Whether the other loop knows that there is something.
    private var isAnnounced = false

    /// The bytes that wait.
    var count: Int { self.bytes.count }

    /// Queues bytes; `true` if the other loop is to be told.
    mutating func put(_ bytes: some Sequence<UInt8>) -> Bool {
        guard self.end == nil else { return false }
        self.bytes += bytes
        return self.announce()
    }

    /// Queues the end, instead of the bytes that wait or behind them; `true` if the other loop is to be told.
    mutating func finish(_ end: End, droppingBytes: Bool = false) -> Bool {
        guard self.end == nil else { return false }
        if droppingBytes { self.bytes = [] }
        self.end = end
        return self.announce()
    }

    /// Takes all there is, on the other loop.
    mutating func take() -> (bytes: [UInt8], end: End?) {
        defer { self.bytes = [] }
        self.isAnnounced = false
        return (self.bytes, self.end)
    }

    private mutating func announce() -> Bool {
        defer { self.isAnnounced = true }
        return !self.isAnnounced
    }
}
