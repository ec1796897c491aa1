internal import ChatifyCore
package import ChatifyEventLoop
package import Logging
internal import ServiceLifecycle

/// What a subscription hears.
package enum RedisChannelEvent: Sendable, Hashable {
    /// The server has confirmed the subscription, for the first time or anew; what was published before may be missing.
    case subscribed
    /// Somebody published this.
    case message([UInt8])
}

/// Hears what is published on channels, over a connection of its own.
///
/// Redis keeps nothing for who is away: while there is no connection messages are lost, and each reconnect is told by
/// ``RedisChannelEvent/subscribed``. A server that has gone silent is noticed by a subscription of our own that is renewed all the time.
package final class RedisSubscriber: Sendable {
    private let loop: EventLoop
    /// Sendable in practice: used only in functions that run on ``loop``.
    private nonisolated(unsafe) let core: RedisSubscriberCore
    private let lastID = Locked(0)

    /// Makes a subscriber that does nothing before ``run()``.
    package init(
        _ server: RedisConnectionString,
        configuration: RedisConfiguration = RedisConfiguration(),
        loop: EventLoop,
        logger: Logger
    ) {
        self.loop = loop
        self.core = RedisSubscriberCore(loop: loop, server: server, configuration: configuration, logger: logger)
    }

    deinit {
        self.onLoop { $0.close() }
    }

    /// Keeps the connection until the task is cancelled or its service group shuts down, then closes it for good.
    package func run() async {
        self.begin()
        // Ends only because the task is to end.
        try? await gracefulShutdown()
        await self.close()
    }

    /// Hears a channel from now on, until ``unsubscribe(_:)``; several may hear the same.
    ///
    /// `onEvent` is called on the loop, in the order of publication, and should be quick.
    package func subscribe(
        to channel: String,
        onEvent: @escaping @Sendable (RedisChannelEvent) -> Void
    ) -> RedisSubscription {
        let id = self.lastID.withLock { id in
            id += 1
            return id
        }
        let subscription = RedisSubscription(id: id, channel: Array(channel.utf8))
        self.onLoop { $0.subscribe(subscription, onEvent: onEvent) }
        return subscription
    }

    /// Hears no more from when this returns; again does nothing.
    package func unsubscribe(_ subscription: RedisSubscription) async {
        // Safe to carry over: used on the loop alone.
        nonisolated(unsafe) let core = self.core
        await self.loop.run { core.unsubscribe(subscription) }
    }

    /// Starts to connect; again does nothing.
    package func begin() { self.onLoop { $0.begin() } }

    /// Drops the connection and all subscriptions, and returns when both are done; again does nothing.
    package func close() async {
        // Safe to carry over: used on the loop alone.
        nonisolated(unsafe) let core = self.core
        await self.loop.run { core.close() }
    }

    private func onLoop(_ body: @escaping @Sendable (RedisSubscriberCore) -> Void) {
        // Safe to carry over: used on the loop alone.
        nonisolated(unsafe) let core = self.core
        self.loop.execute { body(core) }
    }
}

/// One hearer of one channel, of a ``RedisSubscriber``.
package struct RedisSubscription: Sendable, Hashable {
    let id: Int
    let channel: [UInt8]
}

extension RedisClient {
    /// Publishes `message` on `channel`, and returns how many connections to the server heard it.
    package func publish(_ message: [UInt8], to channel: String) async throws(RedisError) -> Int {
        var command = RedisCommand("PUBLISH", channel)
        command.append(bytes: message)
        return Int(try await self.send(command).integer())
    }
}
