internal import ChatifyCore
internal import Logging

// Joining at a place in the log (contracts §4).
extension HubConnection {
    /// Joins scopes of one id, all or none, and pushes what was said there behind `position`.
    ///
    /// A connection that is joined already gets everything behind that position, be it again or not.
    func resume(
        _ scopes: [ChatScope],
        of id: ScopeID,
        behind position: LogPosition
    ) async throws(ChatError) -> ResumeOutcome {
        try self.demandRoom(for: scopes)
        guard try await self.mayReplay(scopes, of: id, from: position.partition) else {
            try self.join(scopes)
            return .notRecovered
        }
        // Nothing newer is pushed before what was missed.
        for scope in scopes { self.leave(scope) }
        return try await self.catchUp(scopes, behind: position)
    }

    /// Whether the position is one of these scopes, and their past may be shown.
    private func mayReplay(
        _ scopes: [ChatScope],
        of id: ScopeID,
        from partition: Int32
    ) async throws(ChatError) -> Bool {
        let chat = self.shard.hub.chat
        guard chat.partition(of: id) == partition else { return false }
        for scope in scopes
        where try await !chat.isAllowed(.readHistory, by: self.userID, in: scope) { return false }
        return true
    }

    private func catchUp(
        _ scopes: [ChatScope],
        behind position: LogPosition
    ) async throws(ChatError) -> ResumeOutcome {
        let configuration = self.shard.hub.configuration.resume
        let deadline = self.shard.hub.surroundings.now() + configuration.maximumWait
        var resume = ScopeResume(after: position.offset, limit: configuration.maximumEvents)
        while self.transport != nil {
            switch self.proceed(&resume, scopes, position.partition) {
            case .wait(let offset):
                let isReached = await self.waitUntilRead(position.partition, before: offset, until: deadline)
                if !isReached { resume.expire() }
            case .fill(let offsets):
                let events = await self.events(in: scopes, position.partition, offsets, limit: resume.room)
                resume.fill(offsets, with: events)
            case .replay(let events):
                return try self.join(scopes, replaying: events)
            case .giveUp:
                try self.join(scopes)
                return .notRecovered
            }
        }
        return .notRecovered
    }

    private func proceed(_ resume: inout ScopeResume, _ scopes: [ChatScope], _ partition: Int32) -> ScopeResume.Step {
        let room = resume.room
        return resume.proceed(standing: self.shard.standing[partition]) { offsets in
            self.shard.hub.find(scopes, partition: partition, offsets: offsets, limit: room)
        }
    }

    private func join(_ scopes: [ChatScope], replaying events: [EnrichedChatEvent]) throws(ChatError) -> ResumeOutcome {
        let isPushed = self.push(events, within: self.shard.hub.configuration.resume.maximumBytes)
        try self.join(scopes)
        return isPushed ? .recovered(events.count) : .notRecovered
    }

    private func waitUntilRead(
        _ partition: Int32,
        before offset: Int64,
        until deadline: ContinuousClock.Instant
    ) async -> Bool {
        guard self.ending == nil else { return false }
        return await withCheckedContinuation { continuation in
            let waiter = ReadWaiters.Waiter(
                partition: partition,
                offset: offset,
                deadline: deadline,
                continuation: continuation
            )
            self.shard.readWaiters.add(waiter, of: self.id)
        }
    }

    /// Asks the replay source; `nil` if there is none, or it does not have everything.
    private func events(
        in scopes: [ChatScope],
        _ partition: Int32,
        _ offsets: Range<Int64>,
        limit: Int
    ) async -> [EnrichedChatEvent]? {
        do throws(ChatError) {
            return try await self.shard.hub.replaySource?.events(
                in: scopes,
                partition: partition,
                offsets: offsets,
                limit: limit
            )
        } catch {
            self.shard.hub.logger.debug(
                "Events for a client that resumes cannot be read",
                metadata: ["connection": "\(self.id)", "error": "\(error)"]
            )
            return nil
        }
    }
}
