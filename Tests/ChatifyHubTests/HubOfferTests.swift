import ChatifyCore
import ChatifySignalR
import TestSupport
import Testing

@testable import ChatifyHub

/// What a hub says it serves, and that it serves nothing else.
@Suite(.timeLimit(.minutes(5)))
struct HubOfferTests {
    /// A transport as negotiation offers it.
    private struct Offer: Equatable {
        let transport: String
        let formats: [String]

        init(_ transport: String, _ formats: String...) {
            self.transport = transport
            self.formats = formats
        }

        init(_ entry: [String: Any]) {
            self.transport = entry["transport"] as? String ?? ""
            self.formats = entry["transferFormats"] as? [String] ?? []
        }
    }

    private static let everySet: [Set<HubTransportKind>] = [
        [], [.webSockets], [.serverSentEvents], [.longPolling], [.webSockets, .serverSentEvents],
        [.webSockets, .longPolling], [.serverSentEvents, .longPolling], Set(HubTransportKind.all),
    ]

    private static func configuration(_ transports: Set<HubTransportKind>) -> HubConfiguration {
        var configuration = HubConfiguration()
        configuration.transports = transports
        return configuration
    }

    private static func offers(of rig: HubRig) async throws -> [Offer] {
        let offers = try await rig.negotiate()["availableTransports"] as? [[String: Any]]
        return try #require(offers).map(Offer.init)
    }

    @Test(arguments: everySet)
    func `What is served is offered, the best first`(_ transports: Set<HubTransportKind>) async throws {
        try await withHub(Self.configuration(transports)) { rig in
            let all = [
                Offer("WebSockets", "Text", "Binary"), Offer("ServerSentEvents", "Text"),
                Offer("LongPolling", "Text", "Binary"),
            ]
            let names = transports.map(\.name)
            let offers = try await Self.offers(of: rig)
            #expect(offers == all.filter { names.contains($0.transport) })
        }
    }

    @Test(arguments: everySet)
    func `What is not served is not let in, and the rest is`(_ transports: Set<HubTransportKind>) async throws {
        try await withHub(Self.configuration(transports)) { rig in
            let doors: [HubTransportKind: (String?) async throws -> Void] = [
                .webSockets: { _ = try await rig.attach(token: $0) },
                .serverSentEvents: { rig.hub.release(try await rig.attachEventStream($0)) },
                .longPolling: { _ = try await rig.poll($0) },
            ]
            for (transport, enter) in doors {
                let token = try await rig.negotiateToken()
                guard !transports.contains(transport) else {
                    try await enter(token)
                    continue
                }
                let refusal = HubRejection(404, "This hub does not serve \(transport.name).")
                for token in [token, nil, "guessed"] {
                    await #expect(throws: refusal) { try await enter(token) }
                }
            }
            await rig.endPolling()
        }
    }

    @Test func `Who posts first comes to poll`() async throws {
        try await withHub(Self.configuration([.webSockets, .serverSentEvents])) { rig in
            let token = try await rig.negotiateToken()
            await #expect(throws: HubRejection.notServed(.longPolling)) { try await rig.post("{}", token) }
            let client = await rig.connect(try await rig.attachEventStream(token), framing: .serverSentEvents)
            try await rig.post(#"{"protocol":"json","version":1}"#, token)
            await client.events.wait(forCount: 1)
            #expect(client.events.all == [.write(Array("data: {}\u{1e}\r\n\r\n".utf8))])
        }
    }

    @Test(arguments: everySet)
    func `Stateful reconnect is for WebSockets`(_ transports: Set<HubTransportKind>) async throws {
        try await withHub(Self.configuration(transports)) { rig in
            let agreed = try await rig.negotiate(useStatefulReconnect: "true")["useStatefulReconnect"] as? Bool
            #expect(agreed == (transports.contains(.webSockets) ? true : nil))
        }
    }

    @Test func `A protocol that is not served is neither offered nor spoken`() async throws {
        var configuration = HubConfiguration()
        configuration.protocols = [JSONHubProtocol()]
        try await withHub(configuration) { rig in
            let formats = Set(try await Self.offers(of: rig).flatMap(\.formats))
            #expect(formats == ["Text"])
            let client = try await rig.attach()
            await client.send(#"{"protocol":"messagepack","version":1}"#)
            let end = await client.waitForEnd()
            #expect(end?.records.map { Reply($0).error } == ["The protocol 'messagepack' is not supported."])
            let other = try await rig.connect()
            #expect(await other.call("HeartbeatAsync").hasNullResult)
        }
    }

    @Test func `A transport that carries no protocol of the hub is not offered`() async throws {
        var configuration = HubConfiguration()
        configuration.protocols = [MessagePackHubProtocol()]
        try await withHub(configuration) { rig in
            let offers = try await Self.offers(of: rig)
            #expect(offers == [Offer("WebSockets", "Binary"), Offer("LongPolling", "Binary")])
        }
    }
}
