import Logging
import TestSupport

/// Keeps the lines of a logger.
final class CapturingLog: Sendable {
    struct Line: Sendable, Hashable {
        let level: Logger.Level
        let message: String
    }

    let lines = Recorder<Line>()

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(lines: self.lines) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let lines: Recorder<Line>
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            self.lines.record(Line(level: event.level, message: event.message.description))
        }
    }
}
