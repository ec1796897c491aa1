import ChatifyCore
import ChatifyTestKit
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ManualClockTests {
    private let clock = ManualClock()

    @Test func bothClocksMoveTogether() {
        self.clock.advance(by: .seconds(90))
        #expect(self.clock.uptime == .seconds(90))
        #expect(self.clock.now == self.clock.start.advanced(by: .seconds(90)))
        #expect(self.clock.chatClock.uptime() == .seconds(90) && self.clock.chatClock.now() == self.clock.now)
    }

    @Test func sleepersWakeAtTheirDeadlines() async throws {
        let woken = Recorder<Int>()
        try await withThrowingTaskGroup(of: Void.self) { [clock] tasks in
            for seconds in [3, 1, 2] {
                tasks.addTask {
                    try await clock.chatClock.sleep(.seconds(seconds))
                    woken.record(seconds)
                }
            }
            await clock.waitForSleepers(3)
            for count in 1...3 {
                clock.advanceToNextSleeper()
                #expect(clock.uptime == .seconds(count))
                #expect(await woken.wait(forCount: count) == Array(1...count))
            }
            try await tasks.waitForAll()
        }
    }

    @Test func aCancelledSleeperWakes() async {
        let task = Task { [clock] in try await clock.chatClock.sleep(.seconds(1)) }
        await self.clock.waitForSleepers()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(self.clock.sleeperCount == 0)
    }

    @Test func timeRunsFreelyUntilItIsCancelled() async throws {
        let time = Task { [clock] in await clock.runFreely() }
        for _ in 0..<100 { try await self.clock.chatClock.sleep(.seconds(3600)) }
        #expect(self.clock.uptime == .seconds(360_000))
        time.cancel()
        await time.value
    }
}
