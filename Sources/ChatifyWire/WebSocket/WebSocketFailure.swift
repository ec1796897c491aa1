/// Why a peer's frames are refused.
struct WebSocketFailure: Error, Equatable {
    var code: UInt16
    var reason: String

    static func protocolError(_ reason: String) -> WebSocketFailure {
        WebSocketFailure(code: WebSocketCloseCode.protocolError, reason: reason)
    }

    static var invalidText: WebSocketFailure {
        WebSocketFailure(code: WebSocketCloseCode.invalidPayload, reason: "text is not UTF-8")
    }

    static var tooBig: WebSocketFailure {
        WebSocketFailure(code: WebSocketCloseCode.messageTooBig, reason: "message too big")
    }
}
