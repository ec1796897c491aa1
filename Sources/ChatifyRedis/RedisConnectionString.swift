public import ChatifyCore

/// Which Redis server to use, as operators write it (contracts §8).
///
/// Two forms are read: `host:port[,password=…][,user=…][,ssl=true][,defaultDatabase=n]`, as .NET clients have it, and
/// `redis://[user[:password]@]host[:port][/database]`, percent-encoded. The port is 6379 unless given. Options that only tune a
/// .NET client (`abortConnect`, `connectTimeout` and their like) are taken and have no effect.
public struct RedisConnectionString: Sendable, Hashable {
    /// A name, an IPv4 or an IPv6 address.
    public var host: String
    /// The TCP port; 6379 by default.
    public var port = 6379
    /// Who logs in; without one it is Redis' default user.
    public var user: String?
    /// The password; without one there is no login.
    public var password: String?
    /// The number of the database; 0 by default.
    public var database = 0

    /// Names a server without password.
    public init(host: String, port: Int = 6379) {
        self.host = host
        self.port = port
    }

    /// Reads either form.
    /// - Throws: `ChatError` with code `ChatError.Code.configuration`: one line that says what is wrong and repeats nothing of the
    ///   text, which may hold a password anywhere.
    public init(_ text: String) throws(ChatError) {
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw .badConnectionString("it has control characters")
        }
        if text.hasPrefix("rediss://") { throw .redisWithoutTLS }
        if text.hasPrefix("redis://") {
            self = try Self.url(text.dropFirst("redis://".count))
        } else {
            self = try Self.list(text)
        }
    }
}

extension RedisConnectionString: CustomStringConvertible, CustomDebugStringConvertible {
    /// `host:port/database`, for logs: no user, no password.
    public var description: String {
        let host = self.host.utf8.contains(UInt8(ascii: ":")) ? "[\(self.host)]" : self.host
        return "\(host):\(self.port)/\(self.database)"
    }

    /// The same as ``description``.
    public var debugDescription: String { self.description }
}

extension RedisConnectionString: CustomReflectable {
    /// Nothing but ``description``, so that a dump holds no password.
    public var customMirror: Mirror { Mirror(self, children: ["server": self.description]) }
}

extension RedisConnectionString {
    // Options of StackExchange.Redis that say nothing about the server.
    private static let ignoredOptions: Set<String> = [
        "abortconnect", "allowadmin", "asynctimeout", "connectretry", "connecttimeout", "keepalive", "name",
        "resolvedns",
        "synctimeout",
    ]

    private static func list(_ text: String) throws(ChatError) -> RedisConnectionString {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
        var result = try Self.server(parts[0])
        for (index, part) in parts.enumerated().dropFirst() {
            guard let equals = part.firstIndex(of: "=") else {
                throw .badConnectionString("part \(index + 1) is no option; one server only")
            }
            let value = String(part[part.index(after: equals)...])
            switch part[..<equals].lowercased() {
            case "password": result.password = value.isEmpty ? nil : value
            case "user": result.user = value.isEmpty ? nil : value
            case "defaultdatabase": result.database = try Self.database(value[...])
            case "ssl" where value.lowercased() == "true": throw .redisWithoutTLS
            case "ssl" where value.lowercased() == "false": break
            case "ssl": throw .badConnectionString("ssl is neither true nor false")
            case let option where Self.ignoredOptions.contains(option): break
            default: throw .badConnectionString("part \(index + 1) is an unknown option")
            }
        }
        return try result.checked()
    }

    private static func url(_ text: Substring) throws(ChatError) -> RedisConnectionString {
        guard !text.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw .badConnectionString("a redis URL has no query and no fragment; write ? and # as %3F and %23")
        }
        // A password may hold anything that its writer forgot to encode, so the last @ counts.
        let at = text.lastIndex(of: "@")
        let rest = at.map { text[text.index(after: $0)...] } ?? text
        let slash = rest.firstIndex(of: "/")
        var result = try Self.server(rest[..<(slash ?? rest.endIndex)])
        if let slash, rest.index(after: slash) < rest.endIndex {
            result.database = try Self.database(rest[rest.index(after: slash)...])
        }
        guard let at else { return try result.checked() }
        let login = text[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let words = try login.map { word throws(ChatError) in try word.percentDecoded() }
        result.user = words[0].isEmpty ? nil : words[0]
        result.password = words.count < 2 || words[1].isEmpty ? nil : words[1]
        return try result.checked()
    }

    private static func server(_ text: Substring) throws(ChatError) -> RedisConnectionString {
        var (host, port) = (text, Substring("6379"))
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .badConnectionString("the host is not host:port") }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = text.firstIndex(of: ":") {
            (host, port) = (text[..<colon], text[text.index(after: colon)...])
        }
        guard !host.isEmpty, host.allSatisfy({ $0.isASCII && !" =/@%".contains($0) }) else {
            throw .badConnectionString("the host is missing or not a host name")
        }
        guard let number = Int(port), (1...65535).contains(number), port.allSatisfy(\.isNumber) else {
            throw .badConnectionString("the port is not a number from 1 to 65535 (an IPv6 address needs brackets)")
        }
        return RedisConnectionString(host: String(host), port: number)
    }

    private static func database(_ text: Substring) throws(ChatError) -> Int {
        guard let number = Int32(text), number >= 0, text.allSatisfy(\.isNumber) else {
            throw .badConnectionString("the database is not a number from 0")
        }
        return Int(number)
    }

    private func checked() throws(ChatError) -> RedisConnectionString {
        guard self.user == nil || self.password != nil else {
            throw .badConnectionString("a user needs a password")
        }
        return self
    }
}

extension ChatError {
    fileprivate static func badConnectionString(_ reason: String) -> ChatError {
        ChatError(
            .configuration,
            "The Redis connection string is not host:port[,password=…][,user=…][,defaultDatabase=n] or a redis:// URL: \(reason)."
        )
    }

    fileprivate static var redisWithoutTLS: ChatError {
        ChatError(
            .configuration,
            "The Redis connection string asks for TLS, which hiredis 0.14 does not have: connect without it, or through a TLS proxy."
        )
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }

    fileprivate func percentDecoded() throws(ChatError) -> String {
        var bytes: [UInt8] = []
        var rest = self.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
            guard digits.count == 2 else {
                throw .badConnectionString("a % is not followed by two hexadecimal digits")
            }
            bytes.append(UInt8(digits[0] * 16 + digits[1]))
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .badConnectionString("the user or password is not UTF-8")
        }
        return text
    }
}
