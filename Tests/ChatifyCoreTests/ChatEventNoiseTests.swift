import TestSupport
import Testing

@testable import ChatifyCore

/// Records of a log that others write to, and times that clients ask for.
@Suite struct ChatEventNoiseTests {
    /// Overwrites, drops or doubles a few bytes.
    private static func damaged(_ bytes: [UInt8], using random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(bytes[place], at: place)
            default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
            }
        }
        return bytes
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func aDamagedRecordIsAnEventOrAReason(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let sound = ChatEventCodec.encode(ChatEventCodecTests.event)
        var refused = 0
        for _ in 0..<200 {
            do throws(ChatEventDecodingError) {
                let event = try ChatEventCodec.decode(Self.damaged(sound, using: &random))
                #expect((try? ChatEventCodec.decode(ChatEventCodec.encode(event))) == event)
            } catch {
                #expect(!error.reason.isEmpty)
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func aDamagedTimeIsATimeOrNone(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let bytes = Self.damaged(Array("2026-01-15T10:30:00.123+02:00".utf8), using: &random)
            guard let time = Timestamp(iso8601: String(decoding: bytes, as: UTF8.self)) else { continue }
            #expect((Timestamp.earliest...Timestamp.latest).contains(time))
            #expect(Timestamp(iso8601: time.description) == time)
        }
    }

    /// A checksum keeps out what was damaged; whoever computes it anew may name any place.
    @Test func aCursorMayNameAnyPlace() {
        let scope = ChatScope.channel(ScopeID(unchecked: "general"))
        for milliseconds in [Int64.min, -1, 0, Int64.max] {
            let cursor = HistoryCursor(
                createdAt: Timestamp(millisecondsSinceEpoch: milliseconds),
                messageID: MessageID(high: .max, low: .max)
            )
            #expect(HistoryCursor(token: cursor.token(for: scope), for: scope) == cursor)
        }
    }
}
