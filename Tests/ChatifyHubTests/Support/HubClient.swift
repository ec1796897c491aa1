import ChatifyCore
import ChatifyEventLoop
import Foundation
import TestSupport

@testable import ChatifyHub

/// A test's end of a hub connection.
struct HubClient: Sendable {
    let loop: EventLoop
    let id: ConnectionID
    let events: Recorder<FakeTransport.Event>
    let transport: EventLoopBound<FakeTransport>
    let connection: EventLoopBound<HubConnection>
    let token: String

    /// Sends records in one chunk.
    func send(_ records: String...) async { await self.send(records) }

    func send(_ records: [String]) async {
        let bytes: [UInt8] = records.flatMap { (record: String) -> [UInt8] in Array(record.utf8) + [0x1E] }
        await self.onLoop { connection in bytes.withUnsafeBytes { connection.receive($0) } }
    }

    /// Calls a method and returns what it is answered with.
    @discardableResult
    func call(_ target: String, _ arguments: String = "[]", id: String = UUID().uuidString) async -> Reply {
        await self.send(Self.invocation(target, arguments, id: id))
        return await self.reply(to: id)
    }

    @discardableResult
    func reply(to id: String) async -> Reply {
        let event = await self.events.first { [$0].replies.contains { $0.invocationID == id } }
        return event.map { [$0].replies }?.first { $0.invocationID == id } ?? Reply()
    }

    static func invocation(_ target: String, _ arguments: String = "[]", id: String? = nil) -> String {
        let name = id.map { #""invocationId":"\#($0)","# } ?? ""
        return #"{"type":1,\#(name)"target":"\#(target)","arguments":\#(arguments)}"#
    }

    /// A call of `SendAsync` to a channel.
    static func message(_ text: String, to scope: String = "general", id: String? = nil) -> String {
        Self.invocation("SendAsync", #"[{"scopeType":0,"scopeId":"\#(scope)","text":"\#(text)"}]"#, id: id)
    }

    /// Runs `body` with the connection, on its loop.
    @discardableResult
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable (HubConnection) -> Value) async -> Value {
        await self.loop.run { [connection] in body(connection.value) }
    }

    func refuseWrites() async { await self.loop.run { [transport] in transport.value.refusesWrites = true } }

    /// Lets bytes pile up as if the client did not read, or lets them go.
    func setQueueing(_ isQueueing: Bool) async {
        await self.loop.run { [transport, connection] in
            transport.value.isQueueing = isQueueing
            guard !isQueueing else { return }
            transport.value.drain()
            connection.value.transportDrained()
        }
    }

    func disconnect() async { await self.onLoop { $0.transportClosed() } }

    /// Everything that was sent so far.
    var records: [String] { self.events.all.flatMap(\.records) }

    /// The texts of the events that were pushed so far.
    var pushed: [String] { self.events.all.replies.compactMap(\.pushedText) }

    /// Whether the hub closed or aborted the connection.
    var hasEnded: Bool { self.events.all.contains(where: \.isEnd) }

    @discardableResult
    func wait(forRecords count: Int) async -> [String] {
        await self.events.wait { $0.flatMap(\.records).count >= count }.flatMap(\.records)
    }

    /// Waits until the connection was closed or aborted.
    @discardableResult
    func waitForEnd() async -> FakeTransport.Event? {
        await self.events.first(where: \.isEnd)
    }
}

/// A record that the hub sent, as far as tests ask about it.
struct Reply: Sendable, Hashable {
    var type = 0
    var invocationID: String?
    var error: String?
    var hasNullResult = false
    /// The text of the message in the result of `SendAsync`.
    var sentText: String?
    /// The text of the event in an item of a stream.
    var itemText: String?
    /// The text of the event in a call of `ReceiveMessage`.
    var pushedText: String?
    /// The offset of that event.
    var pushedOffset: Int64?
    /// The result of `ResumeScopeAsync`.
    var resumed: Resumed?

    init() {}

    init(_ record: String) {
        let object = (try? JSONSerialization.jsonObject(with: Data(record.utf8))) as? [String: Any] ?? [:]
        self.type = object["type"] as? Int ?? 0
        self.invocationID = object["invocationId"] as? String
        self.error = object["error"] as? String
        self.hasNullResult = object["result"] is NSNull
        self.sentText = ((object["result"] as? [String: Any])?["chatEvent"] as? [String: Any])?["text"] as? String
        self.itemText = (object["item"] as? [String: Any])?["text"] as? String
        self.resumed = (object["result"] as? [String: Any]).flatMap { Resumed($0) }
        guard object["target"] as? String == "ReceiveMessage" else { return }
        let event = (object["arguments"] as? [Any])?.first as? [String: Any]
        self.pushedText = event?["text"] as? String
        self.pushedOffset = (event?["offset"] as? NSNumber)?.int64Value
    }
}

/// What a resume was answered with.
struct Resumed: Sendable, Hashable {
    let isRecovered: Bool
    let replayed: Int

    static func recovered(_ count: Int) -> Resumed { Resumed(isRecovered: true, replayed: count) }

    static let notRecovered = Resumed(isRecovered: false, replayed: 0)

    private init(isRecovered: Bool, replayed: Int) {
        self.isRecovered = isRecovered
        self.replayed = replayed
    }

    init?(_ object: [String: Any]) {
        guard let isRecovered = object["recovered"] as? Bool, let replayed = object["replayed"] as? Int else {
            return nil
        }
        self.init(isRecovered: isRecovered, replayed: replayed)
    }
}

extension [FakeTransport.Event] {
    var replies: [Reply] { self.flatMap(\.records).map { Reply($0) } }
}
