import TestSupport
import Testing

@testable import ChatifySimulation

struct SchedulingTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func timersComeInTheirOrder(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let dues = (0..<200).map { _ in Duration.milliseconds(Int64(random.next() % 50)) }
        var heap = TimerHeap()
        var fired: [Int] = []
        for (index, due) in dues.enumerated() { heap.insert(SimulatedTimer { fired.append(index) }, due: due) }
        while heap.nextDue != nil { heap.removeFirst().fire() }
        #expect(fired == dues.indices.sorted { (dues[$0], $0) < (dues[$1], $1) })
    }

    @Test func aTimerFiresOnceAndNotAfterItWasStopped() {
        var count = 0
        let timer = SimulatedTimer { count += 1 }
        timer.fire()
        timer.fire()
        let stopped = SimulatedTimer { count += 1 }
        stopped.stop()
        stopped.fire()
        #expect(count == 1)
    }

    @Test func schedulesThatDifferHaveDifferentTraces() {
        let traces = [[1, 2, 3], [1, 3, 2], [1, 2], [1, 2, 3, 0]].map { (numbers: [UInt64]) in
            var trace = TraceHash()
            for number in numbers { trace.mix(number) }
            return trace
        }
        #expect(Set(traces).count == traces.count)
    }
}
