internal import ChatifyCore
internal import ChatifyHub
internal import ChatifyWire

// The hub's endpoints (signalr.md §2 and §3).
extension ChatRoutes {
    /// `POST /hubs/chat/negotiate`.
    func negotiate(_ request: HTTPRequest) async throws(HubRejection) -> HTTPOutcome {
        let body = try await self.services.hub.negotiate(
            version: request.head.query.first("negotiateVersion"),
            useStatefulReconnect: request.head.query.first("useStatefulReconnect"),
            bearerToken: request.head.bearerToken,
            claimedUser: request.head.claimedUser
        )
        return self.json(body)
    }

    /// `GET`, `POST` and `DELETE` on `/hubs/chat`.
    func hub(_ request: HTTPRequest) async throws(HubRejection) -> HTTPOutcome {
        switch request.head.method {
        case "GET" where WebSocketHandshake.isUpgrade(request.head): try await self.openWebSocket(request)
        case "GET" where request.head.acceptsEventStream: try await self.openEventStream(request)
        case "GET": try await self.poll(request)
        case "POST": try await self.post(request)
        default: try await self.end(request)
        }
    }

    private func openWebSocket(_ request: HTTPRequest) async throws(HubRejection) -> HTTPOutcome {
        let admission = try await self.services.hub.attach(
            token: request.hubToken,
            bearerToken: request.head.bearerToken,
            claimedUser: request.head.claimedUser
        )
        let (shard, hub) = (self.shard, self.services.hub)
        return .webSocket(
            { HubWebSocket(socket: $0, shard: shard, admission: admission) },
            declined: { hub.release(admission) }
        )
    }

    private func openEventStream(_ request: HTTPRequest) async throws(HubRejection) -> HTTPOutcome {
        let admission = try await self.shard.attachEventStream(
            token: request.hubToken,
            bearerToken: request.head.bearerToken,
            claimedUser: request.head.claimedUser
        )
        let (shard, hub) = (self.shard, self.services.hub)
        return .stream(
            // A proxy that gathers the body before it passes it on would hold every event back.
            Self.uncached(200, "text/event-stream", [("X-Accel-Buffering", "no")]),
            { HubEventStream(stream: $0, shard: shard, admission: admission) },
            declined: { hub.release(admission) }
        )
    }

    private func poll(_ request: HTTPRequest) async throws(HubRejection) -> HTTPOutcome {
        let poll = try await self.shard.admitPoll(
            token: request.hubToken,
            bearerToken: request.head.bearerToken,
            claimedUser: request.head.claimedUser
        )
        return .later { respond in
            poll.begin { respond(Self.response(to: $0)) }
            return { poll.cancel() }
        }
    }

    private static func response(to answer: LongPollAnswer) -> HTTPResponse {
        // For caches that know HTTP/1.0 alone.
        let fields = [("Pragma", "no-cache"), ("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")]
        switch answer {
        case .ended: return Self.uncached(204, nil, fields)
        case .data(let bytes):
            var response = Self.uncached(200, "application/octet-stream", fields)
            response.body = bytes
            return response
        }
    }

    private func post(_ request: HTTPRequest) async throws(HubRejection) -> HTTPOutcome {
        try await self.shard.post(
            request.body,
            token: request.hubToken,
            bearerToken: request.head.bearerToken,
            claimedUser: request.head.claimedUser
        )
        return .response(Self.uncached(200, "text/plain"))
    }

    private func end(_ request: HTTPRequest) async throws(HubRejection) -> HTTPOutcome {
        try await self.shard.end(
            token: request.hubToken,
            bearerToken: request.head.bearerToken,
            claimedUser: request.head.claimedUser
        )
        return .response(Self.uncached(202, "text/plain"))
    }

    /// The answer to a request that the hub refuses.
    func refusal(_ rejection: HubRejection, _ request: HTTPRequest) -> HTTPOutcome {
        var problem = self.details(rejection.status, rejection.reason, request)
        if rejection.status == 405 { problem.headers.set("Allow", "GET") }
        return .response(problem.response)
    }

    private static func uncached(_ status: Int, _ type: String?, _ fields: [(String, String)] = []) -> HTTPResponse {
        var headers = HTTPHeaders([("Cache-Control", "no-cache, no-store")] + fields)
        if let type { headers.set("Content-Type", type) }
        return HTTPResponse(status: status, headers: headers)
    }
}

extension HTTPRequest {
    /// The token of the connection that a request to the hub is about.
    fileprivate var hubToken: String? { self.head.query.first("id") }
}

extension HTTPRequestHead {
    /// Whether a GET asks for server-sent events; without it, it is a poll.
    fileprivate var acceptsEventStream: Bool {
        self.headers.values(for: "accept").joined(separator: ",").lowercased().split(separator: ",").contains { range in
            range.prefix { $0 != ";" }.trimmingSpaces == "text/event-stream"
        }
    }
}
