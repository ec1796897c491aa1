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
