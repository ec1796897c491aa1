internal import ChatifyCore
internal import ChatifySignalR
internal import Logging

// Invocations run one at a time, in the order they came (signalr.md §6).
extension HubConnection {
    func take(_ message: HubMessage) {
        switch message {
        case .invocation(let invocation): self.enqueue(invocation)
        case .streamInvocation(let invocation): self.refuseStream(invocation)
        case .streamItem, .completion, .cancelInvocation, .ping, .close, .ack, .sequence, .unknown:
            // Nothing here streams or asks the client for results, so these answer nothing (signalr.md §11, case 8).
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

    private func refuseStream(_ invocation: HubInvocation) {
        let target = invocation.target
        let error =
            HubCall.isMethod(target) ? HubErrorText.notStreaming(target) : HubErrorText.unknownMethod(target)
        self.answer(invocation, .error(error))
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

    private func answer(_ invocation: HubInvocation, _ outcome: HubCompletion.Outcome) {
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
            return Self.outcome(of: result)
        } catch let error as HubBindingError {
            return .error(HubErrorText.describe(error, target: invocation.target))
        } catch let error as ChatError {
            self.log(error, target: invocation.target, correlationID)
            return .error(HubErrorText.describe(error, target: invocation.target))
        } catch {
            return .error(HubErrorText.methodFailed(invocation.target))
        }
    }

    private static func outcome(of result: CallResult) -> HubCompletion.Outcome {
        switch result {
        case .none: .void
        case .sent(let event): .result(.encoded(ChatEventCodec.encodeAnswer(event)))
        case .resumed(let outcome): .result(outcome.value)
        }
    }

    private func log(_ error: ChatError, target: String, _ correlationID: CorrelationID) {
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
