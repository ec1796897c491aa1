import Testing

@testable import ChatifyKafka

@Suite struct SendTableTests {
    private let now = ContinuousClock.now

    @Test func everyWaiterIsTakenOnce() {
        var table = SendTable<String>()
        let tokens = (0..<3).map { _ in table.makeToken() }
        #expect(Set(tokens).count == 3 && !tokens.contains(0))
        for (token, name) in zip(tokens, ["a", "b", "c"]) {
            let isAdded = table.add(name, for: token, until: self.now + .seconds(1))
            #expect(isAdded)
        }
        #expect(table.take(tokens[1]) == "b")
        #expect(table.take(tokens[1]) == nil)
        #expect(table.takeAll().sorted() == ["a", "c"])
        #expect(table.takeAll().isEmpty && table.take(tokens[0]) == nil)
    }

    @Test func deadlines() {
        var table = SendTable<Int>()
        for second in 1...5 {
            let isAdded = table.add(second, for: table.makeToken(), until: self.now + .seconds(second))
            #expect(isAdded)
        }
        #expect(table.takeExpired(now: self.now).isEmpty)
        #expect(table.takeExpired(now: self.now + .seconds(2)).sorted() == [1, 2])
        #expect(table.takeExpired(now: self.now + .seconds(2)).isEmpty)
        #expect(table.count == 3)
    }

    @Test func aClosedTableLetsNobodyIn() {
        var table = SendTable<Int>()
        let token = table.makeToken()
        let isAdded = table.add(1, for: token, until: self.now)
        table.close()
        let isAddedLater = table.add(2, for: table.makeToken(), until: self.now)
        #expect(isAdded && !isAddedLater)
        #expect(table.take(token) == 1)
    }
}
