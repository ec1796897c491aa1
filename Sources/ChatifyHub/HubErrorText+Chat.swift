internal import ChatifyCore
internal import ChatifySignalR

// How failures of calls are worded for the client (signalr.md §7, contracts §4).
extension HubErrorText {
    /// Says why an invocation is no call.
    static func describe(_ error: HubBindingError, target: String) -> String {
        switch error {
        case .unknownMethod: self.unknownMethod(target)
        case .streaming: self.streaming(target)
        case .notStreaming: self.notStreaming(target)
        case .arguments: self.argumentsDoNotBind(target)
        case .invalid(let message): self.describe(ChatError(.validation, message), target: target)
        }
    }

    /// Says why a call failed.
    static func describe(_ error: ChatError, target: String) -> String {
        error.code == .forbidden ? self.unauthorized(target) : self.methodFailed(target, detail: "\(error)")
    }
}
