/// How the end of a request's body is found (RFC 9112 section 6).
///
/// Whatever two servers could understand differently is refused, so that no request can hide inside another's body.
enum HTTPBodyFraming: Sendable, Equatable {
    case length(Int)
    case chunked

    /// Decides from the fields of a head.
    /// - Throws: 400 for contradicting, repeated or malformed framing and for a missing or repeated `Host`; 501 for a
    ///   transfer coding other than chunked; 413 if the length is over `maxBodyBytes`.
    init(minorVersion: Int, headers: HTTPHeaders, maxBodyBytes: Int) throws(HTTPParseError) {
        var lengths: [String] = []
        var codings: [String] = []
        var hosts: [String] = []
        for field in headers.fields {
            switch field.name.utf8.count {
            case 4 where ASCII.equalsIgnoringCase(field.name, "host"): hosts.append(field.value)
            case 14 where ASCII.equalsIgnoringCase(field.name, "content-length"): lengths.append(field.value)
            case 17 where ASCII.equalsIgnoringCase(field.name, "transfer-encoding"): codings.append(field.value)
            default: break
            }
        }
        try Self.check(hosts: hosts, minorVersion: minorVersion)
        guard codings.isEmpty else {
            try Self.check(codings: codings, minorVersion: minorVersion, hasLength: !lengths.isEmpty)
            self = .chunked
            return
        }
        guard lengths.count <= 1 else { throw .badRequest("more than one content-length") }
        guard let length = lengths.first else {
            self = .length(0)
            return
        }
        self = .length(try Self.length(length, maxBodyBytes))
    }

    private static func check(hosts: [String], minorVersion: Int) throws(HTTPParseError) {
        guard hosts.count == 1 || (hosts.isEmpty && minorVersion == 0) else {
            throw .badRequest("exactly one host field is needed")
        }
        if let host = hosts.first, !host.utf8.allSatisfy(ASCII.isHost) { throw .badRequest("malformed host") }
    }

    private static func check(codings: [String], minorVersion: Int, hasLength: Bool) throws(HTTPParseError) {
        if hasLength { throw .badRequest("both transfer-encoding and content-length") }
        if minorVersion == 0 { throw .badRequest("transfer-encoding needs HTTP/1.1") }
        if codings.count > 1, codings.allSatisfy({ ASCII.equalsIgnoringCase($0, "chunked") }) {
            // RFC 9112 section 6.1: chunked must not be applied more than once.
            throw .badRequest("chunked more than once")
        }
        guard codings.count == 1, ASCII.equalsIgnoringCase(codings[0], "chunked") else {
            throw HTTPParseError(status: 501, reason: "transfer coding not supported")
        }
    }

    /// Reads decimal digits and nothing else; a number too large for `Int` is malformed, not merely too large.
    private static func length(_ text: String, _ maxBodyBytes: Int) throws(HTTPParseError) -> Int {
        var value = 0
        guard !text.isEmpty else { throw .badRequest("malformed content-length") }
        for byte in text.utf8 {
            guard byte >= 0x30, byte <= 0x39 else { throw .badRequest("malformed content-length") }
            let (tenfold, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tenfold.addingReportingOverflow(Int(byte - 0x30))
            guard !tooLarge, !overflow else { throw .badRequest("malformed content-length") }
            value = sum
        }
        guard value <= maxBodyBytes else { throw HTTPParseError(status: 413, reason: "body too large") }
        return value
    }
}
