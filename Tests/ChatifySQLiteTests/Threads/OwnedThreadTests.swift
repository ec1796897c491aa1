internal import ChatifyCore
internal import Testing

@Suite(.timeLimit(.minutes(5))) struct OwnedThreadTests {
    @Test func joiningWaitsForTheEndHoweverManyJoin() async {
        let (isAllowed, hasEnded) = (Monitor(false), Monitor(false))
        let thread = OwnedThread {
            _ = isAllowed.wait(atMost: nil) { $0 ? true : nil }
            hasEnded.withLockWakingAll { $0 = true }
        }
        await withTaskGroup(of: Bool.self) { tasks in
            for _ in 0..<20 {
                tasks.addTask {
                    await thread.join()
                    return hasEnded.current
                }
            }
            #expect(!hasEnded.current)
            isAllowed.withLockWakingAll { $0 = true }
            for await sawTheEnd in tasks { #expect(sawTheEnd) }
        }
        await thread.join()
    }

    @Test func aThreadThatNobodyHoldsRunsToItsEnd() async {
        let ran = Monitor(0)
        for _ in 0..<20 { _ = OwnedThread { ran.withLockWakingAll { $0 += 1 } } }
        let witness = OwnedThread { _ = ran.wait(atMost: nil) { $0 == 20 ? true : nil } }
        await witness.join()
        #expect(ran.current == 20)
    }

    @Test func whatTheBodyHoldsIsReleased() async {
        final class Token: Sendable {}
        var token: Token? = Token()
        weak let remaining = token
        let thread = OwnedThread { [token] in withExtendedLifetime(token) {} }
        token = nil
        await thread.join()
        #expect(remaining == nil)
    }
}
