internal import ChatifyWire

/// Which web pages may talk to this server: its own, and those that a setting names (contracts §8).
///
/// Requests without an `Origin` header come from programs, not pages, and are let through.
struct OriginPolicy: Sendable {
    private let allowed: Set<String>

    init(allowedOrigins: [String]) { self.allowed = Set(allowedOrigins.map { $0.lowercased() }) }

    func allows(_ head: HTTPRequestHead) -> Bool {
        guard let origin = head.headers["origin"]?.lowercased() else { return true }
        if self.allowed.contains(origin) { return true }
        // The server's own origin is scheme and host; behind a TLS proxy the scheme differs.
        guard let host = head.headers["host"]?.lowercased() else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }
}
