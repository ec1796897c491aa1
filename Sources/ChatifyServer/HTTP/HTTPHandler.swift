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

    /// Lets time pass; called about once a second.
    func tick()

    /// Asks up to `count` of the long-lived connections it serves to go elsewhere, and returns how many it has not
    /// asked yet.
    func drain(atMost count: Int) -> Int
}

/// What becomes of a request.
package enum HTTPOutcome {
    /// An ordinary answer.
    case response(HTTPResponse)
    /// The connection becomes a WebSocket; the first closure is called once it has, and returns who handles it. The other
    /// is called instead if it cannot: the client has left, or its request is no valid upgrade.
    case webSocket((WebSocketConnection) -> any WebSocketHandler, declined: () -> Void = {})
}
