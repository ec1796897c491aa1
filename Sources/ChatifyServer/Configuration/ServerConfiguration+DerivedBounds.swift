internal import ChatifyHub
internal import ChatifySignalR
internal import ChatifyWire

extension ServerConfiguration {
    /// The same settings, with the bounds that follow from them and are not set by themselves.
    func withDerivedBounds() -> ServerConfiguration {
        var configuration = self
        // The hub bounds its records; frames and messages are only their wrapping, and are streamed.
        configuration.server.webSocket.maxFrameBytes = 1 << 40
        configuration.server.webSocket.maxMessageBytes = 1 << 40
        // A ping that is due waits for the next tick, which must not make it late by much.
        let shortest = min(self.hub.limits.keepAlive, self.hub.limits.clientTimeout)
        configuration.server.tickInterval = max(.milliseconds(100), min(.seconds(1), shortest / 4))
        // Connections that poll have no sockets of their own, which are bounded where they are accepted.
        configuration.hub.maximumConnections = self.server.maxConnections
        // One bound for what a client has not read, wherever it waits.
        let outbound = self.server.maxOutboundBytesPerConnection
        configuration.hub.longPolling.maximumBufferedBytes = outbound
        configuration.hub.statefulReconnect.maximumQueuedBytes = outbound
        configuration.hub.maximumQueuedBytesForEphemeral = outbound / 2
        // A client that catches up has room for what is said meanwhile.
        configuration.hub.resume.maximumBytes = outbound / 2
        return configuration
    }
}
