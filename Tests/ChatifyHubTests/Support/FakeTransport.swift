import ChatifyHub
import TestSupport

/// A transport that records what the hub asks of it.
///
/// Confined to the rig's loop, except ``events``.
final class FakeTransport: HubTransport {
    enum Event: Sendable, Hashable {
        case write([UInt8])
        case pause
        case resume
        case close([UInt8]?)
        case abort
        /// A stream waits until all queued bytes have left.
        case awaitDrain
    }

    let events = Recorder<Event>()
    var refusesWrites = false
    /// Whether bytes stay queued, as if the client did not read.
    var isQueueing = false
    var queuedBytes = 0
    /// Whether all queued bytes are gone by the time somebody asks to be told, who then is not told.
    var drainsUnheard = false

    /// Lets all queued bytes go.
    func drain() { self.queuedBytes = 0 }

    func notifyWhenDrained() {
        self.events.record(.awaitDrain)
        if self.drainsUnheard { self.queuedBytes = 0 }
    }

    func write(_ bytes: [UInt8]) -> Bool {
        guard !self.refusesWrites else { return false }
        self.events.record(.write(bytes))
        if self.isQueueing { self.queuedBytes += bytes.count }
        return true
    }

    func pauseReading() { self.events.record(.pause) }

    func resumeReading() { self.events.record(.resume) }

    func close(sending bytes: [UInt8]?) { self.events.record(.close(bytes)) }

    func abort() { self.events.record(.abort) }
}

extension FakeTransport.Event {
    var isEnd: Bool {
        switch self {
        case .close, .abort: true
        case .write, .pause, .resume, .awaitDrain: false
        }
    }

    /// The records it sends, without their separators.
    var records: [String] {
        switch self {
        case .write(let bytes), .close(let bytes?):
            bytes.split(separator: 0x1E).map { String(decoding: $0, as: UTF8.self) }
        case .pause, .resume, .close(nil), .abort, .awaitDrain: []
        }
    }
}
