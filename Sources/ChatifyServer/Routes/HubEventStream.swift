internal import ChatifyHub
internal import ChatifySignalR
internal import ChatifyWire

/// Joins an HTTP answer that goes on to a hub connection: records go out as server-sent events (signalr.md §4).
final class HubEventStream: HTTPStreamHandler, HubTransport {
    private let stream: HTTPResponseStream
    private var connection: HubConnection?

    init(stream: HTTPResponseStream, shard: HubShard, admission: HubAdmission) {
        self.stream = stream
        let preamble = HubFraming.serverSentEventsPreamble
        _ = stream.write(stream.isChunked ? HTTPChunk.encode(preamble) : preamble)
        let framing = stream.isChunked ? HubFraming.chunkedEvents : .serverSentEvents
        self.connection = shard.connect(self, as: admission, framing: framing)
    }

    func drained() { self.connection?.transportDrained() }

    func closed() {
        let connection = self.connection
        self.connection = nil
        connection?.transportClosed()
    }

    // MARK: - HubTransport

    func write(_ bytes: [UInt8]) -> Bool { self.stream.write(bytes) }

    var queuedBytes: Int { self.stream.outboundBytes }

    func notifyWhenDrained() { self.stream.notifyWhenDrained() }

    /// The client's data comes by requests, which the hub lets wait.
    func pauseReading() {}

    func resumeReading() {}

    func abort() {
        self.connection = nil
        self.stream.abort()
    }

    func close(sending bytes: [UInt8]?) {
        self.connection = nil
        self.stream.end(sending: bytes)
    }
}

extension HubFraming {
    /// Each event as one chunk of the body.
    fileprivate static let chunkedEvents = HubFraming(
        name: "server-sent-events-chunked",
        text: { HTTPChunk.encode(HubFraming.serverSentEvents.frame($0, as: .text)) },
        binary: nil
    )
}
