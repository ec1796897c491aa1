package import Logging

/// Keeps the lines of a logger.
package final class CapturingLog: Sendable {
    package struct Line: Sendable {
        package let level: Logger.Level
        package let message: String
        package let metadata: [String: String]
    }

    package let lines = Recorder<Line>()

    package init() {}

    package var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(lines: self.lines) }
        logger.logLevel = .trace
        return logger
    }

    package var errors: [Line] { self.lines.all.filter { $0.level == .error } }
    package var warnings: [Line] { self.lines.all.filter { $0.level == .warning } }
    package var notices: [Line] { self.lines.all.filter { $0.level == .notice } }
    package var debugs: [Line] { self.lines.all.filter { $0.level == .debug } }

    private struct Handler: LogHandler {
        let lines: Recorder<Line>
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            self.lines.record(
                Line(
                    level: event.level,
                    message: event.message.description,
                    metadata: (event.metadata ?? [:]).mapValues { "\($0)" }
                )
            )
        }
    }
}
