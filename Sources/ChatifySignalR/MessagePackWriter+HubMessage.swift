extension MessagePackWriter {
    /// Writes one message as an array: `[type, headers, …]` (`signalr.md` section 10).
    mutating func message(_ message: HubMessage) {
        switch message {
        case .invocation(let invocation): self.fields(of: invocation, type: HubMessageType.invocation)
        case .streamInvocation(let invocation): self.fields(of: invocation, type: HubMessageType.streamInvocation)
        case .streamItem(let item):
            self.begin(HubMessageType.streamItem, count: 4, id: item.id)
            self.value(item.item)
        case .completion(let completion): self.fields(of: completion)
        case .cancelInvocation(let id): self.begin(HubMessageType.cancelInvocation, count: 3, id: id)
        case .ping: self.begin(HubMessageType.ping, count: 1)
        case .close(let close):
            self.begin(HubMessageType.close, count: 3)
            self.optional(close.error)
            self.bool(close.allowReconnect)
        case .ack(let id):
            self.begin(HubMessageType.ack, count: 2)
            self.int(id)
        case .sequence(let id):
            self.begin(HubMessageType.sequence, count: 2)
            self.int(id)
        case .unknown(let type): self.begin(type, count: 1)
        }
    }

    private mutating func fields(of invocation: HubInvocation, type: Int64) {
        // All six, always: signalrcore reads the stream ids without asking whether they are there.
        self.begin(type, count: 6, headers: invocation.headers)
        self.optional(invocation.id)
        self.string(invocation.target)
        self.values(invocation.arguments)
        self.array(count: invocation.streamIDs.count)
        for id in invocation.streamIDs { self.string(id) }
    }

    private mutating func fields(of completion: HubCompletion) {
        let kind = MessagePackResultKind(completion.outcome)
        self.begin(HubMessageType.completion, count: kind == .void ? 4 : 5, id: completion.id)
        self.int(kind.rawValue)
        switch completion.outcome {
        case .void: break
        case .result(let result): self.value(result)
        case .error(let error): self.string(error)
        }
    }

    private mutating func begin(_ type: Int64, count: Int) {
        self.array(count: count)
        self.int(type)
    }

    private mutating func begin(_ type: Int64, count: Int, id: String) {
        self.begin(type, count: count, headers: [:])
        self.string(id)
    }

    /// Sorts the headers by name, so that equal messages are equal bytes.
    private mutating func begin(_ type: Int64, count: Int, headers: [String: String]) {
        self.begin(type, count: count)
        self.map(count: headers.count)
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            self.string(name)
            self.string(value)
        }
    }

    private mutating func optional(_ text: String?) {
        if let text { self.string(text) } else { self.null() }
    }
}
