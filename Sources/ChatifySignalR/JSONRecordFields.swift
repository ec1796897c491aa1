internal import ChatifyJSON

/// What the fields of a JSON record said, until its type tells what that means: `type` may come last.
struct JSONRecordFields {
    private var type: Int64?
    private var invocationID: String?
    private var target: String?
    private var arguments: [HubValue]?
    private var streamIDs: [String] = []
    private var headers: [String: String] = [:]
    private var item: HubValue?
    private var result: HubValue?
    private var error: String?
    private var allowReconnect = false
    private var sequenceID: Int64?

    /// Reads the field's value if the name is one of the protocol's and passes over it if not.
    mutating func read(_ key: borrowing JSONKey, from reader: inout JSONReader) throws(JSONError) {
        if key == "type" {
            self.type = try reader.readInt64()
        } else if key == "target" {
            self.target = try reader.readString()
        } else if key == "arguments" {
            self.arguments = try reader.readHubValues()
        } else if key == "invocationId" {
            self.invocationID = try reader.readOptional { (reader) throws(JSONError) in try reader.readString() }
        } else if key == "result" {
            self.result = try HubValue(from: &reader)
        } else if key == "item" {
            self.item = try HubValue(from: &reader)
        } else {
            try self.readRare(key, from: &reader)
        }
    }

    private mutating func readRare(_ key: borrowing JSONKey, from reader: inout JSONReader) throws(JSONError) {
        if key == "error" {
            self.error = try reader.readOptional { (reader) throws(JSONError) in try reader.readString() }
        } else if key == "headers" {
            self.headers = try reader.readOptional { (reader) throws(JSONError) in try reader.readHeaders() } ?? [:]
        } else if key == "streamIds" {
            self.streamIDs = try reader.readOptional { (reader) throws(JSONError) in try reader.readStrings() } ?? []
        } else if key == "allowReconnect" {
            let flag = try reader.readOptional { (reader) throws(JSONError) in try reader.readBool() }
            self.allowReconnect = flag ?? false
        } else if key == "sequenceId" {
            self.sequenceID = try reader.readInt64()
        } else {
            try reader.skipValue()
        }
    }

    /// The message that the fields make up.
    func message() throws(HubProtocolError) -> HubMessage {
        switch try self.required(self.type, "type") {
        case HubMessageType.invocation: .invocation(try self.invocation(id: self.usableID))
        case HubMessageType.streamItem:
            .streamItem(HubStreamItem(id: try self.requiredID(), item: try self.required(self.item, "item")))
        case HubMessageType.completion: .completion(try self.completion())
        case HubMessageType.streamInvocation: .streamInvocation(try self.invocation(id: self.requiredID()))
        case HubMessageType.cancelInvocation: .cancelInvocation(id: try self.requiredID())
        case HubMessageType.ping: .ping
        case HubMessageType.close: .close(HubClose(error: self.error, allowReconnect: self.allowReconnect))
        case HubMessageType.ack: .ack(try self.required(self.sequenceID, "sequenceId"))
        case HubMessageType.sequence: .sequence(try self.required(self.sequenceID, "sequenceId"))
        case let type: .unknown(type: type)
        }
    }

    private func invocation(id: String?) throws(HubProtocolError) -> HubInvocation {
        guard let target = self.target, !target.isEmpty else { throw HubProtocolError.missing("target") }
        let arguments = try self.required(self.arguments, "arguments")
        return HubInvocation(
            id: id,
            target: target,
            arguments: arguments,
            streamIDs: self.streamIDs,
            headers: self.headers
        )
    }

    private func completion() throws(HubProtocolError) -> HubCompletion {
        let id = try self.requiredID()
        switch (self.result, self.error) {
        case (nil, nil): return HubCompletion(id: id, outcome: .void)
        case (let result?, nil): return HubCompletion(id: id, outcome: .result(result))
        case (nil, let error?): return HubCompletion(id: id, outcome: .error(error))
        case (.some, .some): throw HubProtocolError(reason: "both 'result' and 'error' are present")
        }
    }

    /// The id if it is one: an empty one counts as absent.
    private var usableID: String? { self.invocationID?.isEmpty == false ? self.invocationID : nil }

    private func requiredID() throws(HubProtocolError) -> String { try self.required(self.usableID, "invocationId") }

    private func required<Value>(_ value: Value?, _ name: StaticString) throws(HubProtocolError) -> Value {
        guard let value else { throw HubProtocolError.missing(name) }
        return value
    }
}
