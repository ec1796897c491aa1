/// A transport of SignalR: how a connection's bytes travel (signalr.md §4).
public struct HubTransportKind: Hashable, Sendable {
    // One byte, because each connection keeps it.
    private enum Kind {
        case webSockets, serverSentEvents, longPolling
    }

    /// A WebSocket, both ways.
    public static let webSockets = HubTransportKind(.webSockets)
    /// Server-sent events to the client, which sends by requests.
    public static let serverSentEvents = HubTransportKind(.serverSentEvents)
    /// Requests both ways: a poll waits until there is something for the client.
    public static let longPolling = HubTransportKind(.longPolling)

    /// All of them, in the order in which clients should try them.
    public static let all: [HubTransportKind] = [.webSockets, .serverSentEvents, .longPolling]

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// The transport of that name, in any letter case; `nil` if there is none.
    public init?(name: String) {
        guard let known = Self.all.first(where: { $0.name.equalsIgnoringASCIICase(name) }) else { return nil }
        self = known
    }

    /// The name that negotiation gives it.
    public var name: String {
        switch self.kind {
        case .webSockets: "WebSockets"
        case .serverSentEvents: "ServerSentEvents"
        case .longPolling: "LongPolling"
        }
    }

    /// What it can carry.
    ///
    /// Text comes first, because a stock client takes the first format of a transport as its protocol.
    public var transferFormats: [TransferFormat] { self == .serverSentEvents ? [.text] : [.text, .binary] }
}
