internal import ChatifyCore
internal import ChatifySignalR

/// A method of the hub with its arguments, bound to their types (contracts §4).
enum HubCall: Hashable {
    case join(ScopeID, ScopeType?)
    case leave(ScopeID, ScopeType?)
    case resume(ScopeID, ScopeType?, LogPosition)
    case send(MessageDraft)
    case heartbeat
    case watchPresence([UserID])
}

extension HubCall {
    /// The methods by their names in lower case; hub methods are matched without regard to case.
    private static let methods: [String: @Sendable ([HubValue]) throws(HubBindingError) -> HubCall] = [
        "joinscopeasync": { arguments throws(HubBindingError) in
            let (id, type) = try scope(arguments)
            return .join(id, type)
        },
        "leavescopeasync": { arguments throws(HubBindingError) in
            let (id, type) = try scope(arguments)
            return .leave(id, type)
        },
        "resumescopeasync": { arguments throws(HubBindingError) in try resume(arguments) },
        "sendasync": { arguments throws(HubBindingError) in .send(try draft(arguments)) },
        "heartbeatasync": { arguments throws(HubBindingError) in
            guard arguments.isEmpty else { throw .arguments }
            return .heartbeat
        },
        "watchpresenceasync": { arguments throws(HubBindingError) in .watchPresence(try users(arguments)) },
    ]

    /// Whether the hub has a method of that name that does not stream.
    static func isMethod(_ name: String) -> Bool { self.methods[name.lowercased()] != nil }

    /// Binds an invocation to the method it names.
    init(_ invocation: HubInvocation) throws(HubBindingError) {
        guard let bind = Self.methods[invocation.target.lowercased()] else {
            throw HubStreamCall.isMethod(invocation.target) ? .streaming : .unknownMethod
        }
        guard invocation.streamIDs.isEmpty else { throw .arguments }
        self = try bind(invocation.arguments)
    }

    /// `(scopeId)` or `(scopeId, scopeType)`.
    private static func scope(_ arguments: [HubValue]) throws(HubBindingError) -> (ScopeID, ScopeType?) {
        guard (1...2).contains(arguments.count), let id = arguments[0].stringValue else { throw .arguments }
        let type = arguments.count == 2 && arguments[1] != .null ? try self.scopeType(arguments[1]) : nil
        return (try self.scopeID(id), type)
    }

    /// `(scopeId, {partition, offset})` or `(scopeId, {partition, offset}, scopeType)`.
    private static func resume(_ arguments: [HubValue]) throws(HubBindingError) -> HubCall {
        guard (2...3).contains(arguments.count) else { throw .arguments }
        let (id, type) = try self.scope([arguments[0]] + arguments[2...])
        return .resume(id, type, try self.position(arguments[1]))
    }

    private static func position(_ value: HubValue) throws(HubBindingError) -> LogPosition {
        guard let partition = value["partition"]?.integerValue, let offset = value["offset"]?.integerValue else {
            throw .arguments
        }
        guard (0...Int64(Int32.max)).contains(partition) else {
            throw .invalid("partition must be 0 to \(Int32.max).")
        }
        // JavaScript cannot say more exactly.
        guard (0...9_007_199_254_740_991).contains(offset) else {
            throw .invalid("offset must be 0 to 9007199254740991.")
        }
        return LogPosition(partition: Int32(partition), offset: offset)
    }

    /// `({scopeType, scopeId, text})`; members that are missing take .NET's defaults, as System.Text.Json leaves them.
    private static func draft(_ arguments: [HubValue]) throws(HubBindingError) -> MessageDraft {
        guard arguments.count == 1, case .object = arguments[0] else { throw .arguments }
        let draft = arguments[0]
        let type = try draft["scopeType"].map(self.scopeType) ?? .channel
        let id = try self.text(draft["scopeId"])
        guard let text = try self.text(draft["text"]) else { throw .invalid("text must be given.") }
        return MessageDraft(scope: ChatScope(type: type, id: try self.scopeID(id ?? "")), text: text)
    }

    /// The most users one connection may watch.
    static let maximumWatchedUsers = 100

    /// `([userId…])`; a user who is named twice counts once.
    private static func users(_ arguments: [HubValue]) throws(HubBindingError) -> [UserID] {
        guard arguments.count == 1, let names = arguments[0].arrayValue else { throw .arguments }
        guard names.count <= self.maximumWatchedUsers else {
            throw .invalid("At most \(self.maximumWatchedUsers) users can be watched.")
        }
        var users: [UserID] = []
        for name in names {
            guard let name = name.stringValue else { throw .arguments }
            do throws(ChatError) {
                let user = try UserID(name)
                if !users.contains(user) { users.append(user) }
            } catch {
                throw .invalid(error.message)
            }
        }
        return users
    }

    private static func text(_ value: HubValue?) throws(HubBindingError) -> String? {
        switch value {
        case nil, .null: nil
        case .string(let text): text
        default: throw .arguments
        }
    }

    /// Reads the id of a scope.
    static func scopeID(_ text: String) throws(HubBindingError) -> ScopeID {
        do {
            return try ScopeID(text)
        } catch {
            throw .invalid(error.message)
        }
    }

    /// Reads the type of a scope: its number or its name.
    static func scopeType(_ value: HubValue) throws(HubBindingError) -> ScopeType {
        switch value {
        case .integer(let number):
            guard let type = ScopeType(rawValue: Int(number)) else { throw .invalid("scopeType must be 0 or 1.") }
            return type
        case .string(let name):
            guard let type = ScopeType(name: name) else { throw .arguments }
            return type
        default: throw .arguments
        }
    }
}
