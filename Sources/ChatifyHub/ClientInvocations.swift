internal import ChatifySignalR

/// What the server has asked one client and was not answered yet, under ids that are the server's own.
///
/// Confined to the connection's executor; each question is settled exactly once.
struct ClientInvocations {
    /// What a question comes to.
    typealias Outcome = Result<HubValue, HubInvocationError>

    private struct Question {
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Outcome, Never>
    }

    private var questions: [String: Question] = [:]
    private var lastID: UInt64 = 0

    /// How many wait for their answers.
    var count: Int { self.questions.count }

    /// The id of the next question.
    mutating func nextID() -> String {
        self.lastID += 1
        return "server-\(self.lastID)"
    }

    /// Takes note of a question that is about to be sent.
    mutating func ask(
        _ id: String,
        until deadline: ContinuousClock.Instant,
        _ continuation: CheckedContinuation<Outcome, Never>
    ) {
        self.questions[id] = Question(deadline: deadline, continuation: continuation)
    }

    /// Takes a client's completion; one that nobody waits for, perhaps any more, is ignored.
    mutating func answered(_ completion: HubCompletion) {
        switch completion.outcome {
        case .result(let result): self.settle(completion.id, .success(result))
        case .void: self.settle(completion.id, .success(.null))
        case .error(let text): self.settle(completion.id, .failure(HubInvocationError(.refused, text)))
        }
    }

    /// Settles one question, if it still waits.
    mutating func settle(_ id: String, _ outcome: Outcome) {
        self.questions.removeValue(forKey: id)?.continuation.resume(returning: outcome)
    }

    /// Fails those whose time is over.
    mutating func expire(now: ContinuousClock.Instant) {
        for (id, question) in self.questions where question.deadline <= now {
            self.settle(id, .failure(HubInvocationError(.timedOut, "The client did not answer in time.")))
        }
    }

    /// Fails all: the connection has ended.
    mutating func end() {
        for id in self.questions.keys { self.settle(id, .failure(.connectionClosed)) }
    }
}

extension HubInvocationError {
    /// The connection is not open, or ended before the answer.
    static let connectionClosed = HubInvocationError(.closed, "The connection is not open.")
}
