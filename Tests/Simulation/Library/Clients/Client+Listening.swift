internal import ChatifyCore
internal import ChatifySignalR

// What a client is told, and whether it may be told so.
extension Client {
    func take(_ message: HubMessage, on socket: Socket) {
        switch message {
        case .invocation(let invocation): self.pushed(invocation, on: socket)
        case .completion(let completion): self.answered(completion, on: socket)
        case .close: self.lost(socket)
        default: break
        }
    }

    private func pushed(_ invocation: HubInvocation, on socket: Socket) {
        guard invocation.target == "ReceiveMessage",
            let pushed = invocation.arguments.first.flatMap({ PushedEvent($0) }),
            let event = self.world.ledger[pushed.position]?.event, pushed.matches(event)
        else { return self.world.violate("only what the log has is pushed", "\(invocation)") }
        self.world.statistics.pushed += 1
        self.world.trace("\(self.name) gets \(pushed.position) \(event.scope)")
        self.world.scheduler.note(UInt64(pushed.position.offset) &+ event.messageID.low)
        guard self.subscriptions[event.scope] != nil else {
            return self.world.violate("only joined scopes are pushed", "\(self.name) got \(event.scope)")
        }
        let rewinds = socket.pod.deliveries.rewinds[Int(pushed.position.partition)]
        let offset = pushed.position.offset
        if let fault = self.subscriptions[event.scope]?.pushed(offset, self.world.ledger, rewinds: rewinds) {
            self.world.violate("a subscriber gets the log", "\(self.name) in \(event.scope): \(fault)")
        }
        self.remember(event.scope)
    }

    private func remember(_ scope: ChatScope) {
        guard let last = self.subscriptions[scope]?.last else { return }
        self.positions[scope] = max(last, self.positions[scope] ?? -1)
    }

    private func answered(_ completion: HubCompletion, on socket: Socket) {
        guard let call = self.calls.removeValue(forKey: completion.id) else {
            return self.world.violate("a call is answered once", "\(self.name) got a second answer")
        }
        self.world.trace("\(self.name) is answered \(completion.id) \("\(completion.outcome)".prefix(200))")
        switch (call, completion.outcome) {
        case (.send(let scope, let text), .result(let value)): self.acknowledged(scope, text, value)
        case (.join(let scopes), .result(.null)):
            for scope in scopes { self.joined(scope, isRecovered: false, on: socket) }
        case (.resume(let scope), .result(let value)):
            let isRecovered = value["recovered"]?.boolValue == true
            if isRecovered { self.world.statistics.recovered += 1 } else { self.world.statistics.unrecovered += 1 }
            self.joined(scope, isRecovered: isRecovered, on: socket)
        case (.leave(let scopes), .result(.null)):
            for scope in scopes { self.subscriptions[scope] = nil }
            self.rejoin(scopes)
        case (.heartbeat, .result(.null)), (.trespass, .error), (.send, .error): break
        case (let call, let outcome):
            self.world.violate("calls are answered as the contract says", "\(call) with \(outcome)")
        }
    }

    private func joined(_ scope: ChatScope, isRecovered: Bool, on socket: Socket) {
        let partition = self.world.partition(of: scope)
        let fault = self.subscriptions[scope]?.answered(
            isRecovered: isRecovered,
            next: socket.pod.nextOffset(of: partition),
            self.world.ledger,
            rewinds: socket.pod.deliveries.rewinds[partition]
        )
        if let fault { self.world.violate("a subscriber gets the log", "\(self.name) in \(scope): \(fault)") }
        self.remember(scope)
    }

    private func acknowledged(_ scope: ChatScope, _ text: String, _ answer: HubValue) {
        guard let acknowledged = PushedEvent(acknowledgement: answer),
            let event = self.world.ledger[acknowledged.position]?.event, acknowledged.matches(event),
            event.text == text, event.scope == scope, event.senderID.rawValue == self.name
        else { return self.world.violate("what is acknowledged is in the log", "\(self.name) \(answer)") }
        self.world.statistics.acknowledged += 1
        let cursor = HistoryCursor(behind: event)
        if let last = self.sent[scope] {
            guard last.position.offset < acknowledged.position.offset, last.cursor < cursor else {
                return self.world.violate("messages of one sender keep their order", "\(acknowledged.position)")
            }
        }
        self.sent[scope] = (acknowledged.position, cursor)
    }
}

/// An event as a pod told a client of it.
struct PushedEvent {
    let messageID: MessageID
    let text: String
    let position: LogPosition

    init?(_ value: HubValue) { self.init(event: value, position: value) }

    init?(acknowledgement value: HubValue) {
        guard let event = value["chatEvent"] else { return nil }
        self.init(event: event, position: value)
    }

    private init?(event: HubValue, position: HubValue) {
        guard let id = event["messageId"]?.stringValue.flatMap({ MessageID($0) }),
            let text = event["text"]?.stringValue,
            let partition = position["partition"]?.integerValue, let offset = position["offset"]?.integerValue
        else { return nil }
        self.messageID = id
        self.text = text
        self.position = LogPosition(partition: Int32(partition), offset: offset)
    }

    func matches(_ event: ChatEvent) -> Bool { self.messageID == event.messageID && self.text == event.text }
}
