internal import ChatifyCore
internal import ChatifySignalR

/// The connections of one executor, and who of them is joined to which scope.
///
/// Made by ``ChatHub/makeShard(on:)``. Belongs to its executor: every call must be made there, and so are the calls
/// to the transports.
public final class HubShard {
    /// The hub it is a part of.
    let hub: ChatHub
    /// Where it lives.
    let executor: any HubExecutor
    /// The place in the hub's list of shards; set once, by the hub.
    var index = 0
    /// The transports of the connections that poll.
    var polled: [ConnectionID: LongPollingTransport] = [:]
    /// The connections that are open.
    private(set) var connections: [ConnectionID: HubConnection] = [:]
    private var scopes: [ChatScope: ScopeMembers] = [:]
    /// The time of what happened last, a tick, a delivery or an opening: near enough for what was sent.
    private(set) var now: ContinuousClock.Instant
    /// Per partition the offset of the record that comes next: all before it were delivered here, none behind it.
    private(set) var standing: [Int32: Int64]
    /// The connections that wait for what is yet to be delivered here.
    var readWaiters = ReadWaiters()
    /// Whom its connections watch.
    var watch = PresenceWatch() {
        didSet { self.hub.watchers(on: self, areThere: !self.watch.isEmpty) }
    }
    private var outbox = PresenceOutbox()
    private var presenceTask: Task<Void, Never>?
    /// Whether no connection may wait for another transport any more.
    private(set) var isEnding = false

    /// Makes a shard without connections, which is given what comes from `standing` on.
    init(hub: ChatHub, executor: any HubExecutor, standing: [Int32: Int64]) {
        self.hub = hub
        self.executor = executor
        self.standing = standing
        self.now = hub.surroundings.now()
    }

    /// The connections of this shard.
    public var connectionCount: Int { self.connections.count }

    /// Takes a transport that was just opened, and returns what to hand its bytes to: a new connection, or the way to the one
    /// whose client has come back with this transport.
    ///
    /// - Parameters:
    ///   - transport: Where the connection writes to; held until the connection is closed or has got another.
    ///   - admission: What ``ChatHub/attach(token:bearerToken:claimedUser:)`` granted.
    ///   - framing: How the transport wraps records.
    public func open(
        _ transport: any HubTransport,
        as admission: HubAdmission,
        framing: HubFraming
    ) -> any HubReceiver {
        guard let reattachment = admission.reattachment else {
            return self.connect(transport, as: admission, framing: framing)
        }
        let socket = RelayedSocket(transport, executor: self.executor)
        let limit = self.hub.configuration.statefulReconnect.maximumQueuedBytes
        socket.attach(to: admission.connectionID, reattachment, framing: framing, maximumQueuedBytes: limit)
        return socket
    }

    /// Takes a transport that was just opened, and returns the connection to hand its bytes to.
    ///
    /// Only for a hub that agrees on stateful reconnect with nobody; ``open(_:as:framing:)`` serves all.
    ///
    /// - Parameters:
    ///   - transport: Where the connection writes to; held until the connection is closed.
    ///   - admission: What ``ChatHub/attach(token:bearerToken:claimedUser:)`` granted.
    ///   - framing: How the transport wraps records.
    public func connect(_ transport: any HubTransport, as admission: HubAdmission, framing: HubFraming) -> HubConnection
    {
        precondition(admission.reattachment == nil, "a transport of an open connection goes to open(_:as:framing:)")
        self.now = self.hub.surroundings.now()
        let connection = HubConnection(shard: self, transport: transport, admission: admission, framing: framing)
        self.connections[connection.id] = connection
        if admission.isStateful { self.hub.registry.withLock { $0.settle(token: admission.token, on: self.index) } }
        self.hub.metrics.sessionOpened()
        return connection
    }

    /// Lets time pass: sends keep-alive pings that are due and closes connections that timed out.
    ///
    /// Call it about once a second.
    /// - Parameter now: The time; only tests give another than the present.
    public func tick(now: ContinuousClock.Instant? = nil) {
        self.now = now ?? self.hub.surroundings.now()
        for connection in Array(self.connections.values) { connection.tick(now: self.now) }
        for transport in Array(self.polled.values) { transport.tick(now: self.now) }
        self.readWaiters.expire(now: self.now)
        self.hub.pollPresence(at: self.now)
    }

    /// Asks up to `count` connections to go elsewhere: what they sent is answered, then each gets a close record with
    /// `allowReconnect` and is closed.
    /// - Returns: How many connections have not been asked yet.
    public func drain(atMost count: Int) -> Int {
        let waiting = self.connections.values.filter { $0.ending == nil }
        for connection in waiting.prefix(count) { connection.drain() }
        return max(0, waiting.count - count)
    }

    /// The bytes that wait for the next polls of their clients.
    public var unpolledBytes: Int { self.polled.values.reduce(0) { $0 + $1.bufferedBytes } }

    /// Ends the connections that poll or wait for another transport, which no closing socket ends; call it when the server has
    /// closed its sockets.
    public func endPolling() {
        self.isEnding = true
        for connection in Array(self.connections.values) where connection.transport is DetachedTransport {
            connection.transportClosed()
        }
        for transport in Array(self.polled.values) { transport.delete() }
    }

    /// Queues a batch on the connections that are joined to its scopes.
    func deliver(_ broadcast: Broadcast) {
        self.now = self.hub.surroundings.now()
        var deliveries = 0
        for item in broadcast.items {
            guard let members = self.scopes[item.scope] else { continue }
            // A connection that is shed leaves the list while it is walked: walk a copy, which is only a reference.
            for connection in members.connections {
                if connection.push(item) { deliveries += item.events.count }
            }
        }
        self.standing.merge(broadcast.ends) { $1 }
        self.readWaiters.reached(self.standing)
        guard deliveries > 0 else { return }
        self.hub.metrics.countDelivered(
            deliveries,
            createdSince: broadcast.oldest,
            now: self.hub.chat.clock.now()
        )
    }

    /// Its connections that are joined to a scope, perhaps none yet.
    func members(of scope: ChatScope) -> ScopeMembers {
        if let members = self.scopes[scope] { return members }
        let members = ScopeMembers(scope: scope)
        self.scopes[scope] = members
        return members
    }

    /// Forgets a scope that the last of its connections has left.
    func left(_ members: ScopeMembers) {
        if members.connections.isEmpty { self.scopes[members.scope] = nil }
    }

    /// The open connection of that id.
    func connection(_ id: ConnectionID) -> HubConnection? { self.connections[id] }

    /// Forgets a connection that has ended.
    func closed(_ connection: HubConnection) {
        guard self.connections.removeValue(forKey: connection.id) != nil else { return }
        self.readWaiters.abandon(connection.id)
        self.hub.metrics.sessionClosed()
    }
}

extension HubShard {
    /// Notes a sign of life and starts to report it, unless that is under way.
    func note(_ change: PresenceOutbox.Change, of connection: PresentConnection) {
        self.outbox.note(change, of: connection)
        guard self.presenceTask == nil else { return }
        let confined = Confined(self, to: self.executor)
        self.presenceTask = Task(executorPreference: self.executor) { await confined.value.reportPresence() }
    }

    /// Returns when nothing is left to report.
    func presenceIsReported() async { await self.presenceTask?.value }

    private func reportPresence() async {
        while true {
            let commands = self.outbox.takeAll()
            guard !commands.isEmpty else { break }
            for command in commands {
                let transitions = await self.hub.presence.report(command)
                if !transitions.isEmpty { await self.hub.presenceChanged(transitions) }
            }
        }
        self.presenceTask = nil
    }
}
