import ChatifyCore
import TestSupport

/// Keeps the events it receives; stays in ``receive(_:)`` while the test holds it.
final class RecordingSubscriber: ChatEventSubscriber {
    let events = Recorder<EnrichedChatEvent>()
    private let onReceive: @Sendable () async -> Void

    init(onReceive: @escaping @Sendable () async -> Void = {}) {
        self.onReceive = onReceive
    }

    func receive(_ events: [EnrichedChatEvent]) async {
        await self.onReceive()
        for event in events { self.events.record(event) }
    }
}

/// Keeps the batches it receives, and where they were said to begin.
final class BatchSubscriber: ChatEventSubscriber {
    let starts = Recorder<[Int32: Int64]>()
    let batches = Recorder<BroadcastBatch>()

    func begin(at offsets: [Int32: Int64]) async { self.starts.record(offsets) }

    func receive(_ batch: BroadcastBatch) async { self.batches.record(batch) }

    func receive(_ events: [EnrichedChatEvent]) async {}
}
