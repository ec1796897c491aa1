internal import ChatifyJSON

extension JSONWriter {
    /// Writes any value; binary data becomes base64.
    mutating func value(_ value: HubValue) {
        switch value {
        case .null: self.null()
        case .bool(let value): self.bool(value)
        case .integer(let value): self.int(value)
        case .double(let value): self.double(value)
        case .string(let value): self.string(value)
        case .bytes(let value): self.string(utf8: Base64.encode(value, as: .standard))
        case .time(let milliseconds): self.time(millisecondsSinceEpoch: milliseconds)
        case .array(let values): self.values(values)
        case .object(let members):
            self.beginObject()
            for member in members {
                self.key(member.name)
                self.value(member.value)
            }
            self.endObject()
        case .encoded(let json): self.raw(json)
        }
    }

    /// Writes an array.
    mutating func values(_ values: [HubValue]) {
        self.beginArray()
        for value in values { self.value(value) }
        self.endArray()
    }
}

extension HubMessage {
    /// Enough bytes for most messages of this kind, so that the writer seldom grows.
    var estimatedSize: Int {
        switch self {
        case .invocation(let invocation), .streamInvocation(let invocation):
            96 + invocation.arguments.reduce(0) { $0 + $1.estimatedSize }
        case .completion(let completion):
            switch completion.outcome {
            case .void: 64
            case .result(let result): 64 + result.estimatedSize
            case .error(let error): 64 + error.utf8.count
            }
        case .streamItem(let item): 64 + item.item.estimatedSize
        case .cancelInvocation, .ping, .close, .ack, .sequence, .unknown: 96
        }
    }
}

extension HubValue {
    fileprivate var estimatedSize: Int {
        switch self {
        case .encoded(let json): json.count + 1
        case .string(let text): text.utf8.count + 3
        case .bytes(let bytes): bytes.count / 3 * 4 + 8
        case .array(let values): 64 + values.count * 16
        case .object(let members): 64 + members.count * 32
        case .null, .bool, .integer, .double, .time: 32
        }
    }
}
