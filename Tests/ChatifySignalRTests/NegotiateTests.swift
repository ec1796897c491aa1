import Testing

@testable import ChatifySignalR

@Suite struct NegotiateTests {
    @Test(arguments: [(nil, 0), ("0", 0), ("1", 1), ("2", 1), ("2147483647", 1), ("01", 1)] as [(String?, Int)])
    func versions(query: String?, expected: Int) throws {
        #expect(try NegotiateRequest(negotiateVersion: query).version == expected)
    }

    @Test(arguments: ["", "x", "1.0", "1e0", " 1", "2147483648", "99999999999999999999"])
    func refusesWhatIsNoInteger(query: String) {
        let error = NegotiateError(text: "The client requested a non-integer protocol version.")
        #expect(throws: error) { try NegotiateRequest(negotiateVersion: query) }
        #expect(
            text(NegotiateResponse.failure(error.text).encoded())
                == #"{"error":"The client requested a non-integer protocol version."}"#
        )
    }

    @Test func refusesNegativeVersions() {
        let text = "The client requested version '-1', but the server does not support this version."
        #expect(throws: NegotiateError(text: text)) { try NegotiateRequest(negotiateVersion: "-1") }
    }

    @Test func versionOneHasAToken() {
        var identity = ConnectionIdentity()
        identity.id = "PUBLIC"
        identity.token = "SECRET"
        let transports = TransportOffer.all(of: [.webSockets], carrying: [.text])
        let response = NegotiateResponse.success(version: 1, identity: identity, transports: transports)
        #expect(
            text(response.encoded())
                == #"{"negotiateVersion":1,"connectionId":"PUBLIC","connectionToken":"SECRET","#
                + #""availableTransports":[{"transport":"WebSockets","transferFormats":["Text"]}]}"#
        )
    }

    @Test func versionZeroHasNone() {
        var identity = ConnectionIdentity(negotiateVersion: 0)
        #expect(identity.id == identity.token)
        identity.id = "ID"
        let transports = TransportOffer.all(of: Set(HubTransportKind.all), carrying: [.text, .binary])
        let response = NegotiateResponse.success(version: 0, identity: identity, transports: transports)
        #expect(
            text(response.encoded())
                == #"{"negotiateVersion":0,"connectionId":"ID","availableTransports":["#
                + #"{"transport":"WebSockets","transferFormats":["Text","Binary"]},"#
                + #"{"transport":"ServerSentEvents","transferFormats":["Text"]},"#
                + #"{"transport":"LongPolling","transferFormats":["Text","Binary"]}]}"#
        )
    }

    @Test(
        arguments: [
            ([.text], ["WebSockets": [.text], "ServerSentEvents": [.text], "LongPolling": [.text]]),
            (
                [.binary, .text, .text],
                ["WebSockets": [.text, .binary], "ServerSentEvents": [.text], "LongPolling": [.text, .binary]]
            ),
            ([.binary], ["WebSockets": [.binary], "LongPolling": [.binary]]), ([], [:]),
        ] as [([TransferFormat], [String: [TransferFormat]])]
    )
    func offersWhatTheProtocolsNeed(formats: [TransferFormat], possible: [String: [TransferFormat]]) {
        // Of each set of transports those that carry something, in the order that clients are to try.
        for number in 0..<8 {
            let served = HubTransportKind.all.enumerated().filter { number >> $0.offset & 1 == 1 }.map(\.element)
            let offers = TransportOffer.all(of: Set(served), carrying: formats)
            let expected = served.filter { possible[$0.name] != nil }
            #expect(offers.map(\.transport) == expected)
            #expect(offers.map(\.transferFormats) == expected.map { possible[$0.name] })
        }
    }

    @Test(
        arguments: [
            ("WebSockets", .webSockets), ("websockets", .webSockets), ("SERVERSENTEVENTS", .serverSentEvents),
            ("longPolling", .longPolling), ("", nil), ("WebSocket", nil), (" LongPolling", nil), ("WebTransport", nil),
        ] as [(String, HubTransportKind?)]
    )
    func transportsHaveNames(name: String, transport: HubTransportKind?) {
        #expect(HubTransportKind(name: name) == transport)
    }

    @Test func namesAreUnguessableAndSafeInURLs() {
        var seen: Set<String> = []
        for _ in 0..<1000 {
            let identity = ConnectionIdentity()
            for name in [identity.id, identity.token] {
                #expect(name.utf8.count == 22)
                #expect(name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
                #expect(seen.insert(name).inserted)
            }
        }
    }
}
