internal import ChatifyCore
internal import Foundation

/// A mock cluster in a process of its own, gone with this object or with the tests.
final class MockKafka: Sendable {
    /// What a broker process did not do.
    struct Failure: Error {
        let line: String
    }

    private struct Ends: @unchecked Sendable {
        let process: Process
        let input: FileHandle
        let output: FileHandle
    }

    let bootstrapServers: String
    private let ends: Locked<Ends>

    init(_ arguments: String...) throws {
        let (process, input, output) = (Process(), Pipe(), Pipe())
        // Beside the tests' own executable.
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        process.executableURL = folder.appendingPathComponent("MockBroker")
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let ends = Ends(process: process, input: input.fileHandleForWriting, output: output.fileHandleForReading)
        let line = Self.readLine(ends.output)
        guard line.hasPrefix("bootstrap.servers=") else { throw Failure(line: line) }
        self.bootstrapServers = String(line.dropFirst("bootstrap.servers=".count))
        self.ends = Locked(ends)
    }

    deinit { self.ends.withLock { try? $0.input.close() } }

    /// Gives a command and waits until it is obeyed.
    func tell(_ command: String) throws {
        let answer = self.ends.withLock { ends in
            ends.input.write(Data((command + "\n").utf8))
            return Self.readLine(ends.output)
        }
        guard answer == "ok" else { throw Failure(line: answer) }
    }

    /// Stops the process for a while, as a machine that hangs: connections stay and nothing is answered.
    ///
    /// Returns when all its threads have stopped.
    func suspend() throws {
        let id = self.ends.withLock { ends in
            _ = ends.process.suspend()
            return ends.process.processIdentifier
        }
        while try !String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8).contains("State:\tT") {}
    }

    /// Lets the process go on.
    func resume() {
        self.ends.withLock { _ = $0.process.resume() }
    }

    private static func readLine(_ handle: FileHandle) -> String {
        var line: [UInt8] = []
        while let byte = handle.readData(ofLength: 1).first, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }
}
