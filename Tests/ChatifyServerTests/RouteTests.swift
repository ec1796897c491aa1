import ChatifyCore
import ChatifyWire
import Testing

@testable import ChatifyServer

struct RouteTests {
    @Test(
        arguments: [
            ("/chat/send", .send), ("/chat/history/0/general", .history(scopeType: "0", scopeID: "general")),
            ("/chat/history/Channel/a/b", .history(scopeType: "Channel", scopeID: "a/b")),
            ("/chat/history/0/", .history(scopeType: "0", scopeID: "")), ("/health/live", .health(.live)),
            ("/health/ready", .health(.ready)), ("/metrics", .metrics), ("/metrics/", nil), ("/Metrics", nil),
            ("/health/startup", .health(.startup)), ("/hubs/chat", .hub),
            ("/hubs/chat/negotiate", .negotiate), ("/", nil), ("", nil), ("*", nil), ("/chat", nil),
            ("/chat/send/", nil),
            ("/chat/send/x", nil), ("/chat/history", nil), ("/chat/history/0", nil), ("/Chat/Send", nil),
            ("/health", nil),
            ("/health/other", nil), ("/health/live/x", nil), ("/hubs/chat/", nil), ("/hubs/chat/negotiate/x", nil),
            ("//chat/send", nil), ("/hubs", nil),
        ] as [(String, HTTPRoute?)]
    )
    func `A path means its route`(_ path: String, _ route: HTTPRoute?) {
        #expect(HTTPRoute(path: path) == route)
    }

    @Test(arguments: [
        (HTTPRoute.send, ["POST"]), (.negotiate, ["POST"]), (.hub, ["GET", "POST", "DELETE"]),
        (.health(.live), ["GET", "HEAD"]), (.metrics, ["GET", "HEAD"]),
        (.history(scopeType: "0", scopeID: "a"), ["GET", "HEAD"]),
    ])
    func `A route takes its methods`(_ route: HTTPRoute, _ methods: [String]) {
        #expect(route.methods == methods)
    }

    @Test(
        arguments: [
            ("/", .elsewhere("/demo/")), ("/demo", .elsewhere("/demo/")),
            ("/demo/", .file(name: "index.html", [1])), ("/demo/index.html", .file(name: "index.html", [1])),
            ("/demo/a.js", .file(name: "a.js", [2])), ("/demo/b.js", nil), ("/demo/a.js/", nil), ("/demo//a.js", nil),
            ("/Demo/a.js", nil), ("/demo/../a.js", nil), ("/a.js", nil), ("", nil),
        ] as [(String, SitePage?)]
    )
    func `A site has its files and nothing else`(_ path: String, _ page: SitePage?) {
        let files = [StaticSite.File(name: "index.html", bytes: [1]), StaticSite.File(name: "a.js", bytes: [2])]
        let site = StaticSite(prefix: "demo", files: files)
        #expect(HTTPRoute(path: path, site: site) == page.map { .page($0) })
        #expect(HTTPRoute(path: path, site: nil) == nil)
        #expect(HTTPRoute(path: "/chat/send", site: site) == .send)
    }

    @Test(
        arguments: [
            (nil, "chat.example", true), ("http://chat.example", "chat.example", true),
            ("https://Chat.Example", "chat.example", true), ("http://chat.example:8080", "CHAT.example:8080", true),
            ("http://chat.example", "chat.example:8080", false), ("https://friend.example", "chat.example", true),
            ("HTTPS://FRIEND.example", nil, true), ("http://friend.example", "chat.example", false),
            ("https://friend.example.evil", "chat.example", false), ("https://evil", "chat.example", false),
            ("null", "chat.example", false), ("", "chat.example", false), ("http://chat.example", nil, false),
        ] as [(String?, String?, Bool)]
    )
    func `Pages of other origins are kept out`(_ origin: String?, _ host: String?, _ isAllowed: Bool) throws {
        var headers = HTTPHeaders()
        if let origin { headers.add("Origin", origin) }
        if let host { headers.add("Host", host) }
        let head = try HTTPRequestHead(method: "GET", target: "/", headers: headers)
        #expect(OriginPolicy(allowedOrigins: ["https://Friend.example"]).allows(head) == isAllowed)
    }

    @Test(
        arguments: [
            (nil, "GET", false, false), ("https://friend.example", "GET", true, true),
            ("https://Friend.example", "DELETE", true, true), ("https://evil.example", "GET", false, false),
            ("null", "GET", false, false), ("http://chat.example", "POST", true, true),
            ("https://friend.example", "OPTIONS", true, false), ("https://evil.example", "OPTIONS", false, false),
        ] as [(String?, String, Bool, Bool)]
    )
    func `An answer says which page may read it`(
        _ origin: String?,
        _ method: String,
        _ isNamed: Bool,
        _ exposes: Bool
    ) throws {
        var fields = [("Host", "chat.example"), ("Access-Control-Request-Method", "POST")]
        if let origin { fields.append(("Origin", origin)) }
        let head = try HTTPRequestHead(method: method, target: "/hubs/chat", headers: HTTPHeaders(fields))
        var response = HTTPResponse(status: 200)
        OriginPolicy(allowedOrigins: ["https://friend.example"]).addHeaders(to: &response, answering: head)
        #expect(response.headers["Vary"] == "Origin")
        #expect(response.headers["Access-Control-Allow-Origin"] == (isNamed ? origin : nil))
        #expect(response.headers["Access-Control-Allow-Credentials"] == (isNamed ? "true" : nil))
        #expect((response.headers["Access-Control-Expose-Headers"] != nil) == exposes)
        #expect(head.isPreflight == (origin != nil && method == "OPTIONS"))
    }

    @Test(
        arguments: [
            ("Bearer abc", "/", "abc"), ("bearer abc", "/", "abc"), (nil, "/?access_token=q", "q"),
            ("Bearer", "/", nil),
            ("Basic abc", "/?access_token=q", "q"), ("Bearer abc", "/?access_token=q", "abc"), (nil, "/", nil),
        ] as [(String?, String, String?)]
    )
    func `A token comes in the header, else in the query`(_ field: String?, _ target: String, _ token: String?) throws {
        let headers = HTTPHeaders(field.map { [("Authorization", $0)] } ?? [])
        #expect(try HTTPRequestHead(method: "GET", target: target, headers: headers).bearerToken == token)
    }

    @Test(
        arguments: [
            ("", .oldestFirst), ("?order=", .oldestFirst), ("?order=oldest", .oldestFirst),
            ("?order=newest", .newestFirst), ("?limit=2&order=newest&x=y", .newestFirst),
            ("?order=sideways", nil), ("?order=Newest", nil), ("?order=newest%20", nil), ("?order=oldest,newest", nil),
        ] as [(String, HistoryOrder?)]
    )
    func `History comes oldest or newest first`(_ items: String, _ order: HistoryOrder?) throws {
        let head = try HTTPRequestHead(method: "GET", target: "/chat/history/0/room" + items, headers: HTTPHeaders())
        let scope = ChatScope.channel(try ScopeID("room"))
        guard let order else {
            let error = #expect(throws: ChatError.self) { try HistoryQuery(head.query, scope: scope) }
            #expect(error?.description == "VALIDATION_ERROR: order must be oldest or newest.")
            return
        }
        #expect(try HistoryQuery(head.query, scope: scope).order == order)
    }
}
