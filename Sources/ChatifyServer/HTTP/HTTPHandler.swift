package import ChatifyCore
package import ChatifyWire

/// A request that arrived whole.
package struct HTTPRequest: Sendable {
    /// The request line and headers.
    package var head: HTTPRequestHead
    /// The body; empty if there is none.
    package var body: [UInt8]
    /// The id that ties together what this request causes: the client's own, or a new one.
    package var correlationID: CorrelationID
    /// A name for the TCP connection it came on.
    package var connectionID: ConnectionID
}

/// Answers the requests of one loop's connections.
///
/// Confined to that loop: made there, and called there from tasks that prefer it.
package protocol HTTPHandler: AnyObject {
    /// Answers a request. The answer gets the correlation id and the connection headers from the server.
    func handle(_ request: HTTPRequest) async -> HTTPOutcome

    /// Adds what belongs to every answer to this request, whoever gives it; the head is unknown if no request was
    /// understood.
    func addHeaders(to response: inout HTTPResponse, answering head: HTTPRequestHead?)

    /// Whether the answer to such a request may take long, so that it is given up when the client ends its side.
    func holds(_ head: HTTPRequestHead) -> Bool

    /// Lets time pass; called about once a second.
    func tick()

    /// What waits for clients and has not reached their connections yet.
    var outboundBytes: Int { get }

    /// Asks up to `count` of the long-lived connections it serves to go elsewhere, and returns how many it has not
    /// asked yet.
    func drain(atMost count: Int) -> Int

    /// Ends what is left; called once, when all connections of the loop are being closed.
    func end()
}

extension HTTPHandler {
    /// Nothing.
    package func addHeaders(to response: inout HTTPResponse, answering head: HTTPRequestHead?) {}

    /// None.
    package var outboundBytes: Int { 0 }

    /// No.
    package func holds(_ head: HTTPRequestHead) -> Bool { false }

    /// Nothing.
    package func end() {}
}

/// What becomes of a request.
package enum HTTPOutcome {
    /// An ordinary answer.
    case response(HTTPResponse)
    /// An ordinary answer that comes when there is something to say. The closure is called at once with what takes the
    /// answer, once and on the loop, and returns what is called if the client leaves before; nothing else waits, neither a
    /// task nor the request.
    case later((@escaping (HTTPResponse) -> Void) -> () -> Void)
    /// The connection becomes a WebSocket; the first closure is called once it has, and returns who handles it. The other
    /// is called instead if it cannot: the client has left, or its request is no valid upgrade.
    case webSocket((WebSocketConnection) -> any WebSocketHandler, declined: () -> Void = {})
    /// An answer that begins now and goes on; the first closure is called when its head was written, and returns who is
    /// told of its end. The other is called instead if the client has left.
    case stream(HTTPResponse, (HTTPResponseStream) -> any HTTPStreamHandler, declined: () -> Void = {})
}
