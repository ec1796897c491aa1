/// A transport that negotiation offers, with what it can carry.
public struct TransportOffer: Hashable, Sendable {
    let name: String
    let transferFormats: [TransferFormat]

    /// WebSockets.
    public static func webSockets(_ formats: TransferFormat...) -> TransportOffer {
        TransportOffer(name: "WebSockets", transferFormats: formats)
    }

    /// Server-sent events, which carry text alone.
    public static let serverSentEvents = TransportOffer(name: "ServerSentEvents", transferFormats: [.text])

    /// Long polling.
    public static func longPolling(_ formats: TransferFormat...) -> TransportOffer {
        TransportOffer(name: "LongPolling", transferFormats: formats)
    }
}
