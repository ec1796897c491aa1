import ChatifyCore
import ChatifyWire
import Foundation
import Testing

@testable import ChatifyServer

struct ProblemDetailsTests {
    private static let id = CorrelationID.random()

    private static func members(_ problem: ProblemDetails) throws -> [String: Any] {
        #expect(problem.response.status == problem.status)
        #expect(problem.response.headers["content-type"] == "application/problem+json")
        return try #require(try JSONSerialization.jsonObject(with: Data(problem.response.body)) as? [String: Any])
    }

    /// The table of contracts §2, and what else the ports throw.
    @Test(arguments: [
        (ChatError.Code.validation, 400, "Bad Request"), (.unauthenticated, 401, "Unauthorized"),
        (.forbidden, 403, "Forbidden"), (.rateLimitExceeded, 429, "Too Many Requests"),
        (.eventProductionFailed, 503, "Service Unavailable"), (.unavailable, 503, "Service Unavailable"),
        (.cancelled, 503, "Service Unavailable"), (.configuration, 500, "Internal Server Error"),
        (ChatError.Code("NEW"), 500, "Internal Server Error"),
    ])
    func `Chat failures have their status`(_ code: ChatError.Code, _ status: Int, _ title: String) throws {
        let error = ChatError(code, "Why.", cause: ChatError(.unavailable, "secret host 10.0.0.7"))
        let problem = ProblemDetails(error, instance: "/chat/send", correlationID: Self.id)
        let members = try Self.members(problem)
        #expect(members["status"] as? Int == status)
        #expect(members["title"] as? String == title)
        #expect(members["type"] as? String == "about:blank")
        #expect(members["code"] as? String == code.rawValue)
        #expect(members["detail"] as? String == "Why.")
        #expect(members["instance"] as? String == "/chat/send")
        #expect(members["correlationId"] as? String == "\(Self.id)")
        #expect(members.count == 7)
        #expect(!String(decoding: problem.response.body, as: UTF8.self).contains("10.0.0.7"))
    }

    @Test(arguments: [
        (0, "1"), (1, "1"), (1000, "1"), (1001, "2"), (59_999, "60"), (60_000, "60"), (.max, "9223372036854776"),
    ])
    func `Retry-After is whole seconds, rounded up`(_ milliseconds: Int, _ seconds: String) {
        let error = ChatError(.rateLimitExceeded, "Slow down.", retryAfter: .milliseconds(milliseconds))
        let problem = ProblemDetails(error, instance: "/", correlationID: Self.id)
        #expect(problem.response.headers["retry-after"] == seconds)
    }

    @Test(arguments: [
        (400, "BAD_REQUEST"), (401, "UNAUTHENTICATED"), (403, "FORBIDDEN"), (404, "NOT_FOUND"),
        (405, "METHOD_NOT_ALLOWED"), (408, "REQUEST_TIMEOUT"), (409, "CONFLICT"), (413, "CONTENT_TOO_LARGE"),
        (414, "URI_TOO_LONG"), (415, "UNSUPPORTED_MEDIA_TYPE"), (426, "UPGRADE_REQUIRED"), (429, "RATE_LIMIT_EXCEEDED"),
        (431, "HEADERS_TOO_LARGE"), (500, "INTERNAL_ERROR"), (501, "NOT_IMPLEMENTED"), (503, "UNAVAILABLE"),
        (505, "HTTP_VERSION_NOT_SUPPORTED"),
    ])
    func `Each status has a code`(_ status: Int, _ code: String) throws {
        let headers = HTTPHeaders([("Upgrade", "websocket")])
        let error = HTTPParseError(status: status, reason: "Why.", headers: headers)
        let problem = ProblemDetails(error, correlationID: Self.id)
        let members = try Self.members(problem)
        #expect(members["code"] as? String == code)
        #expect(members["instance"] == nil)
        #expect(problem.response.headers["upgrade"] == "websocket")
    }
}
