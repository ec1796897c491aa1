import ChatifyCore
import Logging
import TestSupport

/// Keeps the lines of a logger.
final class CapturingLog: Sendable {
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: [String: String]
    }

    let lines = Recorder<Line>()

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(lines: self.lines) }
        logger.logLevel = .trace
        return logger
    }

    var warnings: [Line] { self.lines.all.filter { $0.level == .warning } }
    var notices: [Line] { self.lines.all.filter { $0.level == .notice } }
    var debugs: [Line] { self.lines.all.filter { $0.level == .debug } }

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
