import Testing

@testable import ChatifyServer

@Suite struct ConnectionTurnTests {
    /// How many steps of that many bytes one turn has.
    @Test(arguments: [(0, 1024), (64, 512), (1024, 61), (65_536, 1), (1 << 20, 1)])
    func isOverAfterSoMuch(bytes: Int, steps: Int) {
        var turn = ConnectionTurn()
        let now = ContinuousClock.now
        var count = 0
        while !turn.isOver(at: now) {
            turn.noteStep(bytes)
            count += 1
        }
        #expect(count == steps)
    }

    @Test func beginsAnewWithTheTime() {
        var turn = ConnectionTurn()
        let now = ContinuousClock.now
        for millisecond in 0..<10 {
            let now = now + .milliseconds(millisecond)
            let isOverBefore = turn.isOver(at: now)
            turn.note(ConnectionTurn.maximumBytes)
            let isOver = turn.isOver(at: now)
            #expect(!isOverBefore && isOver)
        }
    }
}
