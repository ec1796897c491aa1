public import ChatifyCore
internal import ChatifySignalR

/// One client's connection: bytes in, bytes out, and the scopes it is joined to.
///
/// Made by ``HubShard/connect(_:as:framing:)`` and confined to the shard's executor. The transport hands over what it
/// received with ``receive(_:)`` and says with ``transportClosed()`` that it is gone.
public final class HubConnection {
    /// The connection's public id.
    public let id: ConnectionID
    /// Who is connected.
    public let userID: UserID

    let shard: HubShard
    private let admission: HubAdmission
    private let framing: HubFraming
    private var transport: (any HubTransport)?
    private var machine: HubConnectionStateMachine
    private var encoding: HubEncoding?
    private var invocations: InvocationQueue
    private var runner: Task<Void, Never>?
    private var memberships: [Membership] = []
    private var isReadingPaused = false
    private(set) var isDraining = false

    init(shard: HubShard, transport: any HubTransport, admission: HubAdmission, framing: HubFraming) {
        let configuration = shard.hub.configuration
        self.id = admission.connectionID
        self.userID = admission.identity.userID
        self.shard = shard
        self.admission = admission
        self.framing = framing
        self.transport = transport
        self.machine = HubConnectionStateMachine(
            protocols: shard.hub.protocols,
            limits: configuration.limits,
            now: shard.now
        )
        self.invocations = InvocationQueue(capacity: configuration.maximumWaitingInvocations)
    }

    /// Takes bytes of the client, in the order they came, split anywhere.
    public func receive(_ bytes: UnsafeRawBufferPointer) {
        guard self.transport != nil else { return }
        self.machine.receive(bytes, now: .now)
        self.pump()
    }

    /// Learns that the transport is gone; nothing is sent any more. Idempotent.
    public func transportClosed() {
        guard self.transport != nil else { return }
        self.machine.transportClosed()
        self.finish(sending: nil)
    }
}

// MARK: - What the state machine decides

extension HubConnection {
    /// Carries out what the machine makes of the received bytes, as long as there is room for invocations.
    private func pump() {
        while self.transport != nil, !self.isDraining, !self.invocations.isFull, let action = self.machine.next() {
            self.perform(action)
        }
        self.adjustReading()
    }

    private func adjustReading() {
        guard let transport = self.transport, self.isReadingPaused != self.invocations.isFull else { return }
        self.isReadingPaused.toggle()
        if self.isReadingPaused { transport.pauseReading() } else { transport.resumeReading() }
    }

    func tick(now: ContinuousClock.Instant) {
        while self.transport != nil, let action = self.machine.tick(now: now) { self.perform(action) }
    }

    private func perform(_ action: HubConnectionStateMachine.Action) {
        switch action {
        case .send(let record): self.write(self.framing.frame(record))
        case .opened(let hubProtocol): self.opened(hubProtocol)
        case .ping: self.shard.note(.heartbeat, of: self.presence)
        case .message(let message): self.take(message)
        case .close(let record, _): self.finish(sending: record)
        }
    }

    private func opened(_ hubProtocol: any HubProtocol) {
        self.encoding = self.shard.hub.encodings.encoding(of: hubProtocol, framing: self.framing)
        self.shard.note(.online, of: self.presence)
    }

    private var presence: PresentConnection {
        PresentConnection(userID: self.userID, connectionID: self.id, podID: self.shard.hub.podID)
    }
}

// MARK: - Sending

extension HubConnection {
    /// Pushes an event that was encoded for all encodings.
    func push(_ item: Broadcast.Item) {
        guard let encoding = self.encoding else { return }
        self.write(item.record(in: encoding))
    }

    private func send(_ message: HubMessage) {
        guard let encoding = self.encoding else { return }
        self.write(self.framing.frame(encoding.hubProtocol.encode(message)))
    }

    private func write(_ bytes: [UInt8]) {
        guard let transport = self.transport else { return }
        if transport.write(bytes) {
            self.machine.sent(now: self.shard.now)
        } else {
            self.shed()
        }
    }

    /// Closes a client that does not keep up; it may come back and catch up (design §4).
    private func shed() {
        self.shard.hub.logger.debug("Slow consumer closed", metadata: ["connection": "\(self.id)"])
        self.close(error: "The client does not keep up with its messages.", allowReconnect: true)
    }

    private func close(error: String?, allowReconnect: Bool) {
        guard self.transport != nil else { return }
        self.finish(sending: self.machine.close(error: error, allowReconnect: allowReconnect))
    }

    /// Ends the connection: the last record goes out, scopes are left, the invocation at hand is cancelled.
    private func finish(sending record: [UInt8]?) {
        guard let transport = self.transport else { return }
        self.transport = nil
        self.runner?.cancel()
        for membership in self.memberships {
            membership.members.remove(at: membership.place)
            self.shard.left(membership.members)
        }
        self.memberships.removeAll()
        if self.encoding != nil { self.shard.note(.offline, of: self.presence) }
        self.shard.closed(self)
        self.shard.hub.release(self.admission)
        transport.close(sending: record.map(self.framing.frame))
    }
}

// MARK: - Invocations, one at a time in the order they came

extension HubConnection {
    private func take(_ message: HubMessage) {
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
        while let invocation = next, self.transport != nil {
            self.answer(invocation, await self.outcome(of: invocation))
            next = self.invocations.finished()
            self.pump()
        }
        self.runner = nil
        self.closeIfDrained()
    }

    private func answer(_ invocation: HubInvocation, _ outcome: HubCompletion.Outcome) {
        // Without an id the client wants no answer, not even of an error (signalr.md §6).
        guard let id = invocation.id else { return }
        self.send(.completion(HubCompletion(id: id, outcome: outcome)))
    }

    private func outcome(of invocation: HubInvocation) async -> HubCompletion.Outcome {
        do {
            return try await self.perform(try HubCall(invocation))
        } catch let error as HubBindingError {
            return .error(HubErrorText.describe(error, target: invocation.target))
        } catch let error as ChatError {
            self.log(error, target: invocation.target)
            return .error(HubErrorText.describe(error, target: invocation.target))
        } catch {
            return .error(HubErrorText.failed(invocation.target, message: nil))
        }
    }

    private func log(_ error: ChatError, target: String) {
        guard error.code != .validation, error.code != .rateLimitExceeded, error.code != .forbidden else { return }
        self.shard.hub.logger.warning(
            "Hub invocation failed",
            metadata: ["method": "\(target)", "connection": "\(self.id)", "error": "\(error)", "cause": "\(error.cause as Any)"]
        )
    }
}

// MARK: - Draining

extension HubConnection {
    /// Takes no more invocations, answers those at hand, then closes with a request to reconnect.
    func drain() {
        self.isDraining = true
        self.closeIfDrained()
    }

    private func closeIfDrained() {
        guard self.isDraining, self.runner == nil else { return }
        self.close(error: nil, allowReconnect: true)
    }
}

// MARK: - Scopes

extension HubConnection {
    /// A scope this connection is joined to, and its place among the scope's members.
    struct Membership {
        let members: ScopeMembers
        var place: Int
    }

    func moved(to place: Int, in members: ScopeMembers) {
        guard let index = self.memberships.firstIndex(where: { $0.members === members }) else { return }
        self.memberships[index].place = place
    }

    func isMember(of scope: ChatScope) -> Bool {
        self.memberships.contains { $0.members.scope == scope }
    }

    /// Joins a scope; joining twice is one membership.
    func join(_ scope: ChatScope) throws(ChatError) {
        guard self.transport != nil, !self.isMember(of: scope) else { return }
        let limit = self.shard.hub.configuration.maximumScopesPerConnection
        guard self.memberships.count < limit else {
            throw ChatError(.validation, "A connection may be joined to at most \(limit) scopes.")
        }
        let members = self.shard.members(of: scope)
        self.memberships.append(Membership(members: members, place: members.add(self)))
    }

    /// Leaves a scope; leaving one that was not joined is no error.
    func leave(_ scope: ChatScope) {
        guard let index = self.memberships.firstIndex(where: { $0.members.scope == scope }) else { return }
        let membership = self.memberships.remove(at: index)
        membership.members.remove(at: membership.place)
        self.shard.left(membership.members)
    }
}
