import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyRedis

@Suite struct RedisConnectionStringTests {
    private static func server(
        _ host: String,
        _ port: Int = 6379,
        user: String? = nil,
        password: String? = nil,
        database: Int = 0
    ) -> RedisConnectionString {
        var server = RedisConnectionString(host: host, port: port)
        (server.user, server.password, server.database) = (user, password, database)
        return server
    }

    @Test(arguments: [
        ("redis", server("redis")),
        ("chatify-redis:6380", server("chatify-redis", 6380)),
        (" 127.0.0.1:1 , password=a=b , defaultDatabase=12", server("127.0.0.1", 1, password: "a=b", database: 12)),
        ("h:2,PASSWORD=p,User=u,ssl=False", server("h", 2, user: "u", password: "p")),
        ("h,password=,abortConnect=false,connectTimeout=5000", server("h")),
        ("[::1]:7,password=ü", server("::1", 7, password: "ü")),
        ("redis://h", server("h")),
        ("redis://h/", server("h")),
        ("redis://h:7/3", server("h", 7, database: 3)),
        ("redis://:p@h", server("h", password: "p")),
        ("redis://u:p%3A%40%2F%25@h:7", server("h", 7, user: "u", password: "p:@/%")),
        ("redis://u:p@ss@[2001:db8::1]:7/1", server("2001:db8::1", 7, user: "u", password: "p@ss", database: 1)),
    ])
    func reads(text: String, expected: RedisConnectionString) throws {
        #expect(try RedisConnectionString(text) == expected)
    }

    @Test(arguments: [
        "", ",password=hunter2", "h:0,password=hunter2", "h:65536,password=hunter2", "h:x,password=hunter2",
        "h:,password=hunter2",
        "::1,password=hunter2", "h,hunter2", "h,hunter2=x", "h,password=a,hunter2", "h,ssl=hunter2",
        "h,ssl=true,password=hunter2",
        "h,defaultDatabase=-1,password=hunter2", "h,defaultDatabase=hunter2", "h,defaultDatabase=+1", "h,user=hunter2",
        "h:1,i:2,password=hunter2", "h i,password=hunter2", "[::1,password=hunter2", "[::1]x:1,password=hunter2",
        "h,password=hunter2\nx", "redis://", "redis://:hunter2@", "redis://hunter2@h", "redis://:hunter2@h:x",
        "redis://:hunter2@h/x", "redis://:hunter2@h?x=y", "redis://:hunter2%@h", "redis://:hunter2%zz@h",
        "redis://:hunter2%FF@h",
        "rediss://:hunter2@h", "http://:hunter2@h", "redis:/:hunter2@h",
    ])
    func refusesInOneLineWithoutRepeatingAnything(text: String) {
        let error = #expect(throws: ChatError.self) { try RedisConnectionString(text) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("hunter2") == false)
        #expect(error?.message.contains("\n") == false)
    }

    @Test(arguments: ["h,ssl=true", "rediss://h"])
    func saysWhyThereIsNoTLS(text: String) {
        let error = #expect(throws: ChatError.self) { try RedisConnectionString(text) }
        #expect(error?.message.contains("TLS") == true)
    }

    @Test func neverShowsThePassword() {
        let server = Self.server("::1", user: "hunter1", password: "hunter2")
        var dumped = ""
        dump(server, to: &dumped)
        #expect("\(server)" == "[::1]:6379/0")
        for text in ["\(server)", String(reflecting: server), dumped, "\([server])"] {
            #expect(!text.contains("hunter"))
        }
    }

    @Test func endsWellWithAnyText() {
        var random = SeededRandom(seed: 11)
        let pieces = [
            "redis://", "h", ":", "1", "@", "/", ",", "=", "password", "%", "4", "[", "]", " ", "ü", "?", "ssl", "true",
        ]
        var read = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...8, using: &random)
            let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            if let server = try? RedisConnectionString(text) {
                read += 1
                #expect(!server.host.isEmpty && (1...65535).contains(server.port) && server.database >= 0)
            }
        }
        #expect(read > 100)
    }
}
