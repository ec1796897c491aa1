import Glibc
import TestSupport
import Testing

@testable import ChatifyEventLoop

@Suite(.timeLimit(.minutes(5))) struct LoopPollTests {
    @Test func saysWhenThereIsSomethingToRead() async throws {
        try await withWatchedPair { loop, pair, poll, ready in
            await loop.run { poll.value.watch(.readable) }
            #expect(write(pair.far, "x", 1) == 1)
            #expect(await ready.wait(forCount: 1).first == .readable)
        }
    }

    @Test func asksOnlyForWhatIsWantedAndOnlyWhenItChanges() async throws {
        try await withWatchedPair { loop, pair, poll, ready in
            await loop.run {
                for _ in 0..<5 { poll.value.watch(.readable) }
                #expect(poll.value.armCount == 1)
                poll.value.watch([.readable, .writable])
                poll.value.watch([.readable, .writable])
                #expect(poll.value.armCount == 2)
            }
            // Nothing was sent, so there is room to write and nothing to read.
            #expect(await ready.wait(forCount: 1).first == .writable)
            await loop.run { poll.value.watch([]) }
            #expect(write(pair.far, "x", 1) == 1)
            try await later(loop, than: .milliseconds(20))
            #expect(await loop.run { poll.value.interest } == [])
            #expect(!ready.all.contains { $0.contains(.readable) })
        }
    }

    @Test func theEndOfTheOtherSideIsReadable() async throws {
        try await withWatchedPair { loop, pair, poll, ready in
            await loop.run { poll.value.watch(.readable) }
            shutdown(pair.far, Int32(SHUT_WR))
            #expect(await ready.wait(forCount: 1).first?.contains(.readable) == true)
        }
    }

    @Test func aClosedPollKeepsQuietAndIsGone() async throws {
        try await withWatchedPair { loop, pair, poll, ready in
            let handles = await loop.run { loop.state.openHandles }
            await loop.run {
                poll.value.watch(.readable)
                poll.value.close()
                poll.value.close()
                poll.value.watch(.readable)
            }
            #expect(write(pair.far, "x", 1) == 1)
            try await later(loop, than: .milliseconds(20))
            #expect(ready.all.isEmpty)
            #expect(await loop.run { loop.state.openHandles } <= handles)
        }
    }

    @Test func theLoopsShutdownIsTold() async throws {
        let pair = try SocketPair()
        let told = Events<Bool>()
        try await withLoop { loop async throws in
            let poll = try await loop.run {
                EventLoopBound(
                    try LoopPoll(loop: loop, descriptor: pair.near, onReady: { _ in }, onShutdown: { told.send(true) }),
                    loop: loop
                )
            }
            await loop.run { poll.value.watch(.readable) }
        }
        #expect(try await told.next())
        pair.close()
    }

    @Test func aFileIsNoSocketAndAStoppedLoopTakesNone() async throws {
        try await withLoop { loop async throws in
            await #expect(throws: EventLoopError.self) {
                try await loop.run { _ = try LoopPoll(loop: loop, descriptor: -1, onReady: { _ in }) }
            }
        }
    }
}

@Suite struct NameLookupTests {
    @Test(arguments: [("localhost", "127.0.0.1"), ("192.0.2.7", "192.0.2.7"), ("::1", "::1")])
    func literalsAreAnsweredAtOnce(host: String, address: String) async throws {
        try await withLoop { loop async throws in
            let answer = await loop.run {
                var answer: [String] = []
                loop.lookUp(host) { answer = (try? $0.get()) ?? [] }
                return answer
            }
            #expect(answer == [address])
        }
    }

    @Test func anUnknownNameIsAnErrorThatNamesIt() async throws {
        try await withLoop { loop async throws in
            let answers = Events<String>()
            // No resolver needs to be asked for a label of more than 63 bytes.
            let host = String(repeating: "x", count: 64)
            await loop.run {
                loop.lookUp(host) { result in
                    switch result {
                    case .success(let addresses): answers.send("\(addresses)")
                    case .failure(let error): answers.send(error.attempt)
                    }
                }
            }
            #expect(try await answers.next() == "looking up \(host)")
        }
    }

    @Test func theNameOfThisMachineIsLookedUp() async throws {
        try await withLoop { loop async throws in
            let answers = Events<[String]>()
            await loop.run { loop.lookUp("LOCALHOST") { answers.send((try? $0.get()) ?? []) } }
            #expect(try await answers.next().isEmpty == false)
        }
    }
}

/// Two connected sockets.
private struct SocketPair {
    let near: Int32
    let far: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        (self.near, self.far) = (ends[0], ends[1])
    }

    func close() {
        Glibc.close(self.near)
        Glibc.close(self.far)
    }
}

private func withWatchedPair(
    _ body: (EventLoop, SocketPair, EventLoopBound<LoopPoll>, Recorder<LoopPoll.Readiness>) async throws -> Void
) async throws {
    try await withLoop { loop async throws in
        let (pair, told) = (try SocketPair(), Recorder<LoopPoll.Readiness>())
        let poll = try await loop.run {
            EventLoopBound(try LoopPoll(loop: loop, descriptor: pair.near, onReady: told.record), loop: loop)
        }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(loop, pair, poll, told))
        } catch {
            result = .failure(error)
        }
        await loop.run {
            poll.value.close()
            pair.close()
        }
        try result.get()
    }
}
