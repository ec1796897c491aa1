internal import ChatifyCore
internal import ChatifySignalR

// Streams to the client run beside the invocations, each in a task of its own (signalr.md §6).
extension HubConnection {
    /// Starts a stream, or answers why there is none.
    func startStream(_ invocation: HubInvocation) {
        do {
            let call = try HubStreamCall(invocation)
            try self.start(call, invocation)
        } catch {
            self.answer(invocation.id, .error(HubErrorText.describe(error, target: invocation.target)))
        }
    }

    private func start(_ call: HubStreamCall, _ invocation: HubInvocation) throws(HubBindingError) {
        guard let id = invocation.id else { return }
        guard self.streams[id] == nil else {
            return self.answer(id, .error(HubErrorText.invocationIDInUse(id)))
        }
        let limit = self.shard.hub.configuration.maximumStreamsPerConnection
        guard self.streams.count < limit else {
            throw .invalid("At most \(limit) streams of a connection may run at once.")
        }
        let stream = HubStream(id: id)
        self.streams[id] = stream
        // Not the invocation, whose headers and arguments nobody needs any more.
        let target = invocation.target
        let confined = Confined((self, stream), to: self.shard.executor)
        stream.task = Task(executorPreference: self.shard.executor) {
            let (connection, stream) = confined.value
            await connection.run(call, stream, target: target)
        }
    }

    /// Sends the items and the one completion, unless the connection ends before it.
    private func run(_ call: HubStreamCall, _ stream: HubStream, target: String) async {
        let outcome = await self.outcome(of: call, stream, target: target)
        guard self.streams.removeValue(forKey: stream.id) != nil else { return }
        self.answer(stream.id, outcome)
    }

    private func outcome(of call: HubStreamCall, _ stream: HubStream, target: String) async -> HubCompletion.Outcome {
        var hasBegun = false
        do throws(ChatError) {
            switch call {
            case .history(let scope, let from):
                let query = HistoryQuery(scope: scope, from: from, limit: Self.streamedPage)
                try await self.sendHistory(query, to: stream, &hasBegun)
            }
            return .void
        } catch {
            guard !stream.isCancelled else { return .void }
            self.log(error, target: target, .random())
            return .error(
                hasBegun ? HubErrorText.streamFailed(detail: "\(error)") : HubErrorText.describe(error, target: target)
            )
        }
    }

    private func sendHistory(
        _ query: HistoryQuery,
        to stream: HubStream,
        _ hasBegun: inout Bool
    ) async throws(ChatError) {
        var query = query
        repeat {
            let page = try await self.shard.hub.chat.messages(query, for: self.userID)
            hasBegun = true
            for message in page.messages {
                await self.waitForRoom(stream)
                guard !stream.isCancelled, let encoding = self.encoding else { return }
                self.send(.streamItem(HubStreamItem(id: stream.id, item: encoding.value(of: message.event))))
            }
            query.after = page.nextCursor
        } while query.after != nil && !stream.isCancelled
    }

    /// Returns when little waits to be sent: a stream never queues what the client does not take, so it cannot crowd out the
    /// live events, nor make its client one that does not keep up.
    private func waitForRoom(_ stream: HubStream) async {
        while !stream.isCancelled, let transport = self.transport, self.isAhead(of: transport) {
            if transport.queuedBytes > Self.streamedAhead {
                transport.notifyWhenDrained()
                // A relayed transport may have drained on the loop of its socket just before, and then tells of nothing.
                guard self.isAhead(of: transport) else { return }
            }
            await stream.wait()
        }
    }

    /// The queued bytes beyond which streams wait: some items, and far below any bound of a transport.
    static let streamedAhead = 16_384

    /// The messages that a stream reads at once, and holds for as long as its client does not take them: few, as each may have 12 KiB.
    private static let streamedPage = 20

    /// Stops all streams without completions.
    func endStreams() {
        let streams = self.streams.values
        self.streams.removeAll()
        for stream in streams { stream.cancel() }
    }
}
