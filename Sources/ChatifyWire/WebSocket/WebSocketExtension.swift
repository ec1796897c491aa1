/// One element of `Sec-WebSocket-Extensions`: a name and its parameters (RFC 6455 section 9.1).
struct WebSocketExtension: Sendable, Equatable {
    /// A parameter, with or without a value.
    struct Parameter: Sendable, Equatable {
        var name: String
        var value: String?
    }

    var name: String
    var parameters: [Parameter] = []

    /// Reads the extensions that a request offers, in order of preference; what is malformed is left out, as is what
    /// nobody knows.
    static func offers(in head: HTTPRequestHead) -> [WebSocketExtension] {
        head.headers.values(for: "sec-websocket-extensions").flatMap { value in
            value.split(separator: ",").compactMap { WebSocketExtension(parsing: $0) }
        }
    }

    private init?(parsing element: Substring) {
        let parts = element.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
        guard let name = parts.first, !name.isEmpty else { return nil }
        self.name = name.lowercased()
        for part in parts.dropFirst() {
            guard let parameter = Self.parameter(part) else { return nil }
            self.parameters.append(parameter)
        }
    }

    private static func parameter(_ part: Substring) -> Parameter? {
        let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(self.trimmed)
        guard let name = sides.first, !name.isEmpty else { return nil }
        guard sides.count == 2 else { return Parameter(name: name.lowercased(), value: nil) }
        guard let value = self.unquoted(sides[1]), !value.isEmpty else { return nil }
        return Parameter(name: name.lowercased(), value: String(value))
    }

    /// The value without the quotes that it may stand in; a quote on one side only is malformed.
    private static func unquoted(_ value: Substring) -> Substring? {
        guard value.hasPrefix("\"") || value.hasSuffix("\"") else { return value }
        guard value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") else { return nil }
        return value.dropFirst().dropLast()
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.utf8.first, ASCII.isBlank(first) { text.removeFirst() }
        while let last = text.utf8.last, ASCII.isBlank(last) { text.removeLast() }
        return text
    }
}
