public import ChatifyCore
public import ChatifySignalR

/// One client's connection: bytes in, bytes out, and the scopes it is joined to.
///
/// Made by ``HubShard/connect(_:as:framing:)`` and confined to the shard's executor. The transport hands over what it
/// received with ``receive(_:)`` and says with ``transportClosed()`` that it is gone.
public final class HubConnection: HubReceiver {
    /// The connection's public id.
    public var id: ConnectionID { self.admission.connectionID }
    /// Who is connected.
    public var userID: UserID { self.admission.identity.userID }

    /// Where this connection lives.
    let shard: HubShard
    /// By what right it was opened.
    let admission: HubAdmission
    /// How the transport that is there wraps records.
    var framing: HubFraming
    /// What carries the bytes; `nil` once the connection has ended.
    var transport: (any HubTransport)?
    /// Decides what received bytes mean, and what time brings.
    var machine: HubConnectionStateMachine
    /// How messages are written; `nil` before the handshake.
    var encoding: HubEncoding?
    /// How records are kept that another transport may have to send again; `nil` without stateful reconnect.
    var keptEncoding: HubEncoding?
    /// What the client called and was not answered yet.
    var invocations: InvocationQueue
    /// Carries out the invocations, one after the other; `nil` if there are none.
    var runner: Task<Void, Never>?
    /// The scopes it is joined to; bounded by the setting.
    var memberships: [Membership] = []
    /// The streams that run, by the client's ids; bounded by the setting.
    var streams: [String: HubStream] = [:]
    /// What the client was asked by the server.
    var asked = ClientInvocations()
    /// Whether the transport is to hand over nothing, because the client is ahead of its answers.
    var isReadingPaused = false
    /// How many transports were let in besides the first, and which of them is in place; 0 for the first.
    var transports = (admitted: 0, attached: 0)
    /// The requests that wait meanwhile.
    var posts = PostQueue()
    /// Set once nothing more is received: what is at hand is answered, then the connection ends so.
    var ending: Ending?

    /// Opens a connection whose client is yet to shake hands.
    init(shard: HubShard, transport: any HubTransport, admission: HubAdmission, framing: HubFraming) {
        let configuration = shard.hub.configuration
        self.shard = shard
        self.admission = admission
        self.framing = framing
        self.transport = transport
        self.machine = HubConnectionStateMachine(
            protocols: configuration.protocols,
            limits: admission.transport.limits(configuration.limits),
            transferFormats: admission.transport.transferFormats.filter(framing.transferFormats.contains),
            reconnectLimits: admission.isStateful ? configuration.statefulReconnect : nil,
            now: shard.now
        )
        self.invocations = InvocationQueue(capacity: max(1, configuration.maximumWaitingInvocations))
    }

    /// What the bytes that the transport is given are: text unless the client chose a binary protocol.
    public var transferFormat: TransferFormat {
        (self.machine.hubProtocol ?? self.encoding?.hubProtocol)?.transferFormat ?? .text
    }

    /// Takes bytes of the client, in the order they came, split anywhere.
    public func receive(_ bytes: UnsafeRawBufferPointer) {
        // Once the connection is ending nothing more is taken, so nothing more is kept.
        guard self.transport != nil, self.ending == nil else { return }
        self.machine.receive(bytes, now: self.shard.hub.surroundings.now())
        self.pump()
    }

    /// Learns that all queued bytes have left, after ``HubTransport/notifyWhenDrained()``.
    public func transportDrained() { self.wakeStreams() }

    /// Learns that the transport is gone for good: nothing is sent any more.
    ///
    /// Idempotent.
    public func transportClosed() {
        guard self.transport != nil else { return }
        self.machine.transportClosed()
        self.finish { _ in }
    }
}

extension HubConnection {
    /// Carries out what the machine makes of the received bytes, as long as there is room for invocations.
    func pump() {
        while self.transport != nil, self.goesOn, !self.invocations.isFull, let action = self.machine.next() {
            self.perform(action)
        }
        self.adjustReading()
        // Something may have been acknowledged.
        if self.keptEncoding != nil { self.wakeStreams() }
    }

    private func adjustReading() {
        guard let transport = self.transport, self.isReadingPaused != self.invocations.isFull else { return }
        self.isReadingPaused.toggle()
        self.machine.readingPaused(self.isReadingPaused, now: self.shard.hub.surroundings.now())
        if self.isReadingPaused {
            transport.pauseReading()
        } else {
            transport.resumeReading()
            self.takeWaitingPosts()
        }
    }

    /// Lets time pass.
    func tick(now: ContinuousClock.Instant) {
        self.asked.expire(now: now)
        guard self.transport != nil, let action = self.machine.tick(now: now) else { return }
        self.perform(action)
    }

    private func perform(_ action: HubConnectionStateMachine.Action) {
        switch action {
        case .send(let record): self.write(self.frame(record))
        case .opened: self.opened()
        case .ping: self.shard.note(.heartbeat, of: self.presence)
        case .message(let message): self.take(message)
        case .close(_, .clientTimeout): self.finish { $0.abort() }
        case .close(let record, _): self.end(with: record)
        }
    }

    private func opened() {
        guard let hubProtocol = self.machine.hubProtocol else { return }
        self.encoding = self.shard.hub.encodings.encoding(of: hubProtocol, framing: self.framing)
        if self.machine.isStateful {
            self.keptEncoding = self.shard.hub.encodings.encoding(of: hubProtocol, framing: .none)
        }
        self.shard.note(.online, of: self.presence)
    }

    /// How many received bytes wait to be understood.
    package var bufferedCount: Int { self.machine.bufferedCount }

    /// This connection as the presence service knows it.
    var presence: PresentConnection {
        PresentConnection(userID: self.userID, connectionID: self.id, podID: self.shard.hub.podID)
    }
}
