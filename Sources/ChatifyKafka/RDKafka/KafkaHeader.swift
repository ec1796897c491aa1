internal import ChatifyCore

/// One header of a record.
struct KafkaHeader: Sendable, Hashable {
    let name: String
    let value: [UInt8]

    init(_ name: String, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }

    init(_ name: String, _ value: String) {
        self.init(name, Array(value.utf8))
    }

    /// The header's value as text.
    var text: String { String(decoding: self.value, as: UTF8.self) }
}

extension [KafkaHeader] {
    /// The value of the last header of that name.
    func last(named name: String) -> KafkaHeader? { self.last { $0.name == name } }
}

extension RecordHeaders {
    /// The headers as the contract names them.
    var kafkaHeaders: [KafkaHeader] {
        var headers: [KafkaHeader] = []
        if let id = self.correlationID { headers.append(KafkaHeader("correlation-id", id.description)) }
        if let parent = self.traceparent { headers.append(KafkaHeader("traceparent", parent)) }
        return headers
    }

    /// Finds the contract's headers among those of a record.
    init(_ headers: [KafkaHeader]) {
        self.init(
            correlationID: headers.last(named: "correlation-id").flatMap { CorrelationID($0.text) },
            traceparent: headers.last(named: "traceparent")?.text
        )
    }
}
