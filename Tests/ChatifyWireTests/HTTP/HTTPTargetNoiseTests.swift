import TestSupport
import Testing

@testable import ChatifyWire

/// Targets and fields of strangers: read or refused, and never more than they say.
@Suite struct HTTPTargetNoiseTests {
    private static let targetParts = [
        "/", "//", "?", "&", "=", "%", "%2", "%zz", "%00", "%2F", "%25", "%C3%A9", "%C3", "%FF", "+", ";", ":", "*",
        "#",
        "http://", "HTTPS://a", "hubs/chat", "id", "user", "..", "a", "\u{e9}", "\u{301}",
    ]

    private static let offerParts = [
        "permessage-deflate", "server_max_window_bits", "client_max_window_bits", "client_no_context_takeover", ";",
        ",",
        "=", "\"", " ", "\t", "8", "12", "15", "16", "-1", "99999999999999999999", "x", "\u{301}", "é",
    ]

    private static func noise(_ parts: [String], using random: inout SeededRandom) -> String {
        (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in parts.randomElement(using: &random) }.joined()
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func aTargetIsReadOrRefused(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let method = Bool.random(using: &random) ? "GET" : "OPTIONS"
            let target = Self.noise(Self.targetParts, using: &random)
            guard let head = try? HTTPRequestHead(method: method, target: "/" + target) else { continue }
            #expect(head.path.utf8.first == UInt8(ascii: "/"))
            #expect(!head.path.utf8.contains(0))
            #expect(head.query.items.map(\.value.utf8.count).reduce(0, +) <= 3 * target.utf8.count)
            for item in head.query.items { #expect(head.query.first(item.name) != nil) }
            _ = try? HTTPRequestHead(method: method, target: target)
        }
    }

    /// Within a request, too, and however it is cut.
    @Test(arguments: 0..<5 as Range<UInt64>)
    func aRequestWithAnyTargetIsReadOrRefused(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<40 {
            let target = Self.noise(Self.targetParts, using: &random)
            let offer = Self.noise(Self.offerParts, using: &random)
            let text = "GET \(target) HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Extensions: \(offer)\r\n\r\n"
            let outcome = replayHTTP(text)
            #expect((outcome.error == nil) == (outcome.requests.count == 1))
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func anOfferIsTakenOrPassedOver(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let offers = (0..<2).map { _ in ("Sec-WebSocket-Extensions", Self.noise(Self.offerParts, using: &random)) }
            let head = try HTTPRequestHead(method: "GET", target: "/", headers: HTTPHeaders(offers))
            guard let response = PermessageDeflate.accept(head)?.response else { continue }
            #expect(offers.contains { $0.1.lowercased().contains("permessage-deflate") })
            #expect(response.hasPrefix("permessage-deflate; server_no_context_takeover; client_no_context_takeover"))
        }
    }
}
