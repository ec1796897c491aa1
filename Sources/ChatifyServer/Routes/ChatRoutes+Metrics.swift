internal import ChatifyWire

extension ChatRoutes {
    /// `GET /metrics`: 404 if this server was given no registry to read.
    func metrics(_ request: HTTPRequest) async -> HTTPOutcome {
        guard let page = self.services.metrics else {
            return self.problem(404, "This server shows no metrics here.", request)
        }
        var headers = HTTPHeaders()
        headers.set("Content-Type", PrometheusText.contentType)
        headers.set("Cache-Control", "no-store")
        return .response(HTTPResponse(status: 200, headers: headers, body: Array(await page.text().utf8)))
    }
}
