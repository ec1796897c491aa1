/// A transport that negotiation offers, with what it can carry.
public struct TransportOffer: Hashable, Sendable {
    let name: String
    let transferFormats: [TransferFormat]

    /// All transports, in the order in which clients should try them, for protocols that need these formats.
    ///
    /// Text comes first, because a stock client takes the first format of a transport as its protocol; a transport that
    /// carries none of the formats is left out.
    public static func all(carrying formats: [TransferFormat]) -> [TransportOffer] {
        let formats = [TransferFormat.text, .binary].filter(formats.contains)
        let offers = [
            TransportOffer(name: "WebSockets", transferFormats: formats),
            TransportOffer(name: "ServerSentEvents", transferFormats: formats.filter { $0 == .text }),
            TransportOffer(name: "LongPolling", transferFormats: formats),
        ]
        return offers.filter { !$0.transferFormats.isEmpty }
    }

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
