/// The calls that were sent and not answered, oldest first.
///
/// Tokens count up from 1, one per call, and answers come in order, so it is always the oldest call that is answered.
struct RedisFlights {
    struct Flight {
        let call: RedisCall
        let deadline: ContinuousClock.Instant
        fileprivate var answers = 0

        init(call: RedisCall, deadline: ContinuousClock.Instant) {
            self.call = call
            self.deadline = deadline
        }
    }

    /// Who gets an answer, and which of the call's answers it is.
    struct Landing {
        let call: RedisCall
        let isFirst: Bool
        let isLast: Bool
    }

    /// Nil where a call has had its last answer.
    private var flights: [Flight?] = []
    private var head = 0
    private(set) var lastToken: UInt = 0

    var oldest: Flight? { self.head < self.flights.count ? self.flights[self.head] : nil }

    mutating func append(_ flight: Flight) -> UInt {
        self.flights.append(flight)
        self.lastToken += 1
        return self.lastToken
    }

    /// Takes an answer to the call with that token, which must be the oldest; nil means that the answer fits no command.
    mutating func land(_ token: UInt) -> Landing? {
        let count = self.flights.count - self.head
        guard count > 0, token == self.lastToken - UInt(count) + 1, var flight = self.flights[self.head].take() else {
            return nil
        }
        flight.answers += 1
        let isLast = flight.answers == flight.call.commandCount
        if isLast { self.dropHead() } else { self.flights[self.head] = flight }
        return Landing(call: flight.call, isFirst: flight.answers == 1, isLast: isLast)
    }

    mutating func takeAll() -> [Flight] {
        defer {
            self.flights = []
            self.head = 0
        }
        return self.flights[self.head...].compactMap { $0 }
    }

    // In bulk, so that each costs a constant on average.
    private mutating func dropHead() {
        self.head += 1
        if self.head == self.flights.count {
            self.flights.removeAll(keepingCapacity: self.flights.capacity <= 4096)
            self.head = 0
        } else if self.head >= 1024, self.head * 2 >= self.flights.count {
            self.flights.removeFirst(self.head)
            self.head = 0
        }
    }
}
