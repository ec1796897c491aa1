import ChatifyCore
import ChatifySignalR
import TestSupport
import Testing

@testable import ChatifyHub

/// Arguments of strangers: a call or a refusal, never a crash.
@Suite struct HubCallNoiseTests {
    private static let targets = [
        "JoinScopeAsync", "LeaveScopeAsync", "ResumeScopeAsync", "SendAsync", "HeartbeatAsync", "WatchPresenceAsync",
        "StreamHistoryAsync", "Nothing",
    ]

    private static let integers: [Int64] = [
        .min, -1, 0, 1, 2, Int64(Int32.max), Int64(Int32.max) + 1, 9_007_199_254_740_991, 9_007_199_254_740_992, .max,
    ]

    private static let names = ["partition", "OFFSET", "scopeId", "scopeType", "text", ""]

    private static let texts = [
        "", " ", "general", "Channel", "DirectMessage", "0", "\u{0}", "é\u{301}", "2026-01-15T10:30:00Z", "+9999999",
        String(repeating: "x", count: 300),
    ]

    private static func value(depth: Int = 2, using random: inout SeededRandom) -> HubValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(self.integers.randomElement(using: &random) ?? 0)
        case 3: .double([.nan, .infinity, -0.0, 1e300, 0.5].randomElement(using: &random) ?? 0)
        case 4: .string(self.texts.randomElement(using: &random) ?? "")
        case 5: .bytes(random.bytes(3))
        case 6: .time(millisecondsSinceEpoch: self.integers.randomElement(using: &random) ?? 0)
        case 7:
            .array((0..<Int.random(in: 0...120, using: &random)).map { _ in self.value(depth: 0, using: &random) })
        default:
            .object(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    let name = self.names.randomElement(using: &random) ?? ""
                    return HubValue.Member(name, self.value(depth: depth - 1, using: &random))
                }
            )
        }
    }

    private static func invocation(using random: inout SeededRandom) -> HubInvocation {
        let target = self.targets.randomElement(using: &random) ?? ""
        let arguments = (0..<Int.random(in: 0...4, using: &random)).map { _ in self.value(using: &random) }
        let streamIDs = Int.random(in: 0..<8, using: &random) == 0 ? ["1"] : []
        return HubInvocation(id: "1", target: target, arguments: arguments, streamIDs: streamIDs)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func anyArgumentsAreACallOrARefusal(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let invocation = Self.invocation(using: &random)
            if case .resume(_, _, let position)? = try? HubCall(invocation) {
                #expect(position.partition >= 0 && position.offset >= 0 && position.offset < 1 << 53)
            }
            if case .watchPresence(let users)? = try? HubCall(invocation) {
                #expect(users.count <= HubCall.maximumWatchedUsers)
            }
            _ = try? HubStreamCall(invocation)
        }
    }
}
