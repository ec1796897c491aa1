import TestSupport
import Testing

@testable import ChatifyCore

@Suite("Cursor tokens")
struct HistoryCursorTokenTests {
    static let scope = ChatScope.channel(ScopeID(unchecked: "general"))

    @Test("name the same place when they come back", arguments: 0..<50)
    func roundTrip(seed: Int) {
        var generator = SeededRandom(seed: UInt64(seed))
        let cursor = HistoryCursor(
            createdAt: Timestamp(millisecondsSinceEpoch: Int64(bitPattern: generator.next())),
            messageID: MessageID(high: generator.next(), low: generator.next())
        )
        let token = cursor.token(for: Self.scope)
        #expect(HistoryCursor(token: token, for: Self.scope) == cursor)
        #expect(token.utf8.allSatisfy { $0 == 0x2D || $0 == 0x5F || (0x30...0x7A).contains($0) })
    }

    @Test("are refused when a single character was changed")
    func tampered() {
        let cursor = HistoryCursor(
            createdAt: Timestamp(millisecondsSinceEpoch: 1_768_473_000_123),
            messageID: MessageID(high: 1, low: 2)
        )
        let token = Array(cursor.token(for: Self.scope).utf8)
        for index in token.indices {
            for replacement in "Aa0-_z".utf8 where token[index] != replacement {
                var changed = token
                changed[index] = replacement
                #expect(HistoryCursor(token: String(decoding: changed, as: UTF8.self), for: Self.scope) == nil)
            }
        }
    }

    @Test("are refused for another scope, empty, cut, lengthened or not of the alphabet")
    func foreign() {
        let cursor = HistoryCursor(
            createdAt: Timestamp(millisecondsSinceEpoch: 0),
            messageID: MessageID(high: 0, low: 0)
        )
        let token = cursor.token(for: Self.scope)
        #expect(HistoryCursor(token: token, for: .directMessage(Self.scope.id)) == nil)
        #expect(HistoryCursor(token: token, for: .channel(ScopeID(unchecked: "other"))) == nil)
        for text in ["", "A", String(token.dropLast()), token + "A", token + token, "%%%", "\u{1F642}"] {
            #expect(HistoryCursor(token: text, for: Self.scope) == nil)
        }
    }
}
