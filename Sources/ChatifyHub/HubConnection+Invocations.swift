internal import ChatifyCore
internal import ChatifySignalR
internal import Logging

// Invocations run one at a time, in the order they came (signalr.md §6).
extension HubConnection {
    /// Acts on a message of the client.
    func take(_ message: HubMessage) {
        switch message {
        case .invocation(let invocation): self.enqueue(invocation)
        case .streamInvocation(let invocation): self.startStream(invocation)
        case .cancelInvocation(let id): self.streams[id]?.cancel()
        case .completion(let completion): self.asked.answered(completion)
        case .streamItem, .ping, .close, .ack, .sequence, .unknown:
            // No method takes a stream, so these answer nothing (signalr.md §11, case 8).
            break
        }
    }

    private func enqueue(_ invocation: HubInvocation) {
        switch self.invocations.enqueue(invocation) {
        case .start(let invocation): self.start(invocation)
        case .queued: break
        case .full: preconditionFailure("the machine is not asked for messages while the queue is full")
        }
    }

    private func start(_ invocation: HubInvocation) {
        let confined = Confined(self, to: self.shard.executor)
        self.runner = Task(executorPreference: self.shard.executor) { await confined.value.run(invocation) }
    }

    /// Runs `first` and all invocations that queue up behind it, then ends.
    private func run(_ first: HubInvocation) async {
        var next: HubInvocation? = first
        while let invocation = next {
            self.answer(invocation, await self.outcome(of: invocation))
            next = self.invocations.finished()
            self.pump()
        }
        self.runner = nil
        self.endIfIdle()
    }

    /// Completes an invocation, if the client wants to hear of it.
    func answer(_ invocation: HubInvocation, _ outcome: HubCompletion.Outcome) {
        // Without an id the client wants no answer, not even of an error (signalr.md §6).
        guard let id = invocation.id else { return }
        self.send(.completion(HubCompletion(id: id, outcome: outcome)))
    }

    private func outcome(of invocation: HubInvocation) async -> HubCompletion.Outcome {
        let correlationID = CorrelationID.random()
        do {
            let result = try await self.perform(try HubCall(invocation), correlationID: correlationID)
            // An answer that nobody waits for is not worth writing.
            guard invocation.id != nil else { return .void }
            return self.outcome(of: result)
        } catch let error as HubBindingError {
            return .error(HubErrorText.describe(error, target: invocation.target))
        } catch let error as ChatError {
            self.log(error, target: invocation.target, correlationID)
            return .error(HubErrorText.describe(error, target: invocation.target))
        } catch {
            return .error(HubErrorText.methodFailed(invocation.target))
        }
    }

    private func outcome(of result: CallResult) -> HubCompletion.Outcome {
        switch result {
        // A method without a result is answered with null, as ASP.NET does.
        case .none: .result(.null)
        case .sent(let event): self.encoding.map { .result($0.value(answering: event)) } ?? .void
        case .resumed(let outcome): .result(outcome.value)
        case .online(let users): .result(.array(users.map { .string($0.rawValue) }))
        }
    }

    /// Logs a failure that is not the client's own doing.
    func log(_ error: ChatError, target: String, _ correlationID: CorrelationID) {
        guard error.code != .validation, error.code != .rateLimitExceeded, error.code != .forbidden else { return }
        self.shard.hub.logger.warning(
            "Hub invocation failed",
            metadata: [
                "correlation-id": "\(correlationID)", "method": "\(target)", "connection": "\(self.id)",
                "error": "\(error)", "cause": "\(error.cause.map { "\($0)" } ?? "none")",
            ]
        )
    }
}
