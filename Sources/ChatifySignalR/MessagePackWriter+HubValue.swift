extension MessagePackWriter {
    /// Writes any value.
    mutating func value(_ value: HubValue) {
        switch value {
        case .null: self.null()
        case .bool(let value): self.bool(value)
        case .integer(let value): self.int(value)
        case .double(let value): self.double(value)
        case .string(let value): self.string(value)
        case .bytes(let value): self.bytes(value)
        case .time(let milliseconds): self.time(millisecondsSinceEpoch: milliseconds)
        case .array(let values): self.values(values)
        case .object(let members):
            self.map(count: members.count)
            for member in members {
                self.string(member.name)
                self.value(member.value)
            }
        case .encoded(let messagePack): self.raw(messagePack)
        }
    }

    /// Writes an array.
    mutating func values(_ values: [HubValue]) {
        self.array(count: values.count)
        for value in values { self.value(value) }
    }
}
