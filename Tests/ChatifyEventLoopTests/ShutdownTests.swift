import ChatifyEventLoop
import Foundation
import Testing

@Suite struct ShutdownTests {
    @Test func jobsQueuedBeforeTheEndRun() async throws {
        let loop = try EventLoop(name: "test")
        let ran = Events<Int>()
        for number in 0..<1000 { loop.execute { ran.send(number) } }
        await loop.shutdown()
        #expect(try await ran.next(1000) == Array(0..<1000))
    }

    @Test func severalMayShutDownAtOnce() async throws {
        let loop = try EventLoop(name: "test")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { await loop.shutdown() } }
        }
        loop.shutdownAndWait()
        await loop.shutdown()
        #expect(loop.loopCloseStatus == 0)
    }

    @Test func aTaskOnTheLoopMayShutItDown() async throws {
        let loop = try EventLoop(name: "test")
        try await within { await Task(executorPreference: loop) { await loop.shutdown() }.value }
        #expect(loop.loopCloseStatus == 0)
    }

    @Test func executorsOutliveTheThread() async throws {
        let loop = try EventLoop(name: "test")
        let counter = Counter(loop)
        await counter.add()
        loop.shutdownAndWait()
        #expect(!loop.isCurrent)
        // Eight tasks at a time on an executor without a thread: still one after the other, still none lost.
        try await within {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask { for _ in 0..<1000 { await counter.add() } }
                }
            }
        }
        #expect(await counter.count == 8001)
        #expect(await Task(executorPreference: loop) { loop.isCurrent }.value)
    }

    @Test func aTaskThatWaitsThroughTheEndIsResumed() async throws {
        let loop = try EventLoop(name: "test")
        let waiting = Events<CheckedContinuation<Int, Never>>()
        let task = Task(executorPreference: loop) { await withCheckedContinuation { waiting.send($0) } }
        let continuation = try await waiting.next()
        await loop.shutdown()
        continuation.resume(returning: 7)
        #expect(try await within { await task.value } == 7)
    }

    @Test func nothingCanBeMadeOnAnEndedLoop() async throws {
        let loop = try EventLoop(name: "test")
        loop.shutdownAndWait()
        await #expect(throws: EventLoopError.self) {
            try await TCPStream.connect(loop: loop, host: "127.0.0.1", port: 9, timeout: .seconds(1))
        }
        let codes = await loop.run {
            let timer = LoopTimer(loop: loop)
            timer.schedule(after: .zero) {}
            _ = loop.now
            return [
                code { () throws(EventLoopError) in _ = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { _ in }
                },
                code { () throws(EventLoopError) in _ = try SignalSource(loop: loop, number: .user2) {} },
            ]
        }
        #expect(codes == [.cancelled, .cancelled])
    }

    @Test func openThingsAreClosedAndToldSo() async throws {
        let loop = try EventLoop(name: "test")
        let pair = try await Pair(on: loop)
        await loop.run { pair.client.value.stream?.startReading() }
        await loop.shutdown()
        #expect(try await pair.clientEvents.next() == .closed(.cancelled))
        #expect(try await pair.serverEvents.next() == .closed(.cancelled))
        #expect(loop.loopCloseStatus == 0)
    }

    @Test func aHundredTeardownsLeaveNothing() async throws {
        for round in 0..<100 {
            let loop = try EventLoop(name: "test")
            let pairs = [try await Pair(on: loop), try await Pair(on: loop)]
            let timer = await loop.run { EventLoopBound(LoopTimer(loop: loop), loop: loop) }
            try await loop.run {
                timer.value.schedule(after: .seconds(60), repeating: .seconds(60)) { _ = timer.loop }
                _ = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { _ in }
                _ = try SignalSource(loop: loop, number: .user2) {}
                for pair in pairs {
                    pair.server.value.stream?.startReading()
                    // A full socket, so that a write request is under way.
                    while pair.client.value.stream?.write([UInt8](repeating: 1, count: 100_000)) == true {}
                    if round.isMultiple(of: 2) { pair.client.value.stream?.flush() }
                    if round.isMultiple(of: 3) { pair.client.value.stream?.closeAfterFlush(within: .seconds(60)) }
                }
            }
            if round.isMultiple(of: 2) { await loop.shutdown() } else { loop.shutdownAndWait() }
            try #require(loop.loopCloseStatus == 0)
        }
    }

    @Test func aConnectionAttemptIsCutShort() async throws {
        let loop = try EventLoop(name: "test")
        let result = Events<EventLoopError.Code?>()
        loop.execute {
            TCPStream.connect(loop: loop, host: "127.0.0.1", port: 9, timeout: .seconds(60)) { outcome in
                if case .failure(let error) = outcome { result.send(error.code) } else { result.send(nil) }
            }
        }
        await loop.shutdown()
        // Refused or cancelled, whichever came first; what counts is that it ends and says so.
        #expect(try await result.next() != nil)
        #expect(loop.loopCloseStatus == 0)
    }
}

private func code(_ body: () throws(EventLoopError) -> Void) -> EventLoopError.Code? {
    do throws(EventLoopError) {
        try body()
        return nil
    } catch {
        return error.code
    }
}
