import Testing

@testable import ChatifyEventLoop

@Suite struct LoopTimerTests {
    @Test func timersFireInTheOrderOfTheirTimes() async throws {
        try await withLoop { loop async throws in
            let fired = Events<Int>()
            let timers = await loop.run { EventLoopBound((0..<5).map { _ in LoopTimer(loop: loop) }, loop: loop) }
            await loop.run {
                for (index, delay) in [30, 10, 0, 20, 10].enumerated() {
                    timers.value[index].schedule(after: .milliseconds(delay)) { fired.send(index) }
                }
            }
            #expect(try await fired.next(5) == [2, 1, 4, 3, 0])
            #expect(await loop.run { timers.value.allSatisfy { !$0.isScheduled } })
        }
    }

    @Test func aRepeatingTimerRepeatsUntilCancelledFromWithin() async throws {
        try await withLoop { loop async throws in
            let fired = Events<Int>()
            let timer = await loop.run { EventLoopBound(LoopTimer(loop: loop), loop: loop) }
            await loop.run {
                var count = 0
                timer.value.schedule(after: .zero, repeating: .milliseconds(1)) {
                    count += 1
                    fired.send(count)
                    if count == 5 { timer.value.cancel() }
                }
            }
            #expect(try await fired.next(5) == [1, 2, 3, 4, 5])
            try await later(loop, than: .milliseconds(20))
            #expect(await loop.run { timer.value.isScheduled } == false)
        }
    }

    @Test func theLoopsEndIsHeardOnceWhetherSetOrNot() async throws {
        let heard = Events<String>()
        try await withLoop { loop async throws in
            let timers = await loop.run {
                func timer(_ name: String) -> LoopTimer { LoopTimer(loop: loop) { heard.send(name) } }
                let set = timer("set")
                set.schedule(after: .seconds(3600)) { heard.send("fired") }
                _ = timer("released")
                return EventLoopBound([set, timer("unset")], loop: loop)
            }
            await loop.shutdown()
            _ = timers
        }
        heard.send("end")
        #expect(Set(try await heard.next(2)) == ["set", "unset"])
        #expect(try await heard.next() == "end")
    }

    @Test func cancelledReleasedAndRescheduledTimersKeepQuiet() async throws {
        try await withLoop { loop async throws in
            let fired = Events<String>()
            let kept = await loop.run {
                let (cancelled, reset) = (LoopTimer(loop: loop), LoopTimer(loop: loop))
                cancelled.schedule(after: .milliseconds(1)) { fired.send("cancelled") }
                cancelled.cancel()
                LoopTimer(loop: loop).schedule(after: .milliseconds(1)) { fired.send("released") }
                reset.schedule(after: .milliseconds(1)) { fired.send("first") }
                reset.schedule(after: .milliseconds(5)) { fired.send("second") }
                return EventLoopBound([cancelled, reset], loop: loop)
            }
            #expect(try await fired.next() == "second")
            _ = kept
        }
    }

    @Test func aTimerMayBeReleasedOnAnotherThread() async throws {
        try await withLoop { loop async throws in
            let handles = await loop.run { loop.state.openHandles }
            await Self.makeAndDrop(loop)
            await loop.run {}
            try await later(loop, than: .milliseconds(1))
            await loop.run {}
            // `later` leaves its own timer behind for a moment at most.
            #expect(await loop.run { loop.state.openHandles } <= handles + 1)
        }
    }

    private static func makeAndDrop(_ loop: EventLoop) async {
        let timers = await loop.run {
            let timers = (0..<10).map { _ in LoopTimer(loop: loop) }
            for timer in timers { timer.schedule(after: .seconds(60), repeating: .seconds(60)) {} }
            return EventLoopBound(timers, loop: loop)
        }
        #expect(await loop.run { timers.value.allSatisfy(\.isScheduled) })
    }

    @Test(
        arguments: [
            (Duration.zero, 0), (.nanoseconds(1), 1), (.milliseconds(1), 1), (.microseconds(1001), 2),
            (.seconds(-5), 0),
            (.seconds(2), 2000), (.seconds(Int64.max), 3_000_000_000_000),
        ] as [(Duration, UInt64)]
    )
    func durationsRoundUp(duration: Duration, milliseconds: UInt64) {
        #expect(duration.timerMilliseconds == milliseconds)
    }
}

/// Returns when a timer of the loop has fired.
func later(_ loop: EventLoop, than delay: Duration) async throws {
    let fired = Events<Int>()
    let timer = await loop.run { EventLoopBound(LoopTimer(loop: loop), loop: loop) }
    await loop.run { timer.value.schedule(after: delay) { fired.send(0) } }
    _ = try await fired.next()
}
