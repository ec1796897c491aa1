internal import ChatifyCore
internal import ChatifyEventLoop
internal import Logging

/// The part of a ``RedisSubscriber`` that lives on its loop.
///
/// A channel of our own is always subscribed first, so the connection never leaves the mode in which hiredis takes what comes for
/// messages. Subscribing to it again is answered at once, which serves as the sign of life (a PING would leave a callback behind in hiredis 0.14 each
/// time).
final class RedisSubscriberCore {
    typealias Handler = @Sendable (RedisChannelEvent) -> Void

    private static let ownChannel = Array("chatify:alive".utf8)

    private let loop: EventLoop
    private let session: RedisSession
    private let configuration: RedisConfiguration
    private var channels: [[UInt8]: [Int: Handler]] = [:]
    private var confirmed: Set<[UInt8]> = []
    private var timer: LoopTimer?

    init(loop: EventLoop, server: RedisConnectionString, configuration: RedisConfiguration, logger: Logger) {
        self.loop = loop
        self.session = RedisSession(loop: loop, server: server, configuration: configuration, logger: logger)
        self.configuration = configuration
    }

    func begin() { self.session.begin(handler: self) }

    func close() {
        self.session.close()
        self.channels = [:]
        self.timer = nil
    }

    func subscribe(_ subscription: RedisSubscription, onEvent: @escaping Handler) {
        guard !self.session.isClosed else { return }
        let isNew = self.channels[subscription.channel] == nil
        self.channels[subscription.channel, default: [:]][subscription.id] = onEvent
        if isNew {
            self.send("SUBSCRIBE", [subscription.channel])
        } else if self.confirmed.contains(subscription.channel) {
            onEvent(.subscribed)
        }
    }

    func unsubscribe(_ subscription: RedisSubscription) {
        guard self.channels[subscription.channel]?.removeValue(forKey: subscription.id) != nil else { return }
        guard self.channels[subscription.channel]?.isEmpty == true else { return }
        self.channels[subscription.channel] = nil
        self.confirmed.remove(subscription.channel)
        self.send("UNSUBSCRIBE", [subscription.channel])
    }

    private func send(_ verb: String, _ channels: [[UInt8]]) {
        guard let connection = self.session.openConnection else { return }
        var command = RedisCommand(verb)
        for channel in channels { command.append(bytes: channel) }
        // What a dying connection does not take is subscribed by the next one.
        _ = connection.sendSubscription(command)
        connection.flush()
    }

    private func setTimer(_ delay: Duration, _ body: @escaping (RedisSubscriberCore) -> Void) {
        let timer = self.timer ?? LoopTimer(loop: self.loop)
        self.timer = timer
        timer.schedule(after: delay) { [weak self] in
            if let self { body(self) }
        }
    }

    private func awaitSignOfLife() {
        let timeout = self.configuration.commandTimeout
        self.setTimer(timeout) { core in
            core.session.fail(RedisError(.timedOut, "no sign of life within \(timeout)"))
        }
    }

    private func heardSignOfLife() {
        self.setTimer(self.configuration.keepAlive) { core in
            core.send("SUBSCRIBE", [Self.ownChannel])
            core.awaitSignOfLife()
        }
    }

    private func tell(_ event: RedisChannelEvent, _ channel: [UInt8]) {
        guard let handlers = self.channels[channel] else { return }
        for handler in handlers.values { handler(event) }
    }
}

extension RedisSubscriberCore: RedisSessionHandler {
    func opened() {
        self.awaitSignOfLife()
        self.send("SUBSCRIBE", [Self.ownChannel] + self.channels.keys)
    }

    func received(_ replies: [RedisConnection.Reply]) {
        do throws(RedisError) {
            for reply in replies { try self.heard(reply) }
        } catch {
            self.session.fail(error)
        }
    }

    private func heard(_ reply: RedisConnection.Reply) throws(RedisError) {
        guard reply.token == 0 else { throw RedisError(.unexpectedReply, "an answer came without a command") }
        let parts = try reply.value.array()
        guard parts.count == 3, let kind = try parts[0].text(), let channel = try parts[1].bytes() else {
            throw RedisError(.unexpectedReply, "a push has \(parts.count) parts")
        }
        switch kind {
        case "message": self.tell(.message(try parts[2].bytes() ?? []), channel)
        case "subscribe" where channel == Self.ownChannel: self.heardSignOfLife()
        case "subscribe" where self.channels[channel] != nil:
            self.confirmed.insert(channel)
            self.tell(.subscribed, channel)
        default: break
        }
    }

    func lost(_ error: RedisError) {
        self.confirmed = []
        self.timer?.cancel()
    }
}

@available(*, unavailable, message: "the core of a subscriber is confined to its loop")
extension RedisSubscriberCore: Sendable {}
