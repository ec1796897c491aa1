internal import ChatifyCore
internal import ChatifyJSON
internal import ChatifyWire

extension ChatRoutes {
    /// `POST /chat/send`: accepts a message and answers with the enriched event.
    func send(_ request: HTTPRequest) async throws(ChatError) -> HTTPOutcome {
        guard request.head.hasJSONBody else {
            return self.problem(415, "The body must be application/json.", request)
        }
        let sender = try await self.identify(request)
        let draft = try MessageDraft(json: request.body)
        let headers = RecordHeaders(
            correlationID: request.correlationID,
            traceparent: request.head.traceparent
        )
        let event = try await self.services.chat.send(draft, from: sender.userID, headers: headers)
        return self.json(ChatEventCodec.encodeAnswer(event))
    }
}

extension HTTPRequestHead {
    /// The W3C trace context, if it is of the one form version 00 has: `00-` and 32, 16 and 2 hex digits with hyphens.
    fileprivate var traceparent: String? {
        guard let text = self.headers["traceparent"], text.utf8.count == 55, text.hasPrefix("00-") else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [2, 32, 16, 2] else { return nil }
        return parts.allSatisfy { $0.allSatisfy(\.isHexDigit) } ? text : nil
    }

    /// Whether the content type is `application/json`, with any parameters.
    fileprivate var hasJSONBody: Bool {
        guard let type = self.headers["content-type"]?.split(separator: ";").first else { return false }
        return type.trimmingSpaces.lowercased() == "application/json"
    }
}

extension MessageDraft {
    /// Reads `{scopeType, scopeId, text}`, names in any letter case, unknown members ignored.
    fileprivate init(json bytes: [UInt8]) throws(ChatError) {
        var type: ScopeType?
        var id: String?
        var text: String?
        do throws(JSONError) {
            try JSONReader.read(bytes) { reader throws(JSONError) in
                try reader.readObject { key, reader throws(JSONError) in
                    if key.matchesIgnoringCase("scopetype") {
                        type = try ScopeType(from: &reader)
                    } else if key.matchesIgnoringCase("scopeid") {
                        id = try reader.readString()
                    } else if key.matchesIgnoringCase("text") {
                        text = try reader.readString()
                    } else {
                        try reader.skipValue()
                    }
                }
            }
        } catch {
            throw ChatError(.validation, "The body is not a valid message: \(error.reason) at byte \(error.offset).")
        }
        guard let text else { throw ChatError(.validation, "text must be given.") }
        self.init(scope: ChatScope(type: type ?? .channel, id: try ScopeID(id ?? "")), text: text)
    }
}
