internal import ChatifyCore
internal import TestSupport
internal import Testing

@testable internal import ChatifySQLite

@Suite(.timeLimit(.minutes(5))) struct CallQueueTests {
    private typealias Queue = CallQueue<Int, Int>

    /// Asks and returns what comes back: the answer, or the failure's words.
    private static func ask(_ queue: CallQueue<Int, Int>, _ call: Int) -> Task<String, Never> {
        Task {
            do throws(ChatError) {
                return "\(try await queue.ask(call))"
            } catch {
                #expect(error.code == .unavailable)
                return error.message
            }
        }
    }

    /// Takes at least one call, without blocking a thread of the pool.
    private static func take(
        _ queue: CallQueue<Int, Int>,
        limit: Int = .max
    ) async throws -> [CallQueue<Int, Int>.Taken] {
        while true {
            let taken = try #require(queue.take(limit: limit, waitingAtMost: .zero))
            guard taken.isEmpty else { return taken }
            await Task.yield()
        }
    }

    private static let closed = "The store is closed."
    private static let full = "The store has too much to do; try again later."
    private static let late = "The disk did not answer in time; the outcome is unknown."

    @Test func callsAreAnsweredEachWithItsOwn() async {
        let queue = Queue(capacity: 1000, timeout: .seconds(60))
        let threads = (1...3).map { limit in
            OwnedThread {
                while let taken = queue.take(limit: limit, waitingAtMost: nil) {
                    queue.answer(taken, with: taken.map { .success($0.call * 2) })
                }
            }
        }
        await withTaskGroup(of: Void.self) { tasks in
            for call in 0..<500 {
                tasks.addTask {
                    let answer = try? await queue.ask(call)
                    #expect(answer == call * 2)
                }
            }
        }
        queue.close()
        for thread in threads { await thread.join() }
    }

    @Test func callsAreTakenInOrderAndNoMoreThanTheLimit() async throws {
        let queue = Queue(capacity: 10, timeout: .seconds(60))
        var (asked, taken) = ([Task<String, Never>](), [CallQueue<Int, Int>.Taken]())
        for call in 0..<3 {
            asked.append(Self.ask(queue, call))
            taken += try await Self.take(queue, limit: 1)
        }
        #expect(taken.map(\.call) == [0, 1, 2])
        queue.answer(taken, with: taken.map { .success($0.call) })
        for (call, task) in asked.enumerated() { #expect(await task.value == "\(call)") }
    }

    @Test func aFullQueueRefusesAtOnce() async throws {
        let queue = Queue(capacity: 2, timeout: .seconds(60))
        let first = Self.ask(queue, 1)
        // Calls under way count too.
        var taken = try await Self.take(queue)
        let second = Self.ask(queue, 2)
        taken += try await Self.take(queue)
        #expect(await Self.ask(queue, 3).value == Self.full)
        queue.answer(Array(taken.prefix(1)), with: [.success(1)])
        #expect(await first.value == "1")
        let fourth = Self.ask(queue, 4)
        taken += try await Self.take(queue)
        queue.answer(Array(taken.dropFirst()), with: [.success(2), .success(4)])
        #expect(await [second.value, fourth.value] == ["2", "4"])
    }

    @Test func whatIsLateIsGivenUp() async throws {
        let queue = Queue(capacity: 2, timeout: .seconds(60))
        let first = Self.ask(queue, 1)
        let taken = try await Self.take(queue)
        queue.expire(now: .now)
        queue.expire(now: .now.advanced(by: .seconds(59)))
        let failures = Recorder<String>()
        let second = Task { failures.record(await Self.ask(queue, 2).value) }
        // Whether it has been handed in cannot be seen from outside.
        while failures.all.isEmpty {
            queue.expire(now: .now.advanced(by: .seconds(61)))
            await Task.yield()
        }
        await second.value
        #expect(failures.all == [Self.late])
        #expect(await first.value == Self.late)
        // What was not taken is not carried out any more, and an answer that comes late goes nowhere.
        #expect(queue.take(limit: 9, waitingAtMost: .zero)?.isEmpty == true)
        queue.answer(taken, with: [.success(1)])
        let third = Self.ask(queue, 3)
        let next = try await Self.take(queue)
        #expect(next.map(\.call) == [3])
        queue.answer(next, with: [.success(3)])
        #expect(await third.value == "3")
    }

    @Test func aClosedQueueStillHandsOutWhatItHas() async throws {
        let queue = Queue(capacity: 100, timeout: .seconds(60))
        let asked = (0..<50).map { Self.ask(queue, $0) }
        var taken = try await Self.take(queue, limit: 1)
        queue.close()
        #expect(await Self.ask(queue, 99).value == Self.closed)
        while let more = queue.take(limit: 9, waitingAtMost: nil) { taken += more }
        #expect(queue.take(limit: 9, waitingAtMost: .zero) == nil)
        queue.answer(taken, with: taken.map { .success($0.call) })
        for (call, task) in asked.enumerated() {
            let isTaken = taken.contains { $0.call == call }
            #expect(await task.value == (isTaken ? "\(call)" : Self.closed))
        }
    }

    @Test func closingWakesThreadsThatWait() async {
        let queue = Queue(capacity: 1, timeout: .seconds(60))
        let threads = (0..<3).map { _ in
            OwnedThread { while queue.take(limit: 1, waitingAtMost: nil) != nil {} }
        }
        queue.close()
        for thread in threads { await thread.join() }
    }
}
