import ChatifyCore
import ChatifyEventLoop
import TestSupport
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubMembershipTests {
    @Test func `Only members get a scope's events, in order`() async throws {
        try await withHub { rig in
            let (member, stranger) = (try await rig.connect("alice"), try await rig.connect("bob"))
            await member.call("JoinScopeAsync", #"["general"]"#)
            await stranger.call("JoinScopeAsync", #"["other"]"#)
            await rig.deliver("1", "2", "3")
            await rig.deliver("4")
            #expect(member.pushed == ["1", "2", "3", "4"])
            #expect(stranger.pushed.isEmpty)
        }
    }

    @Test func `Joining twice is one membership, and leaving once ends it`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            await client.call("JoinScopeAsync", #"["general"]"#)
            await client.call("JoinScopeAsync", #"["general",0]"#)
            await rig.deliver("one")
            await client.call("LeaveScopeAsync", #"["general"]"#)
            await rig.deliver("gone")
            await client.call("JoinScopeAsync", #"["general"]"#)
            await rig.deliver("back")
            #expect(client.pushed == ["one", "back"])
        }
    }

    @Test func `An id without a type means its direct messages too, for their participants`() async throws {
        try await withHub { rig in
            let (alice, carol) = (try await rig.connect("alice"), try await rig.connect("carol"))
            for client in [alice, carol] { await client.call("JoinScopeAsync", #"["alice-bob"]"#) }
            let id = ScopeID(unchecked: "alice-bob")
            await rig.deliver("secret", to: .directMessage(id))
            await rig.deliver("public", to: .channel(id))
            #expect(alice.pushed == ["secret", "public"])
            #expect(carol.pushed == ["public"])
            await alice.call("LeaveScopeAsync", #"["alice-bob",0]"#)
            await rig.deliver("still secret", to: .directMessage(id))
            await rig.deliver("not heard", to: .channel(id))
            #expect(alice.pushed == ["secret", "public", "still secret"])
        }
    }

    @Test func `A connection joins so many scopes and no more`() async throws {
        var configuration = HubConfiguration()
        configuration.maximumScopesPerConnection = 2
        try await withHub(configuration) { rig in
            let client = try await rig.connect("alice")
            #expect(await client.call("JoinScopeAsync", #"["a",0]"#).hasNullResult)
            let full = await client.call("JoinScopeAsync", #"["alice-bob"]"#).error
            #expect(full?.hasSuffix("VALIDATION_ERROR: A connection may be joined to at most 2 scopes.") == true)
            #expect(await client.onLoop { $0.memberships.count } == 1, "a join that fails joins nothing")
            #expect(await client.call("JoinScopeAsync", #"["b",0]"#).hasNullResult)
            #expect(await client.call("JoinScopeAsync", #"["a",0]"#).hasNullResult, "joined already")
            #expect(await client.call("JoinScopeAsync", #"["c",0]"#).error == full)
            await client.call("LeaveScopeAsync", #"["a",0]"#)
            #expect(await client.call("JoinScopeAsync", #"["c",0]"#).hasNullResult)
        }
    }

    /// Joins, leaves and departures at random, against a model that is only sets.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `Membership follows the model`(_ seed: UInt64) async throws {
        try await withHub { rig in
            var clients: [HubClient] = []
            for number in 0..<20 { clients.append(try await rig.connect("user-\(number)")) }
            let scopes = (0..<5).map { ChatScope.channel(ScopeID(unchecked: "scope-\($0)")) }
            let (all, members) = (clients, Locked([ChatScope: Set<Int>]()))
            var seen = all.map { $0.events.all.count }
            for round in 0..<40 {
                await rig.loop.run { [hub = rig.hub, shard = rig.shard] in
                    var random = SeededRandom(seed: seed &* 1000 &+ UInt64(round))
                    for _ in 0..<30 {
                        Self.change(all, scopes, members, using: &random)
                    }
                    for scope in scopes {
                        let event = EnrichedChatEvent.sample("\(scope) \(round)", in: scope)
                        shard.value.deliver(Broadcast([event], encodings: hub.encodings.all))
                    }
                }
                let model = members.withLock { $0 }
                for number in all.indices {
                    let pushed = all[number].events.all.dropFirst(seen[number])
                    seen[number] += pushed.count
                    let joined = scopes.filter { model[$0, default: []].contains(number) }
                    #expect(Array(pushed).replies.compactMap(\.pushedText) == joined.map { "\($0) \(round)" })
                }
            }
        }
    }

    private static func change(
        _ clients: [HubClient],
        _ scopes: [ChatScope],
        _ members: Locked<[ChatScope: Set<Int>]>,
        using random: inout SeededRandom
    ) {
        let number = Int.random(in: clients.indices, using: &random)
        let scope = scopes[Int.random(in: scopes.indices, using: &random)]
        let connection = clients[number].connection.value
        switch Int.random(in: 0..<100, using: &random) {
        case 0:
            connection.transportClosed()
            members.withLock { model in for scope in scopes { model[scope]?.remove(number) } }
        case 1..<50:
            try? connection.join([scope])
            if connection.transport != nil { members.withLock { _ = $0[scope, default: []].insert(number) } }
        default:
            connection.leave(scope)
            members.withLock { _ = $0[scope]?.remove(number) }
        }
    }
}
