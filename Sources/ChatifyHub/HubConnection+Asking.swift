public import ChatifySignalR

// Results from the client (signalr.md §6): the server asks, the client answers with a completion.
extension HubConnection {
    /// Calls a method of the client and returns its result, null if it has none.
    ///
    /// Call it on the shard's executor, from a task that prefers it. Other calls and events go on meanwhile.
    /// - Parameters:
    ///   - target: The name of the method, which clients compare exactly.
    ///   - arguments: What the method is given.
    ///   - timeout: How long the client may take, kept to the hub's tick of about a second; an answer after that is ignored.
    /// - Throws: ``HubInvocationError``, with the client's own words if it answers with an error.
    public func invoke(
        _ target: String,
        _ arguments: [HubValue] = [],
        within timeout: Duration = .seconds(15)
    ) async throws(HubInvocationError) -> HubValue {
        self.shard.executor.preconditionIsolated()
        guard self.transport != nil, self.encoding != nil else { throw .connectionClosed }
        let limit = self.shard.hub.configuration.maximumClientInvocations
        guard self.asked.count < limit else {
            throw HubInvocationError(.tooMany, "\(limit) invocations of this client wait for their answers.")
        }
        let id = self.asked.nextID()
        let deadline = self.shard.hub.surroundings.now() + timeout
        let confined = Confined(self, to: self.shard.executor)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.asked.ask(id, until: deadline, continuation)
                self.send(.invocation(HubInvocation(id: id, target: target, arguments: arguments)))
            }
        } onCancel: {
            Task(executorPreference: confined.executor) {
                confined.value.asked.settle(id, .failure(HubInvocationError(.cancelled, "The task was cancelled.")))
            }
        }
        return try outcome.get()
    }
}
