internal import ChatifyCore
internal import ChatifyHub
internal import ChatifyWire

// The hub's endpoints (signalr.md §2 and §3).
extension ChatRoutes {
    /// `POST /hubs/chat/negotiate`.
    func negotiate(_ request: HTTPRequest) async -> HTTPOutcome {
        do {
            let body = try await self.services.hub.negotiate(
                version: request.head.query.first("negotiateVersion"),
                bearerToken: request.head.bearerToken,
                claimedUser: request.head.claimedUser
            )
            return self.json(body)
        } catch {
            return self.problem(error.status, error.reason, request)
        }
    }

    /// `GET`, `POST` and `DELETE` on `/hubs/chat`.
    func hub(_ request: HTTPRequest) async -> HTTPOutcome {
        let token = request.head.query.first("id")
        switch request.head.method {
        case "GET" where WebSocketHandshake.isUpgrade(request.head): return await self.attach(request, token: token)
        case "GET": return self.refuseTransport(request, token: token)
        default: return self.refuseData(request, token: token)
        }
    }

    private func attach(_ request: HTTPRequest, token: String?) async -> HTTPOutcome {
        do {
            let admission = try await self.services.hub.attach(
                token: token,
                bearerToken: request.head.bearerToken,
                claimedUser: request.head.claimedUser
            )
            let (shard, hub) = (self.shard, self.services.hub)
            return .webSocket(
                { HubWebSocket(socket: $0, shard: shard, admission: admission) },
                declined: { hub.release(admission) }
            )
        } catch {
            return self.problem(error.status, error.reason, request)
        }
    }

    /// A GET without upgrade asks for a transport that is not enabled: server-sent events or long polling.
    private func refuseTransport(_ request: HTTPRequest, token: String?) -> HTTPOutcome {
        guard let token else { return self.problem(400, "Connection ID required", request) }
        if self.services.hub.isInUse(token: token) {
            return self.problem(400, "Cannot change transports mid-connection", request)
        }
        return self.problem(404, "No Connection with that ID", request)
    }

    /// POST and DELETE belong to transports other than WebSockets.
    private func refuseData(_ request: HTTPRequest, token: String?) -> HTTPOutcome {
        guard let token else { return self.problem(400, "Connection ID required", request) }
        guard self.services.hub.isInUse(token: token) else {
            return self.problem(404, "No Connection with that ID", request)
        }
        guard request.head.method == "POST" else {
            return self.problem(400, "Only long-polling connections are ended by DELETE.", request)
        }
        var problem = self.details(405, "A WebSocket connection takes no POST.", request)
        problem.headers.set("Allow", "GET")
        return .response(problem.response)
    }
}
