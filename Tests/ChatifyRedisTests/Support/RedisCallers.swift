import Foundation

/// Several processes that call one rate limit; see `Tests/RedisCaller`.
struct RedisCallers {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// What one process saw.
    struct Seen {
        /// The count of each call that was allowed.
        var counts: [Int] = []
        var calls = 0
    }

    /// Runs one process for each number of callers, all at once, and returns what each saw.
    static func run(port: Int, callers: [Int], milliseconds: Int, threshold: Int, window: Int) async throws -> [Seen] {
        let processes = try callers.map { callers in
            try Self.start([port, callers, milliseconds, threshold, window].map { "\($0)" })
        }
        // Each waits for this, so that none is done before another begins.
        for process in processes { try process.input.fileHandleForWriting.write(contentsOf: Array("go\n".utf8)) }
        var seen: [Seen] = []
        for process in processes { seen.append(try await process.seen()) }
        return seen
    }

    private struct Running: Sendable {
        let process: Process
        let input: Pipe
        let output: Pipe

        func seen() async throws -> Seen {
            let text = await onThread {
                defer { self.process.waitUntilExit() }
                return String(decoding: self.output.fileHandleForReading.readAll(), as: UTF8.self)
            }
            let lines = text.split(separator: "\n")
            guard let last = lines.last, last.hasPrefix("calls "), let calls = Int(last.dropFirst(6)) else {
                throw Failed(description: text)
            }
            return Seen(counts: lines.compactMap { Int($0) }, calls: calls)
        }
    }

    private static func start(_ arguments: [String]) throws -> Running {
        let running = Running(process: Process(), input: Pipe(), output: Pipe())
        // Built beside the tests.
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        running.process.executableURL = products.appendingPathComponent("RedisCaller")
        running.process.arguments = arguments
        running.process.standardInput = running.input
        running.process.standardOutput = running.output
        try running.process.run()
        return running
    }
}
