import ChatifyCore
import Testing

@testable import ChatifyKafka

@Suite(.timeLimit(.minutes(5))) struct WakePipeTests {
    /// Far longer than the test may take.
    private static let ever = Duration.seconds(3600)

    @Test func aWakeBeforeTheSleepEndsItToo() async {
        let pipe = WakePipe()
        pipe.wake()
        await OwnedThread { pipe.sleep(atMost: Self.ever) }.join()
    }

    @Test func aSleeperIsWoken() async {
        let pipe = WakePipe()
        let thread = OwnedThread { for _ in 0..<3 { pipe.sleep(atMost: Self.ever) } }
        // However many wakes one sleep takes in.
        let waking = Task {
            while !Task.isCancelled {
                pipe.wake()
                await Task.yield()
            }
        }
        await thread.join()
        waking.cancel()
    }

    @Test func aPipeThatNobodyReadsHoldsNobodyUp() async {
        let pipe = WakePipe()
        for _ in 0..<100_000 { pipe.wake() }
        await OwnedThread { pipe.sleep(atMost: Self.ever) }.join()
    }
}
