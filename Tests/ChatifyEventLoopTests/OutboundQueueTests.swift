import CLibuv
import TestSupport
import Testing

@testable import ChatifyEventLoop

@Suite struct OutboundQueueTests {
    enum Step {
        /// Append so many bytes; the outcome is whether they were taken.
        case append(Int)
        /// The socket took so many bytes; the outcome is whether there is news of room.
        case consume(Int)
        /// A write request took up to so many bytes, and is done; the outcome is as above.
        case request(Int), finishRequest
        /// The socket was full.
        case block
    }

    /// With a bound of ten bytes.
    @Test(
        arguments: [
            ([.append(6), .append(5), .append(4), .append(1), .append(0)], [true, false, true, false, true]),
            ([.append(11)], [false]),
            // Above half, and below it again: told once.
            ([.append(6), .consume(1), .consume(1), .consume(1)], [true, false, true, false]),
            // Never above half: nothing to tell.
            ([.append(5), .consume(5)], [true, false]),
            // Refused, then empty.
            ([.append(2), .append(9), .consume(1), .consume(1)], [true, false, false, true]),
            // A refusal of what never fits promises nothing.
            ([.append(11), .append(2), .consume(2)], [false, true, false]),
            ([.append(2), .block, .consume(2)], [true, false, true]),
            // The bytes of a request count until it is done.
            ([.append(10), .request(7), .append(1), .finishRequest, .append(7)], [true, false, false, true, true]),
        ] as [([Step], [Bool])]
    )
    func outcomes(steps: [Step], expected: [Bool]) {
        var queue = OutboundQueue()
        queue.maxBytes = 10
        #expect(steps.map { Self.play($0, on: &queue) } == expected)
    }

    private static func play(_ step: Step, on queue: inout OutboundQueue) -> Bool {
        switch step {
        case .append(let count): return queue.append([UInt8](repeating: 1, count: count))
        case .consume(let count): queue.consume(count)
        case .request(let count):
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
            defer { buffer.deallocate() }
            _ = queue.moveToRequest(buffer)
        case .finishRequest: queue.finishRequest()
        case .block: queue.noteBlocked()
        }
        return queue.takeDrained()
    }

    /// Whatever mixture of appends, writes and requests: the bytes come out once and in order.
    @Test(arguments: 1...20)
    func bytesComeOutInOrder(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var queue = OutboundQueue()
        queue.maxBytes = 50_000
        var (expected, written) = ([UInt8](), [UInt8]())
        let state = Vectors()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 700, alignment: 1)
        defer { buffer.deallocate() }
        for _ in 0..<2000 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0...2:
                let bytes = random.bytes(Int.random(in: 0...(Bool.random(using: &random) ? 300 : 5000), using: &random))
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
    // Small, so that a random queue fills both the vectors and the scratch.
    private let state = VectorSpace(vectorCount: 4, scratchSize: 4096)

    deinit { self.state.deallocate() }

    func take(_ queue: OutboundQueue, _ choose: (Int) -> Int) -> [UInt8] {
        queue.withVectors(self.state) { count, bytes in
            let all = (0..<count).flatMap {
                UnsafeRawBufferPointer(start: self.state.vectors[$0].base, count: self.state.vectors[$0].len)
            }
            precondition(all.count == bytes)
            return Array(all.prefix(choose(bytes)))
        }
    }
}
