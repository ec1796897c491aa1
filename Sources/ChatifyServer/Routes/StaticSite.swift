internal import ChatifyWire

/// A few files that a server gives to browsers beside its routes, held in memory.
///
/// Files are served under ``prefix``, the first of them at the prefix itself, and `/` leads there. A page gets what it
/// loads from this server only and may run no script that is not a file of its own.
public struct StaticSite: Sendable {
    /// A file as it is served.
    public struct File: Sendable {
        /// The name under the site's prefix, such as `style.css`.
        public var name: String
        /// The contents, sent as they are.
        public var bytes: [UInt8]

        /// Makes a file of its parts.
        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// What the paths of all files begin with; begins and ends with a slash.
    public let prefix: String
    private let files: [String: [UInt8]]
    private let indexName: String?

    /// Makes a site; `prefix` is a name without slashes.
    public init(prefix: String, files: [File]) {
        self.prefix = "/\(prefix)/"
        self.files = Dictionary(files.map { ($0.name, $0.bytes) }) { first, _ in first }
        self.indexName = files.first?.name
    }

    /// Finds what a percent-decoded path means here; `nil` if it is none of this site's.
    func page(at path: String) -> SitePage? {
        if path == "/" || path + "/" == self.prefix { return .elsewhere(self.prefix) }
        guard path.hasPrefix(self.prefix), let indexName = self.indexName else { return nil }
        let name = path == self.prefix ? indexName : String(path.dropFirst(self.prefix.count))
        return self.files[name].map { .file(name: name, $0) }
    }
}

/// What is at a path of a ``StaticSite``.
enum SitePage: Hashable {
    /// A file with its name.
    case file(name: String, [UInt8])
    /// Nothing, but there is something at this other path.
    case elsewhere(String)
}

extension SitePage {
    var response: HTTPResponse {
        var headers = HTTPHeaders()
        switch self {
        case .elsewhere(let path):
            headers.set("Location", path)
            return HTTPResponse(status: 307, headers: headers)
        case .file(let name, let bytes):
            headers.set("Content-Type", Self.contentType(of: name))
            // A page and its scripts must be of one version, and the server is near.
            headers.set("Cache-Control", "no-cache")
            headers.set("Content-Security-Policy", Self.policy)
            headers.set("X-Content-Type-Options", "nosniff")
            headers.set("Referrer-Policy", "no-referrer")
            return HTTPResponse(status: 200, headers: headers, body: bytes)
        }
    }

    /// Nothing from elsewhere, nothing inline, no text that becomes markup.
    private static let policy =
        ["default-src", "base-uri", "form-action", "frame-ancestors"].map { "\($0) 'none'; " }.joined()
        + ["script-src", "style-src", "img-src", "connect-src"].map { "\($0) 'self'; " }.joined()
        + "require-trusted-types-for 'script'; trusted-types 'none'"

    private static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }
}
