internal import ChatifyCore
internal import ChatifySignalR

/// A method of the hub that answers with a stream, with its arguments bound to their types.
enum HubStreamCall: Hashable {
    /// The history of a scope from a time on, or all of it, oldest first.
    case history(ChatScope, from: Timestamp?)
}

extension HubStreamCall {
    /// The methods by their names in lower case; hub methods are matched without regard to case.
    private static let methods: [String: @Sendable ([HubValue]) throws(HubBindingError) -> HubStreamCall] = [
        "streamhistoryasync": { arguments throws(HubBindingError) in try history(arguments) }
    ]

    /// Whether the hub has a method of that name that streams.
    static func isMethod(_ name: String) -> Bool { self.methods[name.lowercased()] != nil }

    /// Binds an invocation to the method it names.
    init(_ invocation: HubInvocation) throws(HubBindingError) {
        guard let bind = Self.methods[invocation.target.lowercased()] else {
            throw HubCall.isMethod(invocation.target) ? .notStreaming : .unknownMethod
        }
        guard invocation.streamIDs.isEmpty else { throw .arguments }
        self = try bind(invocation.arguments)
    }

    /// `(scopeId)`, `(scopeId, from)` or `(scopeId, from, scopeType)`; null stands for all of it and for a channel.
    private static func history(_ arguments: [HubValue]) throws(HubBindingError) -> HubStreamCall {
        guard (1...3).contains(arguments.count), let id = arguments[0].stringValue else { throw .arguments }
        let from = arguments.count > 1 ? try self.time(arguments[1]) : nil
        let type = arguments.count > 2 && !arguments[2].isNull ? try HubCall.scopeType(arguments[2]) : .channel
        return .history(ChatScope(type: type, id: try HubCall.scopeID(id)), from: from)
    }

    private static func time(_ value: HubValue) throws(HubBindingError) -> Timestamp? {
        switch value {
        case .null: return nil
        case .time(let milliseconds): return Timestamp(millisecondsSinceEpoch: milliseconds)
        case .string(let text):
            guard let time = Timestamp(iso8601: text) else {
                throw .invalid("from must be an ISO 8601 date and time such as 2026-01-15T10:30:00Z.")
            }
            return time
        default: throw .arguments
        }
    }
}
