import Testing

@testable import ChatifyHub

@Suite struct RelayQueueTests {
    @Test func `The other loop is told once for all that it then takes`() {
        var queue = RelayQueue<String>()
        let isNews1 = queue.put([1])
        #expect(isNews1)
        let isNews2 = queue.put([2, 3])
        #expect(!isNews2)
        #expect(queue.count == 3)
        let taken = queue.take()
        #expect(taken.bytes == [1, 2, 3])
        #expect(queue.count == 0)
        let isNews3 = queue.put([4])
        #expect(isNews3)
    }

    @Test func `The end comes behind the bytes, and nothing behind the end`() {
        var queue = RelayQueue<String>()
        let isNews4 = queue.put([1])
        #expect(isNews4)
        let isNews5 = queue.finish("end")
        #expect(!isNews5)
        let isNews6 = queue.put([2])
        #expect(!isNews6)
        let isNews7 = queue.finish("again")
        #expect(!isNews7)
        let taken = queue.take()
        #expect(taken.bytes == [1] && taken.end == "end")
    }

    @Test func `An end may come instead of the bytes`() {
        var queue = RelayQueue<String>()
        _ = queue.put([1])
        _ = queue.take()
        let isNews8 = queue.put([2])
        #expect(isNews8)
        let isNews9 = queue.finish("end", droppingBytes: true)
        #expect(!isNews9)
        let taken = queue.take()
        #expect(taken.bytes.isEmpty && taken.end == "end")
    }

    @Test func `An end alone is told`() {
        var queue = RelayQueue<String>()
        let isNews10 = queue.finish("end")
        #expect(isNews10)
    }
}
