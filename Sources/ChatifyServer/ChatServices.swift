internal import ChatifyCore
internal import ChatifyHub
internal import Logging

/// What the routes of every loop share.
struct ChatServices: Sendable {
    let chat: ChatService
    let hub: ChatHub
    let authenticator: any Authenticator
    let origins: OriginPolicy
    let health: Health
    /// What `/metrics` answers; `nil` for nothing.
    let metrics: MetricsPage?
    let site: StaticSite?
    let logger: Logger
}
