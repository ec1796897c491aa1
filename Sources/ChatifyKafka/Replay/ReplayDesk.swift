internal import ChatifyCore

/// Where those who look for events and the thread that finds them meet: those of one partition are served together, first the partition of
/// whom came first.
///
/// Bound: so many requests, those under way included; more are refused at once. And so many events that were found and not taken, for the thread
/// may be faster than those who take them.
final class ReplayDesk: Sendable {
    typealias Answer = Result<[EnrichedChatEvent]?, ChatError>

    /// Somebody who waits for events.
    struct Job: Sendable {
        let request: ReplayRequest
        let deadline: ContinuousClock.Instant
        fileprivate let continuation: CheckedContinuation<Answer, Never>
    }

    /// What the thread does next.
    enum Turn {
        /// All who wait for events of one partition, at least one.
        case jobs([Job])
        /// Nobody asked for anything.
        case idle
        case close
    }

    private struct State {
        var waiting: [Job] = []
        /// Those who wait, and those whose events are being looked for.
        var pending = 0
        /// The events that were found and that those who asked have not come to yet.
        var untaken = 0
        var isClosing = false
    }

    private let state = Monitor(State())
    private let limits: KafkaReplayLimits

    init(_ limits: KafkaReplayLimits) { self.limits = limits }

    /// Waits for the thread's answer, which comes when the time is over or shortly after.
    func ask(_ request: ReplayRequest) async throws(ChatError) -> [EnrichedChatEvent]? {
        let deadline = ContinuousClock.now.advanced(by: self.limits.time)
        let answer = await withCheckedContinuation { continuation in
            let refusal = self.state.withLock(waking: true) { state -> ChatError? in
                guard !state.isClosing else { return .replayClosed }
                guard state.pending < self.limits.maximumPending else { return .tooManyReplays }
                state.pending += 1
                state.waiting.append(Job(request: request, deadline: deadline, continuation: continuation))
                return nil
            }
            if let refusal { continuation.resume(returning: .failure(refusal)) }
        }
        if case .success(let events?) = answer {
            self.state.withLock(waking: true) { $0.untaken -= events.count }
        }
        return try answer.get()
    }

    /// Asks the thread to end.
    func beginClosing() { self.state.withLock(waking: true) { $0.isClosing = true } }

    /// The requests that are not answered.
    var pending: Int { self.state.withLock { $0.pending } }
}

// What the thread does.
extension ReplayDesk {
    var isClosing: Bool { self.state.withLock { $0.isClosing } }

    /// Blocks until there is something to do, or the time is over.
    /// - Parameter time: `nil` for as long as it takes.
    func next(atMost time: Duration?) -> Turn {
        let turn = self.state.wait(atMost: time) { state -> Turn? in
            if state.isClosing { return .close }
            guard let partition = state.waiting.first?.request.partition else { return nil }
            let jobs = state.waiting.filter { $0.request.partition == partition }
            state.waiting.removeAll { $0.request.partition == partition }
            return .jobs(jobs)
        }
        return turn ?? .idle
    }

    /// Blocks while those who asked have not taken what was found before; `false` if that lasts until the time is over.
    func waitForTakers(until deadline: ContinuousClock.Instant) -> Bool {
        let limit = self.limits.maximumUntaken
        return self.state.wait(atMost: .rest(until: deadline)) { state in
            state.untaken < limit || state.isClosing ? true : nil
        } ?? false
    }

    func answer(_ job: Job, _ answer: Answer) {
        self.state.withLock { state in
            state.pending -= 1
            if case .success(let events?) = answer { state.untaken += events.count }
        }
        job.continuation.resume(returning: answer)
    }

    /// Answers all who wait; the thread is about to end, and nobody is let in any more.
    func end() {
        let waiting = self.state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for job in waiting { self.answer(job, .failure(.replayClosed)) }
    }
}

extension ChatError {
    static var replayClosed: ChatError { ChatError(.unavailable, "The reader of past events is closed.") }

    fileprivate static var tooManyReplays: ChatError {
        ChatError(.unavailable, "Too many clients wait for past events already.")
    }
}
