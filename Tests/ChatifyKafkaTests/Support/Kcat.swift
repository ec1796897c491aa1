internal import Foundation

/// The stock command-line client, as somebody else's program on the same topic.
enum Kcat {
    struct Failure: Error {
        let status: Int32
    }

    /// Writes one record and returns when the brokers have it.
    static func produce(_ value: String, key: String?, headers: [String] = [], to topic: TestTopic) throws {
        let file = NSTemporaryDirectory() + "kcat-\(UUID().uuidString)"
        try Data(value.utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let options = key.map { ["-k", $0] } ?? []
        _ = try self.run(
            ["-P", "-t", topic.name, "-b", topic.bootstrapServers] + options + headers.flatMap { ["-H", $0] } + [file]
        )
    }

    /// Reads a topic from its beginning to its end, each record in that format.
    static func consume(_ name: String, of topic: TestTopic, format: String) throws -> [String] {
        let arguments = ["-C", "-q", "-e", "-o", "beginning", "-t", name, "-b", topic.bootstrapServers, "-f", format]
        return try self.run(arguments).split(separator: "\n").map(String.init)
    }

    private static func run(_ arguments: [String]) throws -> String {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/kcat")
        process.arguments = arguments
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        return String(decoding: data, as: UTF8.self)
    }
}
