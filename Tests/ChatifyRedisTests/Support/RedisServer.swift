import ChatifyCore
import ChatifyRedis
import Foundation
import Glibc
import TestSupport

/// A `redis-server` of the test's own on a free port of 127.0.0.1, without files.
final class RedisServer: Sendable {
    struct DidNotStart: Error, CustomStringConvertible {
        let description: String
    }

    private struct Running: Sendable {
        let process: Process
        /// The server dies when this is closed, also by the end of the tests.
        let lifeline: FileHandle
        let pid: Int32
    }

    let port: Int
    private let arguments: [String]
    private let running: Locked<Running?>

    /// Starts a server; `arguments` are more of its options.
    init(_ arguments: [String] = []) async throws {
        let port = try Self.freePort()
        self.port = port
        self.arguments = arguments
        self.running = Locked(try await Self.start(port, arguments))
    }

    var connectionString: RedisConnectionString { RedisConnectionString(host: "127.0.0.1", port: self.port) }

    /// Kills the server and returns when it is gone.
    func kill() async {
        let running = self.running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let running else { return }
        try? running.lifeline.close()
        await onThread { running.process.waitUntilExit() }
    }

    /// Starts the server anew on the same port, empty.
    func restart() async throws {
        await self.kill()
        let running = try await Self.start(self.port, self.arguments)
        self.running.withLock { $0 = running }
    }

    /// Stops the process from running, or lets it go on.
    func setFrozen(_ isFrozen: Bool) {
        guard let pid = self.running.withLock({ $0?.pid }) else { return }
        Foundation.kill(pid, isFrozen ? SIGSTOP : SIGCONT)
    }

    /// What the command-line client of Redis prints.
    func cli(_ arguments: String...) async throws -> String {
        let bytes = try await onThread { [port] in
            let (process, output) = (Process(), Pipe())
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["redis-cli", "-h", "127.0.0.1", "-p", "\(port)"] + arguments
            process.standardOutput = output
            return Result<[UInt8], any Error> {
                try process.run()
                let all = output.fileHandleForReading.readAll()
                process.waitUntilExit()
                return all
            }
        }.get()
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    private static func start(_ port: Int, _ arguments: [String]) async throws -> Running {
        let (process, input, output, lines) = (Process(), Pipe(), Pipe(), Recorder<String>())
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let script = #"redis-server "$@" & echo "pid $!"; cat > /dev/null; kill -9 $!; wait 2> /dev/null"#
        let options = ["--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process.arguments = ["-c", script, "sh"] + options + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        Thread.detachNewThread {
            var rest: [UInt8] = []
            while let bytes = output.fileHandleForReading.readSome() {
                rest += bytes
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    lines.record(String(decoding: rest[..<end], as: UTF8.self))
                    rest.removeFirst(end + 1)
                }
            }
            lines.record("end of output")
        }
        let seen = await lines.wait { $0.contains { $0.contains("Ready to accept") || $0 == "end of output" } }
        let pid = seen.lazy.compactMap { $0.hasPrefix("pid ") ? Int32($0.dropFirst(4)) : nil }.first
        guard let pid, seen.last != "end of output" else {
            throw DidNotStart(description: seen.joined(separator: "\n"))
        }
        return Running(process: process, lifeline: input.fileHandleForWriting, pid: pid)
    }

    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw DidNotStart(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// Runs what blocks on a thread of its own, so that other tests are not held up.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: body()) }
    }
}

extension FileHandle {
    /// All there is to read until the end.
    func readAll() -> [UInt8] {
        var all: [UInt8] = []
        while let bytes = self.readSome() { all += bytes }
        return all
    }

    /// What there is to read, or nil at the end.
    ///
    /// Foundation's own functions stop the program when a signal interrupts them, as the tests of signals do.
    fileprivate func readSome() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(self.fileDescriptor, &bytes, bytes.count)
            if count > 0 { return Array(bytes[..<count]) }
            if count == 0 || errno != EINTR { return nil }
        }
    }
}
