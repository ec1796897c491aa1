/// A transport of SignalR: how a connection's bytes travel (signalr.md §4).
public struct HubTransportKind: Hashable, Sendable {
    /// The name that negotiation gives it.
    public let name: String

    /// A WebSocket, both ways.
    public static let webSockets = HubTransportKind(named: "WebSockets")
    /// Server-sent events to the client, which sends by requests.
    public static let serverSentEvents = HubTransportKind(named: "ServerSentEvents")
    /// Requests both ways: a poll waits until there is something for the client.
    public static let longPolling = HubTransportKind(named: "LongPolling")

    /// All of them, in the order in which clients should try them.
    public static let all: [HubTransportKind] = [.webSockets, .serverSentEvents, .longPolling]

    private init(named name: String) { self.name = name }

    /// The transport of that name, in any letter case; `nil` if there is none.
    public init?(name: String) {
        guard let known = Self.all.first(where: { $0.name.equalsIgnoringASCIICase(name) }) else { return nil }
        self = known
    }

    /// What it can carry.
    ///
    /// Text comes first, because a stock client takes the first format of a transport as its protocol.
    public var transferFormats: [TransferFormat] { self == .serverSentEvents ? [.text] : [.text, .binary] }
}
