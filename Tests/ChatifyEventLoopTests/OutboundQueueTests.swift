import CLibuv
import Testing

@testable import ChatifyEventLoop

@Suite struct OutboundQueueTests {
    @Test func theBoundIsInBytesAndExact() {
        var queue = OutboundQueue()
        queue.maxBytes = 10
        #expect(queue.append([1, 2, 3, 4, 5, 6]))
        #expect(!queue.append([1, 2, 3, 4, 5]))
        #expect(queue.append([7, 8, 9, 10]))
        #expect(!queue.append([11]))
        #expect(queue.append([]))
        #expect(queue.byteCount == 10)
    }

    @Test func roomIsToldOnceBelowHalf() {
        var queue = OutboundQueue()
        queue.maxBytes = 10
        #expect(queue.append([1, 2, 3, 4, 5, 6]))
        #expect(!queue.takeDrained())
        queue.consume(1)
        #expect(!queue.takeDrained())
        queue.consume(1)
        #expect(queue.takeDrained())
        #expect(!queue.takeDrained())
    }

    @Test func emptinessIsToldAfterARefusal() {
        var queue = OutboundQueue()
        queue.maxBytes = 10
        #expect(queue.append([1, 2]))
        #expect(!queue.append([UInt8](repeating: 0, count: 9)))
        queue.consume(1)
        #expect(!queue.takeDrained())
        queue.consume(1)
        #expect(queue.takeDrained())
    }

    @Test func requestBytesCountUntilTheyAreWritten() {
        var queue = OutboundQueue()
        #expect(queue.append([1, 2, 3]) && queue.append([4, 5]))
        queue.consume(1)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 3, alignment: 1)
        defer { buffer.deallocate() }
        #expect(queue.moveToRequest(buffer) == 3)
        #expect(Array(buffer) == [2, 3, 4])
        #expect(queue.byteCount == 4 && !queue.isEmpty)
        queue.finishRequest()
        #expect(queue.byteCount == 1)
    }

    /// Whatever mixture of appends, writes and requests: the bytes come out once and in order.
    @Test(arguments: 1...20)
    func bytesComeOutInOrder(seed: UInt64) {
        var random = SeededRandom(state: seed)
        var queue = OutboundQueue()
        queue.maxBytes = 50_000
        var (expected, written) = ([UInt8](), [UInt8]())
        let state = Vectors()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 700, alignment: 1)
        defer { buffer.deallocate() }
        for _ in 0..<2000 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0...2:
                let bytes = random.bytes(Int.random(in: 0...300, using: &random))
                if queue.append(bytes) { expected += bytes }
            case 3:
                let taken = state.take(queue) { Int.random(in: 0...$0, using: &random) }
                written += taken
                queue.consume(taken.count)
            default:
                let count = queue.moveToRequest(buffer)
                written += buffer[..<count]
                queue.finishRequest()
            }
            #expect(queue.byteCount == expected.count - written.count)
        }
        while !queue.isEmpty {
            let taken = state.take(queue) { $0 }
            written += taken
            queue.consume(taken.count)
        }
        #expect(written == expected)
    }
}

/// Plays the socket: takes the first so many bytes from the vectors offered.
private final class Vectors {
    private let state = UnsafeMutablePointer<uv_buf_t>.allocate(capacity: LoopState.maxVectors)

    deinit { self.state.deallocate() }

    func take(_ queue: OutboundQueue, _ choose: (Int) -> Int) -> [UInt8] {
        queue.withVectors(self.state) { count, bytes in
            let all = (0..<count).flatMap {
                UnsafeRawBufferPointer(start: self.state[$0].base, count: self.state[$0].len)
            }
            precondition(all.count == bytes)
            return Array(all.prefix(choose(bytes)))
        }
    }
}
