import ChatifyEventLoop
import Foundation
import Testing

@Suite struct TCPListenerTests {
    @Test(
        arguments: [
            ("localhost", 0, nil), ("0.0.0.0", 0, nil), ("::1", 0, nil), ("127.0.0.1", 70000, .invalidArgument),
            ("127.0.0.1", -1, .invalidArgument), ("example.invalid", 0, .invalidArgument), ("", 0, .invalidArgument),
        ] as [(String, Int, EventLoopError.Code?)]
    )
    func hosts(host: String, port: Int, expected: EventLoopError.Code?) async throws {
        try await withLoop { loop async throws in
            #expect(await listen(on: loop, host: host, port: port).code == expected)
        }
    }

    @Test func aBusyPortIsAnError() async throws {
        try await withLoop { loop async throws in
            let first = await listen(on: loop)
            #expect(await listen(on: loop, port: first.port).code == .addressInUse)
            #expect(await listen(on: loop, port: first.port, sharesPort: true).code == .addressInUse)
        }
    }

    @Test func aClosedListenerFreesItsPortAtOnce() async throws {
        try await withLoop { loop async throws in
            try await loop.run { () throws(EventLoopError) in
                let first = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { _ in }
                first.close()
                first.close()
                _ = try TCPListener(loop: loop, host: "127.0.0.1", port: first.port) { _ in }
            }
        }
    }

    @Test func theProbeSeesASharedPort() async throws {
        try await withLoop { loop async throws in
            let first = await listen(on: loop, sharesPort: true)
            #expect(await listen(on: loop, port: first.port, sharesPort: true).code == nil)
            let error = #expect(throws: EventLoopError.self) {
                try TCPListener.probe(host: "127.0.0.1", port: first.port)
            }
            #expect(error?.code == .addressInUse)
            #expect(error?.attempt.contains(String(first.port)) == true)
        }
        try TCPListener.probe(host: "127.0.0.1", port: 0)
    }

    @Test func twoLoopsShareOnePort() async throws {
        try await withLoop { first async throws in
            try await withLoop { second async throws in
                let accepted = Events<Int>()
                let port = await listen(on: first, sharesPort: true) { accepted.send(1) }.port
                #expect(await listen(on: second, port: port, sharesPort: true) { accepted.send(2) }.code == nil)
                var seen: Set<Int> = []
                // The kernel spreads by a hash of the client's port: each connection tells 50:50.
                for _ in 0..<200 where seen.count < 2 {
                    _ = try await TCPStream.connect(loop: first, host: "127.0.0.1", port: port, timeout: .seconds(20))
                    seen.insert(try await accepted.next())
                }
                #expect(seen == [1, 2])
            }
        }
    }

    /// In a process of its own, which it robs of its file descriptors.
    @Test func outOfDescriptorsTheListenerRestsAndRecovers() async {
        await #expect(processExitsWith: .success) {
            let server = try EventLoop(name: "server")
            let (accepted, failures) = (Events<Int>(), Events<EventLoopError.Code>())
            let port = try await server.run { () throws(EventLoopError) in
                let listener = try TCPListener(loop: server, host: "127.0.0.1", port: 0) { _ in accepted.send(0) }
                listener.onAcceptError = { failures.send($0.code) }
                return listener.port
            }
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = 256
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var robbed: [Int32] = []
            while case let descriptor = dup(client), descriptor >= 0 { robbed.append(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
            let connected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            precondition(connected == 0)
            let codes = try await failures.next(2)
            precondition(codes == [.tooManyOpenFiles, .tooManyOpenFiles])
            for descriptor in robbed { close(descriptor) }
            _ = try await accepted.next()
            await server.shutdown()
            precondition(server.loopCloseStatus == 0)
        }
    }
}

/// Listens and answers the port, or why not.
private func listen(
    on loop: EventLoop,
    host: String = "127.0.0.1",
    port: Int = 0,
    sharesPort: Bool = false,
    _ accepted: @escaping @Sendable () -> Void = {}
) async -> (port: Int, code: EventLoopError.Code?) {
    await loop.run {
        do throws(EventLoopError) {
            let listener = try TCPListener(loop: loop, host: host, port: port, sharesPort: sharesPort) { stream in
                accepted()
                stream.close()
            }
            return (listener.port, nil)
        } catch {
            return (0, error.code)
        }
    }
}
