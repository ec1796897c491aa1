import ChatifyCore
import Testing

@testable import ChatifySimulation

struct AllowedCallsTests {
    private let window = RateLimitWindow(threshold: 2, length: .seconds(10))

    @Test(
        arguments: [
            ([(0, true), (1, true), (2, false), (10, true)], true), ([(0, true), (1, true), (9, true)], false),
            ([(0, true), (1, false)], false), ([(0, true), (9, true), (10, true), (19, true), (20, true)], true),
        ] as [([(Int, Bool)], Bool)]
    )
    func judgesTheLimiter(calls: [(Int, Bool)], isRight: Bool) {
        var allowed = AllowedCalls()
        let verdicts = calls.map { allowed.isRight($0.1, self.window, at: .seconds($0.0)) }
        #expect(verdicts.allSatisfy { $0 } == isRight)
    }
}
