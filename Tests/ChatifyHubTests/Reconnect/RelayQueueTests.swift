import Testing

@testable import ChatifyHub

@Suite struct RelayQueueTests {
    @Test func `The other loop is told once for all that it then takes`() {
        var queue = RelayQueue<String>()
        #expect(queue.put([1]))
        #expect(!queue.put([2, 3]))
        #expect(queue.count == 3)
        #expect(queue.take().bytes == [1, 2, 3])
        #expect(queue.count == 0)
        #expect(queue.put([4]))
    }

    @Test func `The end comes behind the bytes, and nothing behind the end`() {
        var queue = RelayQueue<String>()
        #expect(queue.put([1]))
        #expect(!queue.finish("end"))
        #expect(!queue.put([2]))
        #expect(!queue.finish("again"))
        let taken = queue.take()
        #expect(taken.bytes == [1] && taken.end == "end")
    }

    @Test func `An end may come instead of the bytes`() {
        var queue = RelayQueue<String>()
        _ = queue.put([1])
        _ = queue.take()
        #expect(queue.put([2]))
        #expect(!queue.finish("end", droppingBytes: true))
        let taken = queue.take()
        #expect(taken.bytes.isEmpty && taken.end == "end")
    }

    @Test func `An end alone is told`() {
        var queue = RelayQueue<String>()
        #expect(queue.finish("end"))
    }
}
