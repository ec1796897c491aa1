internal import ChatifyCore
internal import ChatifyJSON
internal import ChatifyWire

/// An error as HTTP says it: RFC 9457 problem details, with a stable code and the correlation id (contracts §3).
struct ProblemDetails {
    var status: Int
    var code: String
    var detail: String
    var instance: String?
    var correlationID: CorrelationID
    var headers = HTTPHeaders()

    init(status: Int, code: String? = nil, detail: String, instance: String?, correlationID: CorrelationID) {
        self.status = status
        self.code = code ?? Self.code(for: status)
        self.detail = detail
        self.instance = instance
        self.correlationID = correlationID
    }

    /// How bytes that are no request are told.
    init(_ error: HTTPParseError, instance: String? = nil, correlationID: CorrelationID = .random()) {
        self.init(status: error.status, detail: error.reason, instance: instance, correlationID: correlationID)
        self.headers = error.headers
    }

    /// How a chat failure is told over HTTP (contracts §2).
    init(_ error: ChatError, instance: String, correlationID: CorrelationID) {
        self.init(
            status: Self.status(for: error.code),
            code: error.code.rawValue,
            detail: error.message,
            instance: instance,
            correlationID: correlationID
        )
        if let retryAfter = error.retryAfter {
            // Whole seconds (RFC 9110 §10.2.3).
            self.headers.set("Retry-After", "\(retryAfter.wholeSecondsRoundedUp)")
        }
    }

    private static func status(for code: ChatError.Code) -> Int {
        switch code {
        case .validation: 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .rateLimitExceeded: 429
        case .eventProductionFailed, .unavailable, .cancelled: 503
        default: 500
        }
    }

    private static func code(for status: Int) -> String {
        switch status {
        case 401: ChatError.Code.unauthenticated.rawValue
        case 403: ChatError.Code.forbidden.rawValue
        case 404: "NOT_FOUND"
        case 405: "METHOD_NOT_ALLOWED"
        case 408: "REQUEST_TIMEOUT"
        case 409: "CONFLICT"
        case 413: "CONTENT_TOO_LARGE"
        case 414: "URI_TOO_LONG"
        case 415: "UNSUPPORTED_MEDIA_TYPE"
        case 426: "UPGRADE_REQUIRED"
        case 429: ChatError.Code.rateLimitExceeded.rawValue
        case 431: "HEADERS_TOO_LARGE"
        case 501: "NOT_IMPLEMENTED"
        case 503: ChatError.Code.unavailable.rawValue
        case 505: "HTTP_VERSION_NOT_SUPPORTED"
        case 500: "INTERNAL_ERROR"
        default: "BAD_REQUEST"
        }
    }

    var response: HTTPResponse {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writer.key("type")
        writer.string("about:blank")
        writer.key("title")
        writer.string(HTTPResponse.reasonPhrase(of: self.status))
        writer.key("status")
        writer.int(Int64(self.status))
        writer.key("detail")
        writer.string(self.detail)
        if let instance = self.instance {
            writer.key("instance")
            writer.string(instance)
        }
        writer.key("code")
        writer.string(self.code)
        writer.key("correlationId")
        writer.string("\(self.correlationID)")
        writer.endObject()
        var headers = self.headers
        headers.set("Content-Type", "application/problem+json")
        return HTTPResponse(status: self.status, headers: headers, body: writer.bytes)
    }
}
