import Dispatch
import TestSupport
import Testing

@testable import ChatifyEventLoop

@Suite struct TCPStreamTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func anEchoOfAMegabyteComesBackWhole(seed: UInt64) async throws {
        try await withLoop { loop async throws in
            let pair = try await Pair(on: loop)
            var random = SeededRandom(seed: seed)
            let message = random.bytes(1_048_576)
            await loop.run {
                let (client, server) = (pair.client.value, pair.server.value)
                server.stream?.maxOutboundBytes = 4_000_000
                server.onReceived = { peer, bytes in #expect(peer.stream?.write(Array(bytes)) == true) }
                let sender = ChunkedSender(message, seed: seed)
                client.stream?.maxOutboundBytes = 100_000
                client.reportAt = message.count
                client.onDrained = { peer in if let stream = peer.stream { _ = sender.send(on: stream) } }
                client.stream?.startReading()
                server.stream?.startReading()
                if let stream = client.stream { #expect(!sender.send(on: stream)) }
            }
            _ = try await pair.clientEvents.first { $0 == .received(message.count) }
            #expect(await loop.run { pair.client.value.received == message })
        }
    }

    @Test func theBoundRefusesAndNothingIsLost() async throws {
        try await withLoop { loop async throws in
            let pair = try await Pair(on: loop)
            let piece = [UInt8](repeating: 7, count: 60_000)
            // The peer does not read: the kernel fills up, then our queue.
            let accepted = try await fillUp(pair, piece)
            let total = accepted * piece.count
            await loop.run {
                let stream = pair.client.value.stream
                #expect(stream?.write(piece) == false)
                #expect((stream?.outboundBytes ?? 0) <= 200_000)
                pair.server.value.reportAt = total
                pair.server.value.stream?.startReading()
            }
            #expect(try await pair.serverEvents.next() == .received(total))
            #expect(try await pair.clientEvents.next() == .drained)
            #expect(await loop.run { pair.client.value.stream?.outboundBytes } == 0)
        }
    }

    @Test func aSlowReaderGetsEverythingInOrder() async throws {
        try await withLoop { loop async throws in
            let pair = try await Pair(on: loop)
            var random = SeededRandom(seed: 9)
            let message = random.bytes(20_000_000)
            await loop.run {
                let (client, server) = (pair.client.value, pair.server.value)
                client.stream?.maxOutboundBytes = message.count
                let sender = ChunkedSender(message, seed: 9)
                if let stream = client.stream { #expect(sender.send(on: stream)) }
                server.reportAt = message.count
                // Stops after each piece, so that the writer meets a full socket again and again.
                server.onReceived = { peer, _ in
                    peer.stream?.stopReading()
                    let box = EventLoopBound(peer, loop: loop)
                    loop.execute { box.value.stream?.startReading() }
                }
                server.stream?.startReading()
            }
            #expect(try await pair.serverEvents.next() == .received(message.count))
            #expect(await loop.run { pair.server.value.received == message })
        }
    }

    @Test func writesOfOneTickLeaveTogether() async throws {
        try await withLoop { loop async throws in
            let pair = try await Pair(on: loop)
            let before = await loop.run { loop.state.writeCalls }
            await loop.run {
                pair.server.value.reportAt = 64 * 100
                pair.server.value.stream?.startReading()
                for _ in 0..<64 { _ = pair.client.value.stream?.write([UInt8](repeating: 1, count: 100)) }
                #expect(loop.state.writeCalls == before)
            }
            #expect(try await pair.serverEvents.next() == .received(6400))
            #expect(await loop.run { loop.state.writeCalls } == before + 1)
        }
    }

    @Test func flushWritesAtOnce() async throws {
        try await withLoop { loop async throws in
            let pair = try await Pair(on: loop)
            await loop.run {
                guard let stream = pair.client.value.stream else { return }
                #expect(stream.write([1, 2, 3]))
                #expect(stream.outboundBytes == 3)
                stream.flush()
                #expect(stream.outboundBytes == 0)
            }
        }
    }

    @Test func addressesAreReadable() async throws {
        try await withLoop { loop async throws in
            for (host, prefix) in [("127.0.0.1", "127.0.0.1:"), ("::1", "[::1]:")] {
                let pair = try await Pair(on: loop, host: host)
                #expect(await loop.run { pair.server.value.stream?.peerAddress.hasPrefix(prefix) } == true)
            }
        }
    }

    @Test func connectingToNobodyIsRefused() async throws {
        try await withLoop { loop async throws in
            let port = try await loop.run { () throws(EventLoopError) in
                let listener = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { _ in }
                listener.close()
                return listener.port
            }
            let error = await #expect(throws: EventLoopError.self) {
                try await TCPStream.connect(loop: loop, host: "127.0.0.1", port: port, timeout: .seconds(20))
            }
            #expect(error?.code == .connectionRefused)
            #expect(error?.attempt == "connecting to 127.0.0.1:\(port)")
        }
    }

    /// A listener whose loop is busy, and whose kernel queue of one is full, answers nobody.
    @Test func connectingEndsAtItsTimeout() async throws {
        try await withLoop { silent async throws in
            try await withLoop { loop async throws in
                let port = try await silent.run { () throws(EventLoopError) in
                    let listener = try TCPListener(loop: silent, host: "127.0.0.1", port: 0, backlog: 1) { _ in }
                    return listener.port
                }
                let gate = DispatchSemaphore(value: 0)
                defer { gate.signal() }
                silent.execute { gate.wait() }
                var last: EventLoopError.Code?
                for _ in 0..<6 where last == nil {
                    do throws(EventLoopError) {
                        _ = try await TCPStream.connect(
                            loop: loop,
                            host: "127.0.0.1",
                            port: port,
                            timeout: .milliseconds(200)
                        )
                    } catch {
                        last = error.code
                    }
                }
                #expect(last == .timedOut)
            }
        }
    }

    private func fillUp(_ pair: Pair, _ piece: [UInt8]) async throws -> Int {
        await pair.loop.run { pair.client.value.stream?.maxOutboundBytes = 200_000 }
        var (accepted, refusals) = (0, 0)
        // Refused in three turns running: by then the kernel takes no more either.
        while refusals < 3 {
            let took = await pair.loop.run {
                var count = 0
                while let stream = pair.client.value.stream, stream.write(piece) { count += 1 }
                return count
            }
            refusals = took == 0 ? refusals + 1 : 0
            accepted += took
            try await later(pair.loop, than: .milliseconds(5))
        }
        return accepted
    }
}
