import ChatifyCore
import ChatifyEventLoop
import Foundation
import TestSupport
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubWatchTests {
    @Test func `Who is online is answered, and each change is pushed to who watches`() async throws {
        try await withHub { rig in
            let (ann, eve) = (try await rig.connect("ann"), try await rig.connect("eve"))
            rig.presence.setOnlineUsers(["bob"])
            let reply = await ann.result(of: "WatchPresenceAsync", #"[["bob","cid","bob"]]"#)
            #expect(reply == #"["bob"]"#)
            await rig.hub.presenceChanged([Self.transition("cid", true), Self.transition("bob", false)])
            let pushed = await ann.presence(count: 2)
            #expect(pushed == [#"{"userId":"cid","isOnline":true}"#, #"{"userId":"bob","isOnline":false}"#])
            await eve.call("HeartbeatAsync")
            #expect(eve.records.allSatisfy { !$0.contains("ReceivePresence") })
        }
    }

    @Test func `Lookups find what other pods know`() async throws {
        try await withHub { rig in
            let ann = try await rig.connect("ann")
            await ann.call("WatchPresenceAsync", #"[["bob"]]"#)
            rig.presence.setOnlineUsers(["bob"])
            await rig.tick(after: .seconds(10))
            #expect(await ann.presence(count: 1) == [#"{"userId":"bob","isOnline":true}"#])
        }
    }

    @Test func `Nothing is looked up for nobody`() async throws {
        try await withHub { rig in
            let ann = try await rig.connect("ann")
            await rig.tick(after: .seconds(10))
            #expect(rig.hub.presenceLookups.withLock { $0.task == nil })
            await ann.call("WatchPresenceAsync", #"[["bob"]]"#)
            await ann.disconnect()
            await rig.tick(after: .seconds(20))
            #expect(rig.hub.presenceLookups.withLock { $0.task == nil })
        }
    }

    @Test func `A client that is behind is told when it has caught up`() async throws {
        try await withHub { rig in
            let ann = try await rig.connect("ann")
            await ann.call("WatchPresenceAsync", #"[["bob"]]"#)
            await ann.setQueuedBytes(1_000_000)
            rig.presence.setOnlineUsers(["bob"])
            await rig.hub.presenceChanged([Self.transition("bob", true)])
            await rig.deliver("a message goes all the same", to: .channel(ScopeID(unchecked: "elsewhere")))
            await ann.call("HeartbeatAsync")
            #expect(!ann.hasEnded)
            #expect(ann.records.allSatisfy { !$0.contains("ReceivePresence") })
            await ann.setQueuedBytes(0)
            await rig.tick(after: .seconds(10))
            #expect(await ann.presence(count: 1) == [#"{"userId":"bob","isOnline":true}"#])
        }
    }

    @Test func `A list that cannot be looked up is an error, and nobody is watched`() async throws {
        try await withHub { rig in
            let ann = try await rig.connect("ann")
            rig.presence.setFailing(true)
            let reply = await ann.call("WatchPresenceAsync", #"[["bob"]]"#)
            #expect(reply.error?.contains("HubException: UNAVAILABLE") == true, "\(reply)")
            #expect(await ann.onLoop { $0.shard.watch.watched.isEmpty })
        }
    }

    @Test func `Who leaves watches nobody`() async throws {
        try await withHub { rig in
            let ann = try await rig.connect("ann")
            await ann.call("WatchPresenceAsync", #"[["bob"]]"#)
            await ann.disconnect()
            #expect(await ann.onLoop { $0.shard.watch.watched.isEmpty })
        }
    }

    @Test(arguments: [
        ("[]", "Failed to invoke"), (#"["bob"]"#, "Failed to invoke"), ("[[1]]", "Failed to invoke"),
        (#"[["bob"],1]"#, "Failed to invoke"), (#"[[" "]]"#, "VALIDATION_ERROR"), (Self.many(101), "VALIDATION_ERROR"),
    ])
    func `What is no list of users is refused`(_ arguments: String, _ error: String) async throws {
        try await withHub { rig in
            let reply = await (try await rig.connect("ann")).call("WatchPresenceAsync", arguments)
            #expect(reply.error?.contains(error) == true, "\(reply)")
        }
    }

    @Test func `As many as are allowed are watched`() async throws {
        try await withHub { rig in
            let reply = await (try await rig.connect("ann")).call("WatchPresenceAsync", Self.many(100))
            #expect(reply.error == nil)
        }
    }

    private static func many(_ count: Int) -> String {
        "[[\((0..<count).map { "\"user-\($0)\"" }.joined(separator: ","))]]"
    }

    private static func transition(_ name: String, _ isOnline: Bool) -> PresenceTransition {
        PresenceTransition(userID: UserID(unchecked: name), isOnline: isOnline)
    }
}

extension HubClient {
    /// Calls a method and returns its result as it was written.
    fileprivate func result(of target: String, _ arguments: String) async -> String? {
        await self.call(target, arguments, id: "wanted")
        let record = self.records.first { $0.contains(#""invocationId":"wanted""#) }
        return record?.range(of: #""result":"#).map { String(record![$0.upperBound...].dropLast()) }
    }

    /// Waits until so many changes were pushed, and returns them as they were written.
    fileprivate func presence(count: Int) async -> [String] {
        let events = await self.events.wait { $0.flatMap(\.records).filter(Self.isPresence).count >= count }
        return events.flatMap(\.records).filter(Self.isPresence).map {
            String($0[$0.range(of: #""arguments":["#)!.upperBound...].dropLast(2))
        }
    }

    private static func isPresence(_ record: String) -> Bool { record.contains(#""target":"ReceivePresence""#) }

    fileprivate func setQueuedBytes(_ count: Int) async {
        await self.loop.run { [transport] in transport.value.queuedBytes = count }
    }
}

extension HubRig {
    fileprivate func tick(after duration: Duration) async {
        await self.loop.run { [shard] in shard.value.tick(now: .now + duration) }
    }
}
