import ChatifyWire

/// The requests of a connection and how it failed.
private struct Outcome: Equatable {
    struct Request: Equatable {
        var head: HTTPRequestHead
        var body: [UInt8] = []
        var ended = false
    }

    var requests: [Request] = []
    var error: HTTPParseError?

    mutating func drain(_ parser: inout HTTPRequestParser, _ limits: HTTPLimits) {
        do throws(HTTPParseError) {
            while let event = try parser.next() { self.note(event, limits) }
        } catch {
            precondition(self.error == nil || self.error == error, "a failed parser must stay failed")
            precondition((400...599).contains(error.status))
            self.error = error
        }
        let line = max(limits.maxRequestLineBytes, limits.maxHeaderBytes, 1024)
        precondition(parser.bufferedBytes <= line + 2, "more than a line is buffered")
    }

    private mutating func note(_ event: HTTPRequestEvent, _ limits: HTTPLimits) {
        let last = self.requests.count - 1
        switch event {
        case .head(let head):
            precondition(last < 0 || self.requests[last].ended, "a head before the end of the last request")
            check(head, limits)
            self.requests.append(Request(head: head))
        case .body(let bytes):
            precondition(!bytes.isEmpty && !self.requests[last].ended)
            self.requests[last].body += bytes
            precondition(self.requests[last].body.count <= limits.maxBodyBytes)
        case .end:
            precondition(!self.requests[last].ended)
            self.requests[last].ended = true
        }
    }
}

/// What every accepted head promises.
private func check(_ head: HTTPRequestHead, _ limits: HTTPLimits) {
    precondition(head.target.utf8.count <= limits.maxRequestLineBytes)
    precondition(head.headers.count <= limits.maxHeaderCount)
    for field in head.headers.fields {
        precondition(!field.name.isEmpty)
        precondition(!field.value.utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 })
    }
    precondition(!head.path.utf8.contains(0))
    if (try? WebSocketHandshake.accept(head)) != nil { precondition(WebSocketHandshake.isUpgrade(head)) }
    // Whatever a client can make us repeat stays inside its own line.
    let values = HTTPHeaders(head.query.items.map { ($0.name, $0.value) })
    let answer = HTTPResponse(status: 200, headers: values).encode(
        keepAlive: head.keepsAlive,
        isHead: head.expectsContinue
    )
    precondition(answer.count { $0 == 10 } <= values.count + 4 && answer.count { $0 == 13 } <= values.count + 4)
}

/// Feeds requests whole and in pieces, and expects the same of both.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTP(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard let input = FuzzInput(start, count) else { return 0 }
    var limits = HTTPLimits()
    if input.usesSmallLimits {
        limits.maxRequestLineBytes = 64
        limits.maxHeaderBytes = 128
        limits.maxHeaderCount = 4
        limits.maxBodyBytes = 32
    }
    var whole = Outcome()
    var parser = HTTPRequestParser(limits: limits)
    parser.feed(input.bytes)
    whole.drain(&parser, limits)
    let isMidRequest = parser.isMidRequest

    var chunked = Outcome()
    parser = HTTPRequestParser(limits: limits)
    input.forEachPiece { piece in
        parser.feed(piece)
        chunked.drain(&parser, limits)
    }
    precondition(whole == chunked, "pieces mean something else than the whole")
    precondition(parser.isMidRequest == isMidRequest)
    return 0
}
