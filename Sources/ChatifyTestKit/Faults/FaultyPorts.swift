public import ChatifyCore

/// A limiter whose calls fail, before or after they were counted, and are delayed.
public struct FaultyRateLimiter: RateLimiter {
    private let base: any RateLimiter
    private let faults: FaultSource

    /// Wraps a limiter.
    public init(_ base: any RateLimiter, faults: FaultSource) {
        self.base = base
        self.faults = faults
    }

    /// Counts a call, unless the plan has it otherwise; never twice, which the contract does not allow.
    public func checkAndIncrement(
        _ key: RateLimitKey,
        windows: [RateLimitWindow]
    ) async throws(ChatError) -> RateLimitDecision {
        try await self.faults.call { () async throws(ChatError) in
            try await self.base.checkAndIncrement(key, windows: windows)
        }
    }
}

/// A sink whose calls fail, before or after the letter was kept, are delayed, and keep it twice.
public struct FaultyDeadLetterSink: DeadLetterSink {
    private let base: any DeadLetterSink
    private let faults: FaultSource

    /// Wraps a sink.
    public init(_ base: any DeadLetterSink, faults: FaultSource) {
        self.base = base
        self.faults = faults
    }

    /// Keeps a letter, unless the plan has it otherwise.
    public func send(_ letter: DeadLetter) async throws(ChatError) {
        try await self.faults.call(mayRepeat: true) { () async throws(ChatError) in try await self.base.send(letter) }
    }
}

/// A source of past events whose calls fail and are delayed.
public struct FaultyReplaySource: ReplaySource {
    private let base: any ReplaySource
    private let faults: FaultSource

    /// Wraps a source.
    public init(_ base: any ReplaySource, faults: FaultSource) {
        self.base = base
        self.faults = faults
    }

    /// Finds events, unless the plan has it otherwise.
    public func events(
        in scopes: [ChatScope],
        partition: Int32,
        offsets: Range<Int64>,
        limit: Int
    ) async throws(ChatError) -> [EnrichedChatEvent]? {
        try await self.faults.call { () async throws(ChatError) in
            try await self.base.events(in: scopes, partition: partition, offsets: offsets, limit: limit)
        }
    }
}

/// An authorizer whose calls fail and are delayed.
public struct FaultyScopeAuthorizer: ScopeAuthorizer {
    private let base: any ScopeAuthorizer
    private let faults: FaultSource

    /// Wraps an authorizer.
    public init(_ base: any ScopeAuthorizer, faults: FaultSource) {
        self.base = base
        self.faults = faults
    }

    /// Answers, unless the plan has it otherwise.
    public func isAllowed(
        _ action: ScopeAction,
        by user: UserID,
        in scope: ChatScope
    ) async throws(ChatError) -> Bool {
        try await self.faults.call { () async throws(ChatError) in
            try await self.base.isAllowed(action, by: user, in: scope)
        }
    }
}

/// An authenticator whose calls fail and are delayed.
public struct FaultyAuthenticator: Authenticator {
    private let base: any Authenticator
    private let faults: FaultSource

    /// Wraps an authenticator.
    public init(_ base: any Authenticator, faults: FaultSource) {
        self.base = base
        self.faults = faults
    }

    /// Answers, unless the plan has it otherwise.
    public func authenticate(_ credentials: Credentials) async throws(ChatError) -> Identity {
        try await self.faults.call { () async throws(ChatError) in try await self.base.authenticate(credentials) }
    }
}
