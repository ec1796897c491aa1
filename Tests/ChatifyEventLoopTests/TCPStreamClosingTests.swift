import ChatifyEventLoop
import Testing

@Suite struct TCPStreamClosingTests {
    @Test func afterAHalfCloseTheOtherWayStillWorks() async throws {
        try await withLoop { loop async throws in
            let pair = try await Pair(on: loop)
            await loop.run {
                let (client, server) = (pair.client.value, pair.server.value)
                server.stream?.startReading()
                client.stream?.startReading()
                _ = client.stream?.write([1, 2, 3])
                client.stream?.closeAfterFlush(within: .seconds(20))
                #expect(client.stream?.write([4]) == false)
                #expect(client.stream?.isOpen == false)
            }
            #expect(try await pair.serverEvents.next() == .end)
            await loop.run {
                #expect(pair.server.value.received == [1, 2, 3])
                // The client has said its end and drops this, but is still there to take it.
                #expect(pair.server.value.stream?.write([UInt8](repeating: 9, count: 100_000)) == true)
                pair.server.value.stream?.closeAfterFlush(within: .seconds(20))
            }
            #expect(try await pair.serverEvents.next() == .closed(nil))
            #expect(try await pair.clientEvents.next() == .closed(nil))
            #expect(await loop.run { pair.client.value.received.isEmpty })
        }
    }

    @Test func aGracefulCloseWritesEverythingFirst() async throws {
        try await withLoop { loop async throws in
            let pair = try await Pair(on: loop)
            await loop.run {
                let (client, server) = (pair.client.value, pair.server.value)
                client.stream?.maxOutboundBytes = 10_000_000
                #expect(client.stream?.write([UInt8](repeating: 5, count: 8_000_000)) == true)
                client.stream?.closeAfterFlush(within: .seconds(20))
                server.stream?.startReading()
            }
            #expect(try await pair.serverEvents.next() == .end)
            await loop.run {
                #expect(pair.server.value.received.count == 8_000_000)
                pair.server.value.stream?.close()
            }
            #expect(try await pair.clientEvents.first(where: \.isClosed) == .closed(nil))
        }
    }

    @Test func aGracefulCloseEndsAtItsDeadline() async throws {
        try await withLoop { loop async throws in
            let (stuck, idle) = (try await Pair(on: loop), try await Pair(on: loop))
            await loop.run {
                let stream = stuck.client.value.stream
                stream?.maxOutboundBytes = 50_000_000
                #expect(stream?.write([UInt8](repeating: 5, count: 40_000_000)) == true)
                stream?.closeAfterFlush(within: .milliseconds(50))
                idle.client.value.stream?.closeAfterFlush(within: .milliseconds(50))
            }
            #expect(try await stuck.clientEvents.first(where: \.isClosed) == .closed(.timedOut))
            #expect(try await idle.clientEvents.next() == .closed(nil))
        }
    }

    @Test func aResetIsAnErrorForThePeer() async throws {
        try await withLoop { loop async throws in
            let pair = try await Pair(on: loop)
            await loop.run {
                pair.server.value.stream?.startReading()
                pair.client.value.stream?.reset()
            }
            #expect(try await pair.serverEvents.next() == .closed(.connectionReset))
            #expect(try await pair.clientEvents.next() == .closed(nil))
        }
    }

    @Test func writingToAResetConnectionIsAnErrorNotASignal() async throws {
        try await withLoop { loop async throws in
            let pair = try await Pair(on: loop)
            await loop.run { pair.client.value.stream?.reset() }
            #expect(try await pair.clientEvents.next() == .closed(nil))
            await loop.run {
                // The first write may learn of the reset, the second meets a broken pipe.
                _ = pair.server.value.stream?.write([1])
                pair.server.value.stream?.flush()
                _ = pair.server.value.stream?.write([2])
            }
            let closed = try await pair.serverEvents.first(where: \.isClosed)
            #expect(closed == .closed(.connectionReset) || closed == .closed(.brokenPipe))
        }
    }

    @Test func closedIsSaidOnceAndLastWhateverIsCalled() async throws {
        try await withLoop { loop async throws in
            let pair = try await Pair(on: loop)
            await loop.run {
                guard let stream = pair.client.value.stream else { return }
                _ = stream.write([1])
                stream.startReading()
                stream.close()
                stream.close()
                stream.reset()
                stream.closeAfterFlush(within: .seconds(1))
                stream.startReading()
                stream.stopReading()
                stream.flush()
                #expect(!stream.write([2]))
                #expect(stream.outboundBytes == 0)
                #expect(stream.peerAddress.isEmpty)
            }
            #expect(try await pair.clientEvents.next() == .closed(nil))
            await loop.run { pair.server.value.stream?.close() }
            #expect(try await pair.serverEvents.next() == .closed(nil))
            await loop.shutdown()
            pair.clientEvents.send(.end)
            #expect(try await pair.clientEvents.next() == .end)
        }
    }

    @Test func aHandlerMayCloseFromWithinItsCallbacks() async throws {
        try await withLoop { loop async throws in
            let pair = try await Pair(on: loop)
            await loop.run {
                pair.server.value.onReceived = { peer, _ in peer.stream?.close() }
                pair.server.value.stream?.startReading()
                pair.client.value.stream?.startReading()
                _ = pair.client.value.stream?.write([UInt8](repeating: 0, count: 300_000))
            }
            #expect(try await pair.serverEvents.next() == .closed(nil))
            #expect(try await pair.clientEvents.first { $0 != .drained } != .received(0))
        }
    }

    @Test func anOpenStreamLivesWithoutAnyReferenceAndAClosedOneDoesNot() async throws {
        try await withLoop { loop async throws in
            let pair = try await Pair(on: loop)
            let remembered = await loop.run {
                let weakly = EventLoopBound(Weak(pair.client.value.stream), loop: loop)
                pair.client.value.stream = nil
                return weakly
            }
            #expect(await loop.run { remembered.value.object != nil })
            await loop.run { remembered.value.object?.close() }
            #expect(try await pair.clientEvents.next() == .closed(nil))
            await loop.run {}
            #expect(await loop.run { remembered.value.object == nil })
        }
    }
}

private struct Weak {
    weak var object: TCPStream?

    init(_ object: TCPStream?) { self.object = object }
}
