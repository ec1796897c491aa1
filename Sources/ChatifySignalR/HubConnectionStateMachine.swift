/// Decides what a server does on one hub connection, from the handshake to the end; does nothing itself.
///
/// The shell hands in every byte and then pulls ``next()`` until it answers nil; it may stop pulling for back-pressure,
/// and should not hand in more bytes meanwhile. It calls ``tick(now:)`` about once a second and ``sent(now:)`` after
/// whatever it sends. Time never comes from anywhere but the arguments.
public struct HubConnectionStateMachine: Sendable {
    /// What the shell is to do.
    public enum Action: Hashable, Sendable {
        /// Send these bytes, one or more whole records.
        case send([UInt8])
        /// The handshake is done and answered: messages may be sent from now on.
        case opened
        /// The client sent a message that concerns the hub; never a ping, close, ack, sequence or unknown message.
        case message(HubMessage)
        /// The client pinged; nothing is to be answered.
        case ping
        /// Send the bytes, if any, and close the transport; this comes at most once and nothing comes after it.
        case close(sending: [UInt8]?, reason: CloseReason)
    }

    /// Where a connection stands.
    enum State {
        /// Initially, until the client's first record or the deadline.
        case awaitingHandshake(deadline: ContinuousClock.Instant)
        /// The handshake was answered, the shell was not told yet that the connection is open.
        case opening(any HubProtocol)
        /// From then on until either side closes.
        case open(any HubProtocol)
        /// After a close action, ``close(error:allowReconnect:)`` or ``transportClosed()``.
        case closed
    }

    let protocols: [any HubProtocol]
    let transferFormats: [TransferFormat]
    let limits: HubLimits
    /// What the client may ask for by its handshake; `nil` if it did not when it negotiated.
    var reconnectLimits: StatefulReconnectLimits? { self.rareReconnectLimits.value }
    var reconnect: StatefulReconnect? {
        get { self.rareReconnect.value }
        _modify { yield &self.rareReconnect.value }
    }
    private let rareReconnectLimits: Rarely<StatefulReconnectLimits>
    private var rareReconnect = Rarely<StatefulReconnect>()
    var state: State
    var splitter: RecordSplitter
    var lastSent: ContinuousClock.Instant
    var lastReceived: ContinuousClock.Instant
    /// Whether the client ever pinged: some never do, and those must not be timed out.
    var clientPings = false
    var isReadingPaused = false

    /// Starts a connection whose transport is just there.
    ///
    /// - Parameters:
    ///   - protocols: What the client may choose from.
    ///   - transferFormats: What the transport can carry.
    ///   - reconnectLimits: Given if stateful reconnect was agreed on when the client negotiated.
    public init(
        protocols: [any HubProtocol],
        limits: HubLimits = HubLimits(),
        transferFormats: [TransferFormat] = [.text, .binary],
        reconnectLimits: StatefulReconnectLimits? = nil,
        now: ContinuousClock.Instant
    ) {
        self.protocols = protocols
        self.transferFormats = transferFormats
        self.limits = limits
        self.rareReconnectLimits = Rarely(reconnectLimits)
        self.state = .awaitingHandshake(deadline: now + limits.handshakeTimeout)
        self.splitter = RecordSplitter(limit: limits.maximumReceiveMessageSize, framing: .handshake)
        self.lastSent = now
        self.lastReceived = now
    }

    /// The protocol that the handshake settled, nil before it and after the end.
    public var hubProtocol: (any HubProtocol)? {
        switch self.state {
        case .opening(let hubProtocol), .open(let hubProtocol): hubProtocol
        case .awaitingHandshake, .closed: nil
        }
    }

    /// Whether the connection is over.
    public var isClosed: Bool {
        switch self.state {
        case .closed: true
        case .awaitingHandshake, .opening, .open: false
        }
    }

    /// How many received bytes wait to be pulled or completed.
    package var bufferedCount: Int { self.splitter.bufferedCount }

    /// Ends the connection from the server's side.
    ///
    /// - Parameters:
    ///   - error: What to tell the client, nil if nothing is wrong.
    ///   - allowReconnect: Whether the client shall reconnect by itself, as when the server restarts.
    /// - Returns: The last record to send, nil if the client must not get one: before the handshake or after the end.
    public mutating func close(error: String?, allowReconnect: Bool) -> [UInt8]? {
        let hubProtocol = self.hubProtocol
        self.end()
        return hubProtocol?.encode(.close(HubClose(error: error, allowReconnect: allowReconnect)))
    }

    /// Takes note that the transport is gone; nothing comes after this.
    public mutating func transportClosed() { self.end() }

    /// Forgets everything but that the connection is over.
    mutating func end() {
        self.state = .closed
        self.reconnect = nil
        self.splitter.removeAll()
    }
}
