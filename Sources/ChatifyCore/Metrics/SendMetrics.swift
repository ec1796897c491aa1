internal import Metrics

/// What a ``ChatService`` counts, in the metrics factory that is in force when the service is made.
struct SendMetrics: Sendable {
    private let accepted = Self.sends("OK")
    private let refused: [ChatError.Code: Counter]
    private let refusedOtherwise = Self.sends("OTHER")
    private let ingested = Counter(label: "chat_messages_ingested_total")
    private let rateLimited = Counter(label: "chatify_rate_limited_sends_total")
    private let produceTime = Timer(label: "chatify_produce_seconds", preferredDisplayUnit: .seconds)

    /// The codes that have a label of their own; adapters may make any number of others.
    private static let codes: [ChatError.Code] = [
        .validation, .rateLimitExceeded, .eventProductionFailed, .configuration, .unauthenticated, .forbidden,
        .unavailable, .cancelled,
    ]

    init() {
        self.refused = Dictionary(uniqueKeysWithValues: Self.codes.map { ($0, Self.sends($0.rawValue)) })
    }

    private static func sends(_ code: String) -> Counter {
        Counter(label: "chatify_sends_total", dimensions: [("code", code)])
    }

    /// Counts a message that the log has acknowledged.
    func countAccepted() {
        self.accepted.increment()
        self.ingested.increment()
    }

    /// Counts a send that failed.
    func countRefused(_ code: ChatError.Code) {
        (self.refused[code] ?? self.refusedOtherwise).increment()
        if code == .rateLimitExceeded { self.rateLimited.increment() }
    }

    /// Takes note of how long the log took to acknowledge.
    func noteProduced(in time: Duration) { self.produceTime.record(duration: time) }
}
