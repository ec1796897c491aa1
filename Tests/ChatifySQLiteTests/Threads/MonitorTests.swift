internal import ChatifyCore
internal import Testing

@Suite(.timeLimit(.minutes(5))) struct MonitorTests {
    @Test func aThreadWaitsUntilTheValueIsThere() async {
        let (value, seen) = (Monitor(0), Monitor([Int]()))
        let thread = OwnedThread {
            for expected in 1...100 {
                let number = value.wait(atMost: nil) { $0 >= expected ? $0 : nil }
                seen.withLockWakingAll { $0.append(number ?? -1) }
            }
        }
        for _ in 1...100 { value.withLockDecidingToWake { value, wakes in (value, wakes) = (value + 1, true) } }
        await thread.join()
        let numbers = seen.current
        #expect(numbers.count == 100)
        #expect(numbers == numbers.sorted())
        #expect(numbers.last == 100)
    }

    @Test func wakingAllWakesEachThread() async {
        let isReady = Monitor(false)
        let threads = (0..<8).map { _ in
            OwnedThread { _ = isReady.wait(atMost: nil) { $0 ? true : nil } }
        }
        isReady.withLockWakingAll { $0 = true }
        for thread in threads { await thread.join() }
    }

    @Test(arguments: [Duration.zero, .milliseconds(-5), .milliseconds(5), .microseconds(1500)])
    func aWaitEndsWhenItsTimeIsOver(time: Duration) async {
        let (value, elapsed) = (Monitor(0), Monitor(Duration.zero))
        let thread = OwnedThread {
            let start = ContinuousClock.now
            let answer = value.wait(atMost: time) { _ in Int?.none }
            elapsed.withLockWakingAll { $0 = answer == nil ? ContinuousClock.now - start : .zero - .seconds(1) }
        }
        await thread.join()
        #expect(elapsed.current >= max(time, .zero))
    }

    /// Whoever looks finds a value that is there at once, also without any time.
    @Test func aValueThatIsThereNeedsNoTime() {
        #expect(Monitor(7).wait(atMost: .zero) { $0 } == 7)
    }

    @Test func manyThreadsHandOnOneToken() async {
        let turn = Monitor(0)
        let threads = (0..<4).map { index in
            OwnedThread {
                for round in 0..<50 {
                    _ = turn.wait(atMost: nil) { $0 == round * 4 + index ? true : nil }
                    turn.withLockWakingAll { $0 += 1 }
                }
            }
        }
        for thread in threads { await thread.join() }
        #expect(turn.current == 200)
    }
}
