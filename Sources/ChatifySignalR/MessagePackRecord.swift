/// The fields of one message, which stand in a fixed order; those that later versions append are passed over.
struct MessagePackRecord {
    private var reader: MessagePackReader
    /// How many fields have not been read.
    private var left: Int

    /// Reads how many fields there are.
    init(_ record: UnsafeRawBufferPointer) throws(HubProtocolError) {
        self.reader = MessagePackReader(record)
        self.left = try self.reader.readArray()
    }

    /// Reads the message, which must fill the record.
    mutating func message() throws(HubProtocolError) -> HubMessage {
        let message = try self.readMessage()
        while self.left > 0 {
            _ = try self.next("future") { (reader) throws(HubProtocolError) in try reader.readValue() }
        }
        try self.reader.expectEnd()
        return message
    }

    private mutating func readMessage() throws(HubProtocolError) -> HubMessage {
        switch try self.integer("type") {
        case HubMessageType.invocation: .invocation(try self.invocation(needsID: false))
        case HubMessageType.streamInvocation: .streamInvocation(try self.invocation(needsID: true))
        case HubMessageType.streamItem:
            .streamItem(HubStreamItem(id: try self.headersAndID(), item: try self.value("item")))
        case HubMessageType.completion: .completion(try self.completion())
        case HubMessageType.cancelInvocation: .cancelInvocation(id: try self.headersAndID())
        case HubMessageType.ping: .ping
        case HubMessageType.close: .close(try self.close())
        case HubMessageType.ack: .ack(try self.integer("sequenceId"))
        case HubMessageType.sequence: .sequence(try self.integer("sequenceId"))
        case let type: .unknown(type: type)
        }
    }

    private mutating func invocation(needsID: Bool) throws(HubProtocolError) -> HubInvocation {
        let headers = try self.headers()
        let id = try self.optionalString("invocationId")
        let target = try self.next("target") { (reader) throws(HubProtocolError) in try reader.readString() }
        let arguments = try self.next("arguments") { (reader) throws(HubProtocolError) in try reader.readValues() }
        let streamIDs =
            self.left == 0
            ? [] : try self.next("streamIds") { (reader) throws(HubProtocolError) in try reader.readStrings() }
        guard !target.isEmpty else { throw HubProtocolError.missing("target") }
        // An empty id counts as absent, as in JSON.
        let usableID = id?.isEmpty == false ? id : nil
        if needsID, usableID == nil { throw HubProtocolError.missing("invocationId") }
        return HubInvocation(id: usableID, target: target, arguments: arguments, streamIDs: streamIDs, headers: headers)
    }

    private mutating func completion() throws(HubProtocolError) -> HubCompletion {
        let id = try self.headersAndID()
        switch MessagePackResultKind(rawValue: try self.integer("resultKind")) {
        case .error:
            let text = try self.next("error") { (reader) throws(HubProtocolError) in try reader.readString() }
            return HubCompletion(id: id, outcome: .error(text))
        case .void: return HubCompletion(id: id, outcome: .void)
        case .result: return HubCompletion(id: id, outcome: .result(try self.value("result")))
        case nil: throw HubProtocolError(reason: "'resultKind' is unknown")
        }
    }

    private mutating func close() throws(HubProtocolError) -> HubClose {
        let error = self.left == 0 ? nil : try self.optionalString("error")
        let allowReconnect =
            self.left == 0
            ? false : try self.next("allowReconnect") { (reader) throws(HubProtocolError) in try reader.readBool() }
        return HubClose(error: error, allowReconnect: allowReconnect)
    }

    private mutating func headersAndID() throws(HubProtocolError) -> String {
        _ = try self.headers()
        guard let id = try self.optionalString("invocationId"), !id.isEmpty else {
            throw HubProtocolError.missing("invocationId")
        }
        return id
    }

    private mutating func headers() throws(HubProtocolError) -> [String: String] {
        try self.next("headers") { (reader) throws(HubProtocolError) in try reader.readHeaders() }
    }

    private mutating func optionalString(_ name: StaticString) throws(HubProtocolError) -> String? {
        try self.next(name) { (reader) throws(HubProtocolError) in try reader.readOptionalString() }
    }

    private mutating func integer(_ name: StaticString) throws(HubProtocolError) -> Int64 {
        try self.next(name) { (reader) throws(HubProtocolError) in try reader.readInt64() }
    }

    private mutating func value(_ name: StaticString) throws(HubProtocolError) -> HubValue {
        try self.next(name) { (reader) throws(HubProtocolError) in try reader.readValue() }
    }

    private mutating func next<Value>(
        _ name: StaticString,
        _ read: (inout MessagePackReader) throws(HubProtocolError) -> Value
    ) throws(HubProtocolError) -> Value {
        guard self.left > 0 else { throw HubProtocolError.missing(name) }
        self.left -= 1
        return try read(&self.reader)
    }
}

/// What follows in a completion.
enum MessagePackResultKind: Int64 {
    /// The text of an error.
    case error = 1
    /// Nothing.
    case void = 2
    /// The result.
    case result = 3

    /// What follows for that outcome.
    init(_ outcome: HubCompletion.Outcome) {
        switch outcome {
        case .error: self = .error
        case .void: self = .void
        case .result: self = .result
        }
    }
}
