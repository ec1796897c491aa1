import ChatifyEventLoop
import TestSupport

/// A stream's handler that remembers what came and reports what happens.
final class Peer: TCPStreamHandler {
    enum Event: Sendable, Equatable {
        case received(Int), end, drained
        case closed(EventLoopError.Code?)

        var isClosed: Bool { if case .closed = self { true } else { false } }
    }

    let events: Events<Event>
    var stream: TCPStream?
    var received: [UInt8] = []
    var onReceived: ((Peer, UnsafeRawBufferPointer) -> Void)?
    var onDrained: ((Peer) -> Void)?
    /// Report `received` once this many bytes have come; nil for never.
    var reportAt: Int?

    init(_ events: Events<Event>) { self.events = events }

    func received(_ bytes: UnsafeRawBufferPointer) {
        self.received.append(contentsOf: bytes)
        self.onReceived?(self, bytes)
        if let reportAt = self.reportAt, self.received.count >= reportAt {
            self.reportAt = nil
            self.events.send(.received(self.received.count))
        }
    }

    func reachedEnd() { self.events.send(.end) }

    func drained() {
        self.onDrained?(self)
        self.events.send(.drained)
    }

    func closed(_ error: EventLoopError?) {
        self.stream = nil
        self.onReceived = nil
        self.onDrained = nil
        self.events.send(.closed(error?.code))
    }
}

/// Both ends of one connection on one loop.
struct Pair: Sendable {
    let loop: EventLoop
    let client: EventLoopBound<Peer>
    let server: EventLoopBound<Peer>
    let clientEvents = Events<Peer.Event>()
    let serverEvents = Events<Peer.Event>()

    /// Connects the two; neither reads yet.
    init(on loop: EventLoop, host: String = "127.0.0.1") async throws {
        let accepted = Events<EventLoopBound<TCPStream>>()
        let listener = try await loop.run {
            let listener = try TCPListener(loop: loop, host: host, port: 0) {
                accepted.send(EventLoopBound($0, loop: loop))
            }
            return EventLoopBound(listener, loop: loop)
        }
        let port = await loop.run { listener.value.port }
        let outgoing = try await TCPStream.connect(loop: loop, host: host, port: port, timeout: .seconds(20))
        let incoming = try await accepted.next()
        let (clientEvents, serverEvents) = (self.clientEvents, self.serverEvents)
        self.loop = loop
        (self.client, self.server) = await loop.run {
            listener.value.close()
            return (Self.attach(outgoing, clientEvents), Self.attach(incoming, serverEvents))
        }
    }

    private static func attach(
        _ stream: EventLoopBound<TCPStream>,
        _ events: Events<Peer.Event>
    ) -> EventLoopBound<Peer> {
        let peer = Peer(events)
        peer.stream = stream.value
        stream.value.handler = peer
        return EventLoopBound(peer, loop: stream.loop)
    }
}

/// Writes all of some bytes in random pieces, going on when the stream has drained.
final class ChunkedSender {
    private let bytes: [UInt8]
    private var sent = 0
    private var random: SeededRandom
    private var piece: [UInt8] = []

    init(_ bytes: [UInt8], seed: UInt64) {
        self.bytes = bytes
        self.random = SeededRandom(seed: seed)
    }

    /// Answers true when everything was taken.
    func send(on stream: TCPStream) -> Bool {
        while self.sent < self.bytes.count {
            if self.piece.isEmpty {
                let count = min(Int.random(in: 1...20_000, using: &self.random), self.bytes.count - self.sent)
                self.piece = Array(self.bytes[self.sent..<self.sent + count])
            }
            guard stream.write(self.piece) else { return false }
            self.sent += self.piece.count
            self.piece = []
        }
        return true
    }
}
