import ChatifySignalR
import TestSupport
import Testing

@Suite struct InvocationQueueTests {
    private func call(_ number: Int) -> HubInvocation { HubInvocation(id: "\(number)", target: "T") }

    @Test func startsTheFirstAndQueuesTheRest() {
        var queue = InvocationQueue<HubInvocation>()
        #expect(queue.enqueue(self.call(1)) == .start(self.call(1)))
        #expect(queue.enqueue(self.call(2)) == .queued)
        #expect(queue.enqueue(self.call(3)) == .queued)
        #expect(queue.finished() == self.call(2))
        #expect(queue.enqueue(self.call(4)) == .queued)
        #expect(queue.finished() == self.call(3))
        #expect(queue.finished() == self.call(4))
        #expect(queue.finished() == nil)
        #expect(queue.enqueue(self.call(5)) == .start(self.call(5)))
    }

    @Test func isBounded() {
        var queue = InvocationQueue<HubInvocation>(capacity: 2)
        _ = queue.enqueue(self.call(1))
        _ = queue.enqueue(self.call(2))
        #expect(!queue.isFull)
        _ = queue.enqueue(self.call(3))
        #expect(queue.isFull && queue.count == 2)
        #expect(queue.enqueue(self.call(4)) == .full)
        #expect(queue.finished() == self.call(2))
        #expect(!queue.isFull)
        #expect(queue.enqueue(self.call(5)) == .queued)
    }

    @Test func withoutRoomOneRunsAtATime() {
        var queue = InvocationQueue<HubInvocation>(capacity: 0)
        #expect(!queue.isFull)
        #expect(queue.enqueue(self.call(1)) == .start(self.call(1)))
        #expect(queue.isFull && queue.enqueue(self.call(2)) == .full)
        #expect(queue.finished() == nil)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func keepsTheOrderOfArrival(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var queue = InvocationQueue<HubInvocation>(capacity: 100)
        var started: [String] = []
        var sent = 0
        while started.count < 1000 {
            if Bool.random(using: &random) || sent == started.count, !queue.isFull {
                if case .start(let invocation) = queue.enqueue(self.call(sent)) { started.append(invocation.id ?? "") }
                sent += 1
            } else if let next = queue.finished() {
                started.append(next.id ?? "")
            } else {
                _ = queue.enqueue(self.call(sent))
                started.append("\(sent)")
                sent += 1
            }
        }
        #expect(started == (0..<started.count).map { "\($0)" })
    }
}
