internal import ChatifyCore
internal import ChatifyHub
internal import ChatifyWire
internal import Logging

/// Answers all requests of one loop: finds the route, judges method and origin, and hands over.
final class ChatRoutes: HTTPHandler {
    let services: ChatServices
    let shard: HubShard

    init(services: ChatServices, shard: HubShard) {
        self.services = services
        self.shard = shard
    }

    func handle(_ request: HTTPRequest) async -> HTTPOutcome {
        guard self.services.origins.allows(request.head) else {
            return self.problem(403, "Requests from this origin are not allowed.", request)
        }
        guard let route = HTTPRoute(path: request.head.path, site: self.services.site) else {
            return self.problem(404, "There is nothing at this path.", request)
        }
        if request.head.isPreflight { return .response(OriginPolicy.preflightAnswer(to: request.head)) }
        guard route.methods.contains(request.head.method) else {
            var problem = self.details(405, "This path takes \(route.methods.joined(separator: ", ")).", request)
            problem.headers.set("Allow", route.methods.joined(separator: ", "))
            return .response(problem.response)
        }
        return await self.handle(request, as: route)
    }

    private func handle(_ request: HTTPRequest, as route: HTTPRoute) async -> HTTPOutcome {
        do throws(ChatError) {
            switch route {
            case .send: return try await self.send(request)
            case .history(let type, let id): return try await self.history(request, scopeType: type, scopeID: id)
            case .health(let question): return await self.health(question)
            case .metrics: return await self.metrics(request)
            case .negotiate: return await self.refusing(request, self.negotiate)
            case .hub: return await self.refusing(request, self.hub)
            case .page(let page): return .response(page.response)
            }
        } catch {
            return .response(self.details(error, request).response)
        }
    }

    private func refusing(
        _ request: HTTPRequest,
        _ answer: (HTTPRequest) async throws(HubRejection) -> HTTPOutcome
    ) async -> HTTPOutcome {
        do throws(HubRejection) {
            return try await answer(request)
        } catch {
            return self.refusal(error, request)
        }
    }

    func addHeaders(to response: inout HTTPResponse, answering head: HTTPRequestHead?) {
        guard let head else { return }
        self.services.origins.addHeaders(to: &response, answering: head)
    }

    /// A poll waits for news; its client's leaving is what tells that the next is not to be expected.
    func holds(_ head: HTTPRequestHead) -> Bool {
        head.method == "GET" && HTTPRoute(path: head.path) == .hub && !WebSocketHandshake.isUpgrade(head)
    }

    func tick() {
        self.shard.tick()
        self.services.hub.expireNegotiations()
    }

    func drain(atMost count: Int) -> Int { self.shard.drain(atMost: count) }

    var outboundBytes: Int { self.shard.unpolledBytes }

    func end() { self.shard.endPolling() }
}

extension ChatRoutes {
    func details(_ status: Int, _ detail: String, _ request: HTTPRequest) -> ProblemDetails {
        ProblemDetails(
            status: status,
            detail: detail,
            instance: request.head.path,
            correlationID: request.correlationID
        )
    }

    func problem(_ status: Int, _ detail: String, _ request: HTTPRequest) -> HTTPOutcome {
        .response(self.details(status, detail, request).response)
    }

    func details(_ error: ChatError, _ request: HTTPRequest) -> ProblemDetails {
        let problem = ProblemDetails(error, instance: request.head.path, correlationID: request.correlationID)
        if problem.status >= 500 {
            self.services.logger.warning(
                "Request failed",
                metadata: [
                    "correlation-id": "\(request.correlationID)", "code": "\(error.code)", "error": "\(error.message)",
                    "cause": "\(error.cause.map { "\($0)" } ?? "none")",
                ]
            )
        }
        return problem
    }

    func json(_ body: [UInt8], status: Int = 200) -> HTTPOutcome {
        var headers = HTTPHeaders()
        headers.set("Content-Type", "application/json")
        headers.set("Cache-Control", "no-store")
        return .response(HTTPResponse(status: status, headers: headers, body: body))
    }

    /// Finds out who asks: by token, or in development by the name given (contracts §3).
    func identify(_ request: HTTPRequest) async throws(ChatError) -> Identity {
        let credentials = Credentials(
            bearerToken: request.head.bearerToken,
            claimedUser: request.head.claimedUser,
            connectionID: request.connectionID
        )
        return try await self.services.authenticator.authenticate(credentials)
    }
}
