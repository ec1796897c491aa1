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

// Cross-origin resource sharing, as browsers demand it of answers to pages of other origins (Fetch standard, "CORS
// protocol"; signalr.md §3).
extension OriginPolicy {
    /// Lets the page at an allowed origin read the answer, and send what its user is known by.
    func addHeaders(to response: inout HTTPResponse, answering head: HTTPRequestHead) {
        // Whoever caches an answer has to know that it depends on who asks.
        response.headers.add("Vary", "Origin")
        guard let origin = head.headers["origin"], self.allows(head) else { return }
        response.headers.set("Access-Control-Allow-Origin", origin)
        response.headers.set("Access-Control-Allow-Credentials", "true")
        guard !head.isPreflight else { return }
        response.headers.set("Access-Control-Expose-Headers", "x-correlation-id, retry-after")
    }

    /// The answer to a preflight, without the origin; who asks need not be known.
    ///
    /// Which headers a page adds is between it, its client's options and whatever traces its requests. A page at an allowed
    /// origin is trusted with all of them, and no others get to know the answer.
    static func preflightAnswer(to head: HTTPRequestHead) -> HTTPResponse {
        var headers = HTTPHeaders([
            ("Access-Control-Allow-Methods", "GET, POST, DELETE"), ("Access-Control-Max-Age", "600"),
        ])
        let asked = head.headers.values(for: "access-control-request-headers").joined(separator: ", ")
        if !asked.isEmpty { headers.set("Access-Control-Allow-Headers", asked) }
        return HTTPResponse(status: 204, headers: headers)
    }
}

extension HTTPRequestHead {
    /// Whether a browser asks if a page of another origin may make a request.
    var isPreflight: Bool {
        self.method == "OPTIONS" && self.headers["origin"] != nil
            && self.headers["access-control-request-method"] != nil
    }
}
