import ChatifyEventLoop
import Foundation
import Testing

@Suite(.serialized) struct SignalSourceTests {
    @Test func signalsArriveOnTheLoop() async throws {
        try await withLoop { loop async throws in
            let heard = Events<Bool>()
            let source = try await loop.run { () throws(EventLoopError) in
                EventLoopBound(
                    try SignalSource(loop: loop, number: .user1) { heard.send(loop.isCurrent) },
                    loop: loop
                )
            }
            kill(getpid(), SIGUSR1)
            #expect(try await heard.next())
            kill(getpid(), SIGUSR1)
            #expect(try await heard.next())
            await loop.run {
                source.value.close()
                source.value.close()
            }
        }
    }

    @Test func whatCannotBeCaughtIsAnError() async throws {
        try await withLoop { loop async throws in
            await #expect(throws: EventLoopError.self) {
                try await loop.run { () throws(EventLoopError) in
                    _ = try SignalSource(loop: loop, number: .init(rawValue: SIGKILL)) {}
                }
            }
        }
    }
}
