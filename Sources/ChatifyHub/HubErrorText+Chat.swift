internal import ChatifyCore
internal import ChatifySignalR

// How failures of calls are worded for the client (signalr.md §7, contracts §4).
extension HubErrorText {
    static func describe(_ error: HubBindingError, target: String) -> String {
        switch error {
        case .unknownMethod: self.unknownMethod(target)
        case .arguments: self.notBound(target)
        case .invalid(let message): self.failed(target, message: "\(ChatError(.validation, message))")
        }
    }

    static func describe(_ error: ChatError, target: String) -> String {
        error.code == .forbidden ? self.unauthorized(target) : self.failed(target, message: "\(error)")
    }
}
