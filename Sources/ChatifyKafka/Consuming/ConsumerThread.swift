internal import ChatifyCore
internal import Logging

/// What the thread of a consumer does: moves records from librdkafka to the reader, and commits the other way.
struct ConsumerThread {
    let core: ConsumerCore
    let role: ConsumerRole
    let configuration: KafkaClientConfiguration
    let log: KafkaLogLines
    /// Told once whether reading has begun.
    let started: @Sendable (Result<Void, ChatError>) -> Void

    /// Reads until the consumer is closed; after a failure for good with a new client.
    func run() {
        var started: (@Sendable (Result<Void, ChatError>) -> Void)? = self.started
        while !self.core.isClosing {
            do throws(ChatError) {
                let session = try ConsumerSession(self.core, self.role, self.configuration, self.log)
                started?(.success(()))
                started = nil
                session.run()
                session.close()
            } catch {
                // Who made the consumer hears of the first failure and closes it.
                started?(.failure(error))
                started = nil
                self.core.fail(error)
                self.core.pause(.seconds(1))
            }
        }
        self.core.end()
    }
}

extension ConsumerCore {
    var isClosing: Bool { self.state.withLock { $0.isClosing } }

    /// Blocks the thread so long, or until the consumer is to close.
    fileprivate func pause(_ time: Duration) {
        let mustSleep = self.state.withLock { state in
            state.isAsleep = !state.isClosing
            return state.isAsleep
        }
        if mustSleep { self.pipe.sleep(atMost: time) }
    }
}
