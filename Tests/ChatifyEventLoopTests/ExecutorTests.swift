import ChatifyEventLoop
import Foundation
import Testing

@Suite struct ExecutorTests {
    @Test func jobsRunInOrder() async throws {
        try await withLoop { loop async throws in
            let log = await loop.run { EventLoopBound(Log(), loop: loop) }
            for number in 0..<1000 { loop.execute { log.value.numbers.append(number) } }
            #expect(await loop.run { log.value.numbers } == Array(0..<1000))
        }
    }

    @Test func jobsQueuedOnTheLoopRunAfterThoseBefore() async throws {
        try await withLoop { loop async throws in
            let log = await loop.run { EventLoopBound(Log(), loop: loop) }
            await loop.run {
                loop.execute { log.value.numbers.append(2) }
                loop.execute {
                    log.value.numbers.append(3)
                    loop.execute { log.value.numbers.append(4) }
                }
                log.value.numbers.append(1)
            }
            await loop.run {}
            #expect(await loop.run { log.value.numbers } == [1, 2, 3, 4])
        }
    }

    @Test func manyThreadsLoseNothingAndKeepTheirOrder() async throws {
        try await withLoop { loop async throws in
            let (threads, jobs) = (8, 5000)
            let log = await loop.run { EventLoopBound(Log(), loop: loop) }
            let done = Events<Int>()
            for thread in 0..<threads {
                Thread.detachNewThread {
                    for job in 0..<jobs { loop.execute { log.value.perThread[thread, default: []].append(job) } }
                    done.send(thread)
                }
            }
            _ = try await done.next(threads)
            let perThread = await loop.run { log.value.perThread }
            #expect(perThread.count == threads)
            #expect(perThread.values.allSatisfy { $0 == Array(0..<jobs) })
        }
    }

    @Test func tasksThatPreferTheLoopRunOnIt() async throws {
        try await withLoop { loop async throws in
            let seen = await Task(executorPreference: loop) {
                var seen = [loop.isCurrent]
                await Task.yield()
                seen.append(loop.isCurrent)
                await withCheckedContinuation { continuation in DispatchQueue.global().async { continuation.resume() } }
                seen.append(loop.isCurrent)
                seen.append(
                    await withTaskGroup(of: Bool.self) { group in
                        group.addTask { loop.isCurrent }
                        return await group.next() ?? false
                    }
                )
                return seen
            }.value
            #expect(seen == [true, true, true, true])
            #expect(!loop.isCurrent)
        }
    }

    @Test func aResumedTaskIsQueuedOnce() async throws {
        try await withLoop { loop async throws in
            let log = await loop.run { EventLoopBound(Log(), loop: loop) }
            await Task(executorPreference: loop) {
                await withCheckedContinuation { continuation in
                    loop.execute {
                        continuation.resume()
                        loop.execute { log.value.numbers.append(2) }
                    }
                }
                log.value.numbers.append(1)
            }.value
            #expect(await loop.run { log.value.numbers } == [1, 2])
        }
    }

    @Test func aTaskOnTheLoopGoesToAnActorThereAndBack() async throws {
        try await withLoop { loop async throws in
            let (onTheLoop, elsewhere) = (Counter(loop), Plain())
            let seen = await Task(executorPreference: loop) {
                var seen = [await onTheLoop.runsOnLoop(), loop.isCurrent]
                await elsewhere.add()
                seen.append(loop.isCurrent)
                return seen
            }.value
            #expect(seen == [true, true, true])
            // Without a preference only the actor is on the loop.
            #expect(await Task.detached { [await onTheLoop.runsOnLoop(), loop.isCurrent] }.value == [true, false])
        }
    }

    @Test func anActorOnTheLoopIsIsolatedThere() async throws {
        try await withLoop { loop async throws in
            let counter = Counter(loop)
            await counter.add()
            let counted = await loop.run {
                counter.assumeIsolated {
                    $0.count += 1; return $0.count
                }
            }
            #expect(counted == 2)
            #expect(await counter.runsOnLoop())
            #expect(loop.isIsolatingCurrentContext() == false)
            #expect(await loop.run { loop.isIsolatingCurrentContext() } == true)
        }
    }

    @Test func assumingIsolationElsewhereStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            try assume(Counter(EventLoop(name: "test")))
        }
    }

    @Test func theLoopNeverWakesItself() async throws {
        try await withLoop { loop async throws in
            // Every task job below is resumed on the loop, by the loop.
            await Task(executorPreference: loop) {
                let first = loop.wakeUpCount
                for _ in 0..<1000 { await Task.yield() }
                #expect(loop.wakeUpCount == first)
            }.value
            // Whereas others do wake it, once it sleeps.
            let before = loop.wakeUpCount
            for _ in 0..<10_000 where loop.wakeUpCount == before { await loop.run {} }
            #expect(loop.wakeUpCount > before)
        }
    }

    @Test func aBurstNeedsOneWakeUp() async throws {
        try await withLoop { loop async throws in
            let (gate, entered) = (DispatchSemaphore(value: 0), Events<Int>())
            loop.execute {
                entered.send(0)
                gate.wait()
            }
            _ = try await entered.next()
            let before = loop.wakeUpCount
            for _ in 0..<1000 { loop.execute {} }
            #expect(loop.wakeUpCount == before)
            gate.signal()
            await loop.run {}
        }
    }

    @Test func jobsWithoutEndDoNotStarveTimers() async throws {
        try await withLoop { loop async throws in
            let fired = Events<Int>()
            let spinner = await loop.run { EventLoopBound(Spinner(loop), loop: loop) }
            await loop.run {
                spinner.value.timer.schedule(after: .milliseconds(2)) {
                    spinner.value.isOn = false
                    fired.send(spinner.value.turns)
                }
                spinner.value.turn(spinner)
            }
            #expect(try await fired.next() > 0)
        }
    }

    @Test func runPassesErrorsOn() async throws {
        try await withLoop { loop async throws in
            await #expect(throws: TooLate.self) { try await loop.run { () throws(TooLate) in throw TooLate() } }
        }
    }

    @Test func theTimeStandsStillWithinATickAndGoesOn() async throws {
        try await withLoop { loop async throws in
            let first = await loop.run { [loop.now, loop.now] }
            #expect(first[0] == first[1])
            #expect(first[0] <= ContinuousClock.now)
            let fired = Events<ContinuousClock.Instant>()
            let timer = await loop.run { EventLoopBound(LoopTimer(loop: loop), loop: loop) }
            await loop.run { timer.value.schedule(after: .milliseconds(20)) { fired.send(loop.now) } }
            #expect(try await fired.next() > first[0] + .milliseconds(15))
        }
    }
}

private final class Log {
    var numbers: [Int] = []
    var perThread: [Int: [Int]] = [:]
}

private final class Spinner {
    let timer: LoopTimer
    var isOn = true
    var turns = 0

    init(_ loop: EventLoop) { self.timer = LoopTimer(loop: loop) }

    func turn(_ box: EventLoopBound<Spinner>) {
        guard self.isOn else { return }
        self.turns += 1
        box.loop.execute { box.value.turn(box) }
    }
}

private func assume(_ counter: Counter) { counter.assumeIsolated { $0.count += 1 } }

private actor Plain {
    var count = 0

    func add() { self.count += 1 }
}

actor Counter {
    let loop: EventLoop
    var count = 0

    init(_ loop: EventLoop) { self.loop = loop }

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    func add() { self.count += 1 }

    func runsOnLoop() -> Bool { self.loop.isCurrent }
}
