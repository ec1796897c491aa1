import ChatifyEventLoop
import Testing

/// What is confined to a loop stops the program elsewhere instead of racing; each in a process of its own.
@Suite struct ConfinementTests {
    @Test func aBoundValueIsReachedOnItsLoopAlone() async throws {
        try await withLoop { loop async throws in
            var bound = await loop.run { EventLoopBound(1, loop: loop) }
            bound = await loop.run { [bound] in
                var copy = bound
                copy.value += 1
                return copy
            }
            let value = await loop.run { [bound] in bound.value }
            #expect(value == 2)
        }
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop(name: "test")
            let bound = await loop.run { EventLoopBound(1, loop: loop) }
            _ = bound.value
        }
    }

    @Test func timersAreMadeOnTheLoop() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop(name: "test")
            _ = LoopTimer(loop: loop)
        }
    }

    @Test func aLoopCannotWaitForItself() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop(name: "test")
            await loop.run { loop.shutdownAndWait() }
        }
    }
}
