internal import ChatifyCore
internal import ChatifyWire

// Where a request carries who it is from (contracts §3, signalr.md §3).
extension HTTPRequestHead {
    /// The bearer token: from the header, else from the query item that browsers have to use for WebSockets.
    var bearerToken: String? {
        if let value = self.headers["authorization"] {
            let parts = value.split(separator: " ", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "bearer" { return String(parts[1]) }
        }
        return self.query.first("access_token")
    }

    /// The id the client ties its request to, if it is well formed.
    var correlationID: CorrelationID? {
        self.headers["x-correlation-id"].flatMap { CorrelationID($0) }
    }

    /// The name a client gives in development mode.
    var claimedUser: String? {
        self.headers["x-user-id"] ?? self.query.first("user")
    }
}
