import ChatifyCore
import Testing

@testable import ChatifySimulation

/// One subscriber in a log where two scopes take turns: even offsets are the subscriber's.
struct SubscriptionTests {
    let scope = ChatScope.channel(ScopeID(unchecked: "a"))
    var ledger = Ledger(partitions: 1)

    init() {
        for offset in 0..<10 {
            let scope = offset % 2 == 0 ? self.scope : .channel(ScopeID(unchecked: "b"))
            let event = ChatEvent(
                messageID: MessageID(high: 0, low: UInt64(offset)),
                scope: scope,
                senderID: UserID(unchecked: "u"),
                text: "",
                createdAt: Timestamp(millisecondsSinceEpoch: Int64(offset)),
                originPodID: PodID(unchecked: "p")
            )
            #expect(self.ledger.append(event, at: LogPosition(partition: 0, offset: Int64(offset))) == nil)
        }
    }

    private func subscription(after position: Int64? = nil, liveFrom: Int64 = 0) -> Subscription {
        Subscription(
            scope: self.scope,
            partition: 0,
            resumedAfter: position,
            rewinds: 0,
            liveFrom: Timestamp(millisecondsSinceEpoch: liveFrom)
        )
    }

    /// Joined while the pod had yet to read offset 3.
    @Test(
        arguments: [
            ([4, 6, 8], 0, true, nil), ([2, 4, 6, 8], 0, true, nil), ([4, 6], 0, true, 8), ([], 0, true, 4),
            ([6, 8], 0, false, nil), ([4, 8], 0, false, nil), ([4, 6, 6, 8], 0, false, nil),
            ([4, 6, 4, 6, 8], 1, true, nil), ([4, 6, 4, 8], 1, false, nil), ([6, 4, 8], 0, false, nil),
        ] as [([Int64], Int, Bool, Int64?)]
    )
    func join(pushes: [Int64], rewinds: Int, isRight: Bool, missing: Int64?) {
        var subscription = self.subscription()
        var faults = [subscription.answered(isRecovered: false, next: 3, self.ledger, rewinds: 0)]
        faults += pushes.map { subscription.pushed($0, self.ledger, rewinds: rewinds) }
        #expect(faults.allSatisfy { $0 == nil } == isRight)
        if isRight { #expect(subscription.missing(self.ledger) == missing) }
    }

    /// Resumed behind offset 2 on a pod that had yet to read offset 6; the replay comes before the answer.
    @Test(
        arguments: [
            (true, [4], [6, 8], true), (true, [], [4, 6, 8], true), (true, [], [6, 8], false), (true, [6], [8], false),
            (true, [4], [4, 6], false), (false, [], [6, 8], true), (false, [], [8], false),
        ] as [(Bool, [Int64], [Int64], Bool)]
    )
    func resume(isRecovered: Bool, before: [Int64], after: [Int64], isRight: Bool) {
        var subscription = self.subscription(after: 2)
        var faults = before.map { subscription.pushed($0, self.ledger, rewinds: 0) }
        faults.append(subscription.answered(isRecovered: isRecovered, next: 6, self.ledger, rewinds: 0))
        faults += after.map { subscription.pushed($0, self.ledger, rewinds: 0) }
        #expect(faults.allSatisfy { $0 == nil } == isRight)
    }

    @Test func whatWasOldWhenThePodBeganMayBeLeftOut() {
        var subscription = self.subscription(liveFrom: 7)
        #expect(subscription.answered(isRecovered: false, next: 0, self.ledger, rewinds: 0) == nil)
        #expect(subscription.pushed(8, self.ledger, rewinds: 0) == nil)
    }
}
