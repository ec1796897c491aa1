internal import ChatifyWire

/// What an answer that is yet to come needs of its request.
struct PendingAnswer {
    /// The fields that do not depend on the answer.
    var headers = HTTPHeaders()
    /// Gives the answer up.
    var abandon: () -> Void = {}
    /// Whether the client wants to use the connection again.
    let keepsAlive: Bool
    /// Whether the client wants the fields alone.
    let isHead: Bool

    /// The needs of the answer to `request`.
    init(to request: HTTPRequestHead) {
        self.keepsAlive = request.keepsAlive
        self.isHead = request.method == "HEAD"
    }
}
