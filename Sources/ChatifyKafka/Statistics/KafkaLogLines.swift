internal import Logging

/// Passes librdkafka's own words on to a logger.
struct KafkaLogLines: Sendable {
    let logger: Logger

    /// Logs a line at the level that librdkafka gives it, those for debugging that say again and again what is said otherwise.
    ///
    /// Of connections ``ConnectionWatch`` has something to say, and of what cannot be read whoever reads.
    func write(_ line: KafkaEvent.LogLine) {
        let isDetail = line.isAboutTheOtherKind || line.isAboutConnections || line.isAboutReading
        self.logger.log(
            level: isDetail ? .debug : Self.level(of: line.severity),
            "librdkafka says",
            metadata: ["facility": "\(line.facility)", "line": "\(line.text)"]
        )
    }

    /// Logs that connections begin to fail, or do not any more.
    func write(_ change: ConnectionWatch.Action, _ line: KafkaEvent.LogLine? = nil) {
        switch change {
        case .none: break
        case .warn:
            self.logger.warning("Connections to Kafka brokers fail", metadata: ["line": "\(line?.words ?? "")"])
        case .notice: self.logger.notice("Connections to Kafka brokers work again")
        }
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

    /// Whether it repeats an error that the reader of the topic gets as well.
    fileprivate var isAboutReading: Bool { self.facility == "ERROR" && self.text.hasPrefix("[thrd:app]") }

    /// What it says, without the name of the thread.
    var words: String {
        let parts = self.text.split(separator: "]: ", maxSplits: 1)
        return String(parts.count == 2 && self.text.hasPrefix("[thrd:") ? parts[1] : self.text[...])
    }

    /// Whether it says that a broker cannot be connected to, ended the connection or does not answer.
    var isAboutConnections: Bool { ["FAIL", "REQTMOUT", "TIMEOUT"].contains(self.facility) }
}
