internal import ChatifyWire

/// What a path means (contracts §3); the method is judged after it.
enum HTTPRoute: Hashable {
    case send
    case history(scopeType: String, scopeID: String)
    case health(HealthQuestion)
    case metrics
    case hub
    case negotiate
    case page(SitePage)

    /// Finds the route of a percent-decoded path, of which a site takes what is left; `nil` if there is none.
    init?(path: String, site: StaticSite?) {
        if let route = HTTPRoute(path: path) {
            self = route
        } else if let page = site?.page(at: path) {
            self = .page(page)
        } else {
            return nil
        }
    }

    /// Finds the route of a percent-decoded path; `nil` if there is none.
    init?(path: String) {
        let parts = path.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst().map(
            String.init
        )
        switch (parts.first, parts.dropFirst().first, parts.dropFirst(2).first) {
        case ("chat", "send", nil): self = .send
        case ("chat", "history", let rest?):
            // What follows the type is the scope id, slashes and all.
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            self = .history(
                scopeType: String(rest[..<slash]),
                scopeID: String(rest[rest.index(after: slash)...])
            )
        case ("health", let question?, nil):
            guard let question = HealthQuestion(rawValue: question) else { return nil }
            self = .health(question)
        case ("metrics", nil, nil): self = .metrics
        case ("hubs", "chat", nil): self = .hub
        case ("hubs", "chat", "negotiate"): self = .negotiate
        default: return nil
        }
    }

    var methods: [String] {
        switch self {
        case .send, .negotiate: ["POST"]
        case .history, .health, .metrics, .page: ["GET", "HEAD"]
        case .hub: ["GET", "POST", "DELETE"]
        }
    }
}

/// What an orchestrator asks of a pod.
enum HealthQuestion: String, Hashable {
    /// Is the process alive?
    case live
    /// May it get traffic?
    case ready
    /// Has it started?
    case startup
}
