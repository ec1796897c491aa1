internal import Logging

extension ChatService {
    /// Accepts a message: validate, limit, stamp, produce, answer (contracts §2).
    ///
    /// Returns only after the log has acknowledged the event. Messages of one sender that are sent one after another
    /// keep their order, in the log as in the history.
    ///
    /// - Parameters:
    ///   - draft: Where, and what.
    ///   - sender: Who says it.
    ///   - headers: What travels beside the event in the log.
    /// - Returns: The event as it stands in the log.
    /// - Throws: ``ChatError`` with one of the codes ``ChatError/Code/validation``, ``ChatError/Code/forbidden``,
    ///   ``ChatError/Code/rateLimitExceeded``, ``ChatError/Code/configuration``,
    ///   ``ChatError/Code/eventProductionFailed`` and ``ChatError/Code/cancelled``. After the last two the event may
    ///   be in the log nevertheless.
    public func send(
        _ draft: MessageDraft,
        from sender: UserID,
        headers: RecordHeaders = RecordHeaders()
    ) async throws(ChatError) -> EnrichedChatEvent {
        do throws(ChatError) {
            let event = try await self.accept(draft, from: sender, headers: headers)
            self.metrics.countAccepted()
            return event
        } catch {
            self.metrics.countRefused(error.code)
            throw error
        }
    }

    private func accept(
        _ draft: MessageDraft,
        from sender: UserID,
        headers: RecordHeaders
    ) async throws(ChatError) -> EnrichedChatEvent {
        try self.configuration.policy.validate(text: draft.text)
        try await self.demand(.send, by: sender, in: draft.scope)
        try await self.countSend(of: sender)
        let event = self.stamp(draft, from: sender)
        let position = try await self.produce(event, headers: headers)
        return EnrichedChatEvent(event: event, position: position)
    }

    private func countSend(of sender: UserID) async throws(ChatError) {
        guard self.configuration.sendThreshold > 0 else { return }
        let decision: RateLimitDecision
        do {
            decision = try await self.limiter.checkAndIncrement(
                RateLimitKey(userID: sender, endpoint: "SendMessage"),
                threshold: self.configuration.sendThreshold,
                window: self.configuration.sendWindow
            )
        } catch {
            guard error.code != .cancelled else { throw error }
            return try self.limiterFailed(error)
        }
        self.limiterAnswered()
        guard decision.isAllowed else { throw self.tooMany(decision) }
    }

    private func tooMany(_ decision: RateLimitDecision) -> ChatError {
        let limit =
            "at most \(self.configuration.sendThreshold) per \(self.configuration.sendWindow.components.seconds) s"
        let message = "Too many messages: \(limit). Try again in \(decision.resetsAfter.wholeSecondsRoundedUp) s."
        return ChatError(.rateLimitExceeded, message, retryAfter: decision.resetsAfter)
    }

    private func limiterFailed(_ error: ChatError) throws(ChatError) {
        guard self.configuration.failsOpen else {
            throw ChatError(.configuration, "The rate limit cannot be checked now; try again later.", cause: error)
        }
        // Anything else is about this one sender.
        guard error.code == .unavailable else {
            return self.logger.warning(
                "A sender's limit cannot be checked, message let through",
                metadata: ["error": "\(error)"]
            )
        }
        guard self.limiterChanged(toAway: true) else { return }
        self.logger.warning("Limits cannot be checked, messages are let through", metadata: ["error": "\(error)"])
    }

    private func limiterAnswered() {
        guard self.configuration.failsOpen, self.limiterChanged(toAway: false) else { return }
        self.logger.notice("Limits are checked again")
    }

    private func limiterChanged(toAway isAway: Bool) -> Bool {
        self.limiterIsAway.withLock { state in
            defer { state = isAway }
            return state != isAway
        }
    }

    private func stamp(_ draft: MessageDraft, from sender: UserID) -> ChatEvent {
        let stamp = self.stamper.withLock { stamper in
            stamper.machine.next(now: self.clock.now(), random: stamper.random.next())
        }
        return ChatEvent(
            messageID: stamp.messageID,
            scope: draft.scope,
            senderID: sender,
            text: draft.text,
            createdAt: stamp.createdAt,
            originPodID: self.podID
        )
    }

    private func produce(_ event: ChatEvent, headers: RecordHeaders) async throws(ChatError) -> LogPosition {
        do {
            let begin = self.clock.uptime()
            let position = try await self.producer.produce(event, headers: headers)
            self.metrics.noteProduced(in: self.clock.uptime() - begin)
            return position
        } catch {
            guard error.code != .cancelled && error.code != .eventProductionFailed else { throw error }
            throw ChatError(.eventProductionFailed, "The message could not be stored; try again.", cause: error)
        }
    }
}
