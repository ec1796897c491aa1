internal import ChatifyCore
internal import TestSupport

@testable internal import ChatifyKafka

extension KafkaLog {
    /// Makes a replay source, runs the test with it, and closes it whatever happens.
    func withReplaySource(
        _ limits: KafkaReplayLimits = KafkaReplayLimits(time: .seconds(60)),
        _ body: (KafkaReplaySource) async throws -> Void
    ) async throws {
        let source = self.makeReplaySource(limits)
        do {
            try await body(source)
            await source.close()
        } catch {
            await source.close()
            throw error
        }
    }
}

extension KafkaReplayLimits {
    /// Limits of which some are other than by default.
    init(time: Duration, _ change: (inout KafkaReplayLimits) -> Void = { _ in }) {
        self.init()
        self.time = time
        change(&self)
    }
}

extension TestTopic {
    /// Appends more to a partition than a mock cluster keeps, which is 5 MiB.
    func fill(_ partition: Int32) async throws {
        try await self.withLog {
            $0.properties["compression.codec"] = "none"
            $0.policy.maximumTextLength = 1_000_000
        } _: { log in
            let text = String(repeating: "x", count: 800_000)
            let filling = ChatEvent.filling(partition, among: self.partitions, text: text)
            try await log.produce(Array(repeating: filling, count: 12))
        }
    }
}
