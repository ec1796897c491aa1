internal import ChatifyCore
internal import ChatifySignalR

/// A hub protocol together with a framing, shared by all connections that use it: what their bytes look like.
final class HubEncoding: Sendable {
    /// The place in the hub's list of encodings.
    let index: Int
    let hubProtocol: any HubProtocol
    let framing: HubFraming

    init(index: Int, hubProtocol: any HubProtocol, framing: HubFraming) {
        self.index = index
        self.hubProtocol = hubProtocol
        self.framing = framing
    }

    /// Writes the invocation of `ReceiveMessage` that pushes an event (contracts §4).
    func encode(_ event: EnrichedChatEvent) -> [UInt8] {
        let argument = HubValue.encoded(ChatEventCodec.encodePushed(event))
        let invocation = HubInvocation(target: "ReceiveMessage", arguments: [argument])
        return self.framing.frame(self.hubProtocol.encode(.invocation(invocation)))
    }
}
