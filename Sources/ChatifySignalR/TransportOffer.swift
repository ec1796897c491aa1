/// A transport that negotiation offers, with what it is to carry.
public struct TransportOffer: Hashable, Sendable {
    let transport: HubTransportKind
    let transferFormats: [TransferFormat]

    /// What a hub with these transports offers for protocols that need these formats, in the order in which clients should
    /// try it.
    ///
    /// A transport that carries none of the formats is left out.
    public static func all(
        of transports: Set<HubTransportKind>,
        carrying formats: [TransferFormat]
    ) -> [TransportOffer] {
        HubTransportKind.all.filter(transports.contains)
            .map { TransportOffer(transport: $0, transferFormats: $0.transferFormats.filter(formats.contains)) }
            .filter { !$0.transferFormats.isEmpty }
    }
}
