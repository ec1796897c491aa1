import ChatifySignalR
import TestSupport

extension HubMessage {
    /// A message that comes back from JSON as it was.
    static func random(using random: inout SeededRandom) -> HubMessage {
        let id = self.randomText(using: &random) + "i"
        switch Int.random(in: 1...9, using: &random) {
        case 1: return .invocation(self.randomInvocation(id: Bool.random(using: &random) ? id : nil, using: &random))
        case 2: return .streamItem(HubStreamItem(id: id, item: self.randomValue(using: &random)))
        case 3:
            let result = HubCompletion.Outcome.result(self.randomValue(using: &random))
            let outcome = Bool.random(using: &random) ? result : .error(self.randomText(using: &random))
            return .completion(HubCompletion(id: id, outcome: outcome))
        case 4: return .streamInvocation(self.randomInvocation(id: id, using: &random))
        case 5: return .cancelInvocation(id: id)
        case 6: return .ping
        case 7: return .close(HubClose(error: id, allowReconnect: Bool.random(using: &random)))
        case 8: return .ack(Int64(bitPattern: random.next()))
        default: return .sequence(Int64(bitPattern: random.next()))
        }
    }

    private static func randomInvocation(id: String?, using random: inout SeededRandom) -> HubInvocation {
        HubInvocation(
            id: id,
            target: self.randomText(using: &random) + "T",
            arguments: (0..<Int.random(in: 0..<4, using: &random)).map { _ in self.randomValue(using: &random) },
            streamIDs: Bool.random(using: &random) ? ["1"] : [],
            headers: Bool.random(using: &random) ? ["h": "v", "": ""] : [:]
        )
    }

    private static func randomValue(using random: inout SeededRandom, depth: Int = 3) -> HubValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(Int64(bitPattern: random.next()))
        case 3: .double(Double.random(in: -1e9...1e9, using: &random))
        case 4: .string(self.randomText(using: &random))
        case 5: .array((0..<3).map { _ in self.randomValue(using: &random, depth: depth - 1) })
        default: .object((0..<3).map { .init("k\($0)", self.randomValue(using: &random, depth: depth - 1)) })
        }
    }

    private static func randomText(using random: inout SeededRandom) -> String {
        let parts = ["", "a", "\u{1e}", "\"", "\\", "é", "😀", "\n", "general", "0123456789abcdef"]
        return (0..<Int.random(in: 0..<6, using: &random)).compactMap { _ in parts.randomElement(using: &random) }
            .joined()
    }
}
