internal import ChatifyCore
internal import ChatifySignalR

/// A client of the hub, as a program that uses a stock SignalR client behaves: it connects, joins, says things, comes
/// back after every loss, and checks all that it is told.
final class Client: @unchecked Sendable {
    enum Phase {
        case away, connecting, shakingHands, live
    }

    let name: String
    let world: World
    /// What it joins on every connection.
    let wanted: [WantedScope]
    private(set) var phase = Phase.away
    private(set) var socket: Socket?
    /// By scope, what the connection at hand was promised.
    var subscriptions: [ChatScope: Subscription] = [:]
    /// By invocation, what waits for an answer.
    var calls: [String: Call] = [:]
    /// By scope, the last event seen on any connection.
    var positions: [ChatScope: Int64] = [:]
    /// By scope, the last message that was acknowledged on the connection at hand.
    var sent: [ChatScope: (position: LogPosition, cursor: HistoryCursor)] = [:]
    var callCount = 0
    private var received: [UInt8] = []
    private var lastReceived: Duration = .zero
    private var lastSent: Duration = .zero
    private var attempt = 0

    init(name: String, world: World, wanted: [WantedScope]) {
        self.name = name
        self.world = world
        self.wanted = wanted
    }

    /// Begins to live: to connect, to tick, to talk.
    func start() {
        self.reconnect()
        self.tick()
        self.talk()
    }

    /// Whether it is connected and joined to all that it wants.
    var isSettled: Bool {
        self.phase == .live && self.calls.isEmpty && self.subscriptions.values.allSatisfy(\.isAnswered)
    }

    private func reconnect() {
        self.attempt += 1
        let longest = self.world.isTroubled ? min(4, self.attempt) : 1
        self.world.scheduler.after(self.world.random.duration(upTo: .seconds(longest))) { self.connect() }
    }

    private func connect() {
        guard self.phase == .away else { return }
        let pods = self.world.pods.filter { $0.state == .running }
        guard !pods.isEmpty else { return self.reconnect() }
        let socket = Socket(world: self.world, pod: self.world.random.pick(pods), client: self)
        self.socket = socket
        self.phase = .connecting
        self.lastReceived = self.world.scheduler.now
        socket.connect()
    }

    /// Learns that the connection is there.
    func opened(_ socket: Socket) {
        guard socket === self.socket, self.phase == .connecting else { return }
        self.phase = .shakingHands
        self.write(Array(#"{"protocol":"json","version":1}"#.utf8) + [0x1E])
    }

    /// Learns that a connection is gone, and comes back with another.
    func lost(_ socket: Socket) {
        guard socket === self.socket else { return }
        self.world.trace("\(self.name) lost its connection to \(socket.pod.podID)")
        socket.drop(isSilently: false)
        self.socket = nil
        self.phase = .away
        self.received = []
        self.subscriptions = [:]
        self.calls = [:]
        self.sent = [:]
        self.reconnect()
    }

    /// Leaves; with `isSilently` the pod is not told.
    func leave(isSilently: Bool) {
        guard let socket = self.socket else { return }
        socket.drop(isSilently: isSilently)
        self.lost(socket)
    }

    func write(_ bytes: [UInt8]) {
        self.lastSent = self.world.scheduler.now
        self.socket?.send(bytes)
    }

    /// Takes bytes of the server, cut anywhere.
    func received(_ bytes: [UInt8], on socket: Socket) {
        guard socket === self.socket else { return }
        self.lastReceived = self.world.scheduler.now
        self.received += bytes
        while let end = self.received.firstIndex(of: 0x1E) {
            let record = Array(self.received[..<end])
            self.received.removeSubrange(...end)
            self.take(record, on: socket)
            guard socket === self.socket else { return }
        }
    }

    private func take(_ record: [UInt8], on socket: Socket) {
        switch self.phase {
        case .away, .connecting:
            self.world.violate("nothing comes before the handshake", String(decoding: record, as: UTF8.self))
        case .shakingHands:
            guard record == Array("{}".utf8) else { return self.leave(isSilently: false) }
            self.phase = .live
            self.attempt = 0
            self.world.trace("\(self.name) is connected to \(socket.pod.podID)")
            self.joinAll()
        case .live:
            guard let message = try? JSONHubProtocol().decode(record) else {
                return self.world.violate("records are well formed", String(decoding: record, as: UTF8.self))
            }
            self.take(message, on: socket)
        }
    }

    private func tick() {
        self.world.scheduler.after(.seconds(1)) {
            self.tick()
            guard let socket = self.socket else { return }
            let patience: Duration = self.phase == .live ? .seconds(30) : .seconds(6)
            if self.world.scheduler.now - self.lastReceived >= patience, !socket.isStalled {
                self.leave(isSilently: self.world.isTroubled && self.world.random.percent(30))
            } else if self.phase == .live, self.world.scheduler.now - self.lastSent >= .seconds(14) {
                self.write(JSONHubProtocol().encode(.ping))
            }
        }
    }
}

/// Something a client joins: a scope, or with no type all scopes of that id that it may join.
struct WantedScope {
    let id: ScopeID
    let type: ScopeType?

    /// The scopes that are joined, for a user who may join `isParticipant`.
    func scopes(isParticipant: Bool) -> [ChatScope] {
        let all = self.type.map { [ChatScope(type: $0, id: self.id)] } ?? [.channel(self.id), .directMessage(self.id)]
        return all.filter { $0.type == .channel || isParticipant }
    }
}
