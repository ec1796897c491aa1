import ChatifyWire
import Testing

/// What a connection's bytes amount to, however they were cut.
struct HTTPOutcome: Equatable, CustomStringConvertible {
    struct Request: Equatable {
        var head: HTTPRequestHead
        var body: [UInt8] = []
        var ended = false
    }

    var requests: [Request] = []
    var error: HTTPParseError?
    var isMidRequest = false

    var description: String {
        let requests = self.requests.map { "\($0.head.method) \($0.head.target) +\($0.body.count) \($0.ended)" }
        return "\(requests) \(self.error.map { "\($0.status) \($0.reason)" } ?? "-") mid: \(self.isMidRequest)"
    }

    init(feeding pieces: [[UInt8]], limits: HTTPLimits = HTTPLimits()) {
        var parser = HTTPRequestParser(limits: limits)
        for piece in pieces {
            parser.feed(piece)
            self.drain(&parser)
        }
        self.isMidRequest = parser.isMidRequest
    }

    private mutating func drain(_ parser: inout HTTPRequestParser) {
        do throws(HTTPParseError) {
            while let event = try parser.next() { self.note(event) }
        } catch {
            self.error = error
        }
    }

    private mutating func note(_ event: HTTPRequestEvent) {
        switch event {
        case .head(let head): self.requests.append(Request(head: head))
        case .body(let bytes): self.requests[self.requests.count - 1].body += bytes
        case .end: self.requests[self.requests.count - 1].ended = true
        }
    }
}

/// Replays `text` in many cuts, expects the same outcome of all, and answers it.
func replayHTTP(
    _ text: String,
    limits: HTTPLimits = HTTPLimits(),
    sourceLocation: SourceLocation = #_sourceLocation
) -> HTTPOutcome {
    replayHTTP(Array(text.utf8), limits: limits, sourceLocation: sourceLocation)
}

/// Replays `bytes` in many cuts, expects the same outcome of all, and answers it.
func replayHTTP(
    _ bytes: [UInt8],
    limits: HTTPLimits = HTTPLimits(),
    sourceLocation: SourceLocation = #_sourceLocation
) -> HTTPOutcome {
    let whole = HTTPOutcome(feeding: [bytes], limits: limits)
    for pieces in Chopping.allWays(bytes) {
        #expect(HTTPOutcome(feeding: pieces, limits: limits) == whole, sourceLocation: sourceLocation)
    }
    return whole
}
