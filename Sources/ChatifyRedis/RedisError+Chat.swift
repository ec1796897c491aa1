internal import ChatifyCore

extension RedisError {
    /// The failure as the ports tell it; `attempt` says what was tried, as `Counting a call`.
    func chatError(during attempt: String) -> ChatError {
        switch self.code {
        case .cancelled, .closed:
            ChatError(.cancelled, "\(attempt) was cancelled.", cause: self)
        case .wrongType, .unexpectedReply:
            ChatError(.configuration, "\(attempt) failed: Redis holds something that is not Chatify's.", cause: self)
        case .refused:
            ChatError(.configuration, "\(attempt) failed: Redis refused the command.", cause: self)
        case .loginRefused:
            ChatError(.unavailable, "\(attempt) failed: Redis refuses the login.", cause: self)
        case .unavailable:
            ChatError(
                .unavailable,
                "\(attempt) failed: Redis is out of memory, read-only or otherwise not able to.",
                cause: self
            )
        default:
            ChatError(.unavailable, "\(attempt) failed: Redis is out of reach; try again later.", cause: self)
        }
    }
}
