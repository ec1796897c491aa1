internal import Logging

/// Passes librdkafka's own words on to a logger.
struct KafkaLogLines: Sendable {
    let logger: Logger

    /// Logs a line at the level that librdkafka gives it.
    func write(_ line: KafkaEvent.LogLine) {
        self.logger.log(
            level: line.isAboutTheOtherKind ? .debug : Self.level(of: line.severity),
            "librdkafka says",
            metadata: ["facility": "\(line.facility)", "line": "\(line.text)"]
        )
    }

    /// Logs an error that librdkafka reports.
    func write(_ error: KafkaError, isFatal: Bool) {
        self.logger.log(
            // librdkafka's log has a line of what passes, too.
            level: isFatal ? .error : .debug,
            "The Kafka client reports an error",
            metadata: ["error": "\(error)", "fatal": "\(isFatal)"]
        )
    }

    /// The level of a severity of RFC 5424.
    static func level(of severity: Int32) -> Logger.Level {
        switch severity {
        case ...2: .critical
        case 3: .error
        case 4: .warning
        case 5: .notice
        case 6: .info
        default: .debug
        }
    }
}

extension KafkaEvent.LogLine {
    /// Whether it says that a producer has no use for a consumer's property, or the other way: the operator's properties go to both.
    fileprivate var isAboutTheOtherKind: Bool {
        self.facility == "CONFWARN" && self.text.contains("will be ignored by this")
    }
}
