internal import ChatifyJSON

extension JSONWriter {
    /// Writes one record as an object: the fields that clients know and no others.
    mutating func record(_ message: HubMessage) {
        self.beginObject()
        switch message {
        case .invocation(let invocation): self.fields(of: invocation, type: HubMessageType.invocation)
        case .streamInvocation(let invocation): self.fields(of: invocation, type: HubMessageType.streamInvocation)
        case .streamItem(let item):
            self.type(HubMessageType.streamItem)
            self.invocationID(item.id)
            self.key("item")
            self.value(item.item)
        case .completion(let completion): self.fields(of: completion)
        case .cancelInvocation(let id):
            self.type(HubMessageType.cancelInvocation)
            self.invocationID(id)
        case .ping: self.type(HubMessageType.ping)
        case .close(let close): self.fields(of: close)
        case .ack(let id): self.fields(type: HubMessageType.ack, sequenceID: id)
        case .sequence(let id): self.fields(type: HubMessageType.sequence, sequenceID: id)
        case .unknown(let type): self.type(type)
        }
        self.endObject()
    }

    private mutating func fields(of invocation: HubInvocation, type: Int64) {
        self.type(type)
        if !invocation.headers.isEmpty { self.headers(invocation.headers) }
        if let id = invocation.id { self.invocationID(id) }
        self.key("target")
        self.string(invocation.target)
        self.key("arguments")
        self.values(invocation.arguments)
        guard !invocation.streamIDs.isEmpty else { return }
        self.key("streamIds")
        self.beginArray()
        for id in invocation.streamIDs { self.string(id) }
        self.endArray()
    }

    private mutating func fields(of completion: HubCompletion) {
        self.type(HubMessageType.completion)
        self.invocationID(completion.id)
        switch completion.outcome {
        case .void: break
        case .result(let result):
            self.key("result")
            self.value(result)
        case .error(let error):
            self.key("error")
            self.string(error)
        }
    }

    private mutating func fields(of close: HubClose) {
        self.type(HubMessageType.close)
        if let error = close.error {
            self.key("error")
            self.string(error)
        }
        if close.allowReconnect {
            self.key("allowReconnect")
            self.bool(true)
        }
    }

    private mutating func fields(type: Int64, sequenceID: Int64) {
        self.type(type)
        self.key("sequenceId")
        self.int(sequenceID)
    }

    /// Sorted by name, so that equal messages are equal bytes.
    private mutating func headers(_ headers: [String: String]) {
        self.key("headers")
        self.beginObject()
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            self.key(name)
            self.string(value)
        }
        self.endObject()
    }

    private mutating func type(_ type: Int64) {
        self.key("type")
        self.int(type)
    }

    private mutating func invocationID(_ id: String) {
        self.key("invocationId")
        self.string(id)
    }
}
