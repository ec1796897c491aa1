import ChatifyCore
import ChatifySignalR
import Testing

@testable import ChatifyHub

struct ConnectionRegistryTests {
    enum Step {
        case negotiate(String, by: String, at: Int)
        case claim(String, by: String, at: Int, ConnectionRegistry.Claim)
        case open(String, by: String, ConnectionRegistry.Claim)
        case release(String)
        case expire(at: Int)
    }

    private static let id = ConnectionID(unchecked: "id")

    private static func connection(
        of user: String,
        at home: ConnectionHome = .webSocket,
        hasEnded: Bool = false
    ) -> OpenConnection {
        OpenConnection(connectionID: Self.id, userID: UserID(unchecked: user), home: home, hasEnded: hasEnded)
    }

    /// Two negotiations at most, two connections of a user, ten seconds for the transport.
    @Test(
        arguments: [
            [.claim("t", by: "a", at: 0, .unknown)],
            [.negotiate("t", by: "a", at: 0), .claim("t", by: "a", at: 9, .granted(connection(of: "a")))],
            [.negotiate("t", by: "a", at: 0), .claim("t", by: "a", at: 10, .unknown)],
            [
                .negotiate("t", by: "a", at: 0), .claim("t", by: "b", at: 1, .otherUser),
                .claim("t", by: "a", at: 2, .granted(connection(of: "a"))), .claim("t", by: "a", at: 3, .alreadyInUse),
                .claim("t", by: "b", at: 3, .alreadyInUse), .release("t"), .claim("t", by: "a", at: 4, .unknown),
            ],
            [
                .negotiate("t", by: "a", at: 0), .negotiate("u", by: "a", at: 5),
                .negotiate("v", by: "a", at: 6), .claim("t", by: "a", at: 6, .unknown),
                .claim("u", by: "a", at: 11, .granted(connection(of: "a"))),
                .claim("v", by: "a", at: 11, .granted(connection(of: "a"))),
            ],
            [
                .open("x", by: "a", .granted(connection(of: "a"))), .open("y", by: "a", .granted(connection(of: "a"))),
                .open("z", by: "a", .tooManyOfUser), .open("z", by: "b", .granted(connection(of: "b"))),
                .negotiate("t", by: "a", at: 0), .claim("t", by: "a", at: 1, .tooManyOfUser),
                .release("x"), .claim("t", by: "a", at: 2, .granted(connection(of: "a"))),
                .open("x", by: "a", .tooManyOfUser),
            ],
            [
                .open("x", by: "a", .granted(connection(of: "a"))), .release("x"), .release("x"), .release("never"),
                .open("x", by: "a", .granted(connection(of: "a"))),
            ],
            [
                .open("w", by: "a", .granted(connection(of: "a"))), .open("x", by: "a", .granted(connection(of: "a"))),
                .open("y", by: "b", .granted(connection(of: "b"))), .negotiate("t", by: "c", at: 0),
                .open("z", by: "b", .granted(connection(of: "b"))), .claim("t", by: "c", at: 1, .tooMany),
                .open("v", by: "d", .tooMany), .release("w"),
                .claim("t", by: "c", at: 2, .granted(connection(of: "c"))),
            ],
            [
                .negotiate("t", by: "a", at: 0), .release("t"), .expire(at: 9),
                .claim("t", by: "a", at: 9, .granted(connection(of: "a"))),
            ],
            [.negotiate("t", by: "a", at: 0), .expire(at: 10), .claim("t", by: "a", at: 5, .unknown)],
        ] as [[Step]]
    )
    func `Tokens are good for what they were given for`(_ steps: [Step]) {
        var registry = ConnectionRegistry(maximumNegotiations: 2, maximumConnections: 4, maximumPerUser: 2)
        let start = ContinuousClock.now
        for step in steps {
            switch step {
            case .negotiate(let token, let user, let second):
                let now = start + .seconds(second)
                registry.negotiate(
                    token: token,
                    connectionID: Self.id,
                    userID: UserID(unchecked: user),
                    deadline: now + .seconds(10),
                    now: now
                )
            case .claim(let token, let user, let second, let claim):
                let answer = registry.claim(token: token, by: UserID(unchecked: user), now: start + .seconds(second))
                #expect(answer == claim)
            case .open(let token, let user, let claim):
                let answer = registry.open(token: token, Self.connection(of: user))
                #expect(answer == claim)
                #expect(registry.isOpen(token) == (claim == .granted(Self.connection(of: user))))
            case .release(let token):
                registry.release(token: token)
                #expect(!registry.isOpen(token))
            case .expire(let second): registry.expire(now: start + .seconds(second))
            }
        }
    }

    @Test func `A polled connection stays known after its end, and counts no more`() {
        let (user, home) = (UserID(unchecked: "a"), ConnectionHome(transport: .longPolling, shard: 3))
        var registry = ConnectionRegistry(maximumNegotiations: 2, maximumConnections: 4, maximumPerUser: 1)
        let now = ContinuousClock.now
        #expect(registry.standing(of: "t") == .unknown)
        let deadline = now + .seconds(1)
        registry.negotiate(token: "t", connectionID: Self.id, userID: user, deadline: deadline, now: now)
        #expect(registry.standing(of: "t") == .negotiated(Self.id))
        let claim = registry.claim(token: "t", by: user, at: home, now: now)
        #expect(claim == .granted(Self.connection(of: "a", at: home)))
        #expect(registry.standing(of: "t") == .open(Self.connection(of: "a", at: home)))
        for _ in 0..<2 { registry.release(token: "t") }
        #expect(registry.standing(of: "t") == .open(Self.connection(of: "a", at: home, hasEnded: true)))
        let again = registry.claim(token: "t", by: user, at: home, now: now)
        #expect(again == .alreadyInUse)
        let other = registry.open(token: "u", Self.connection(of: "a"))
        #expect(other == .granted(Self.connection(of: "a")))
        registry.forget(token: "t")
        #expect(registry.standing(of: "t") == .unknown)
        let third = registry.open(token: "v", Self.connection(of: "a"))
        #expect(third == .tooManyOfUser, "its place was given back twice")
    }

    @Test func `Without a limit a user may have any number`() {
        var registry = ConnectionRegistry(maximumNegotiations: 1, maximumConnections: 1000, maximumPerUser: 0)
        let answers = (0..<1000).map { registry.open(token: "\($0)", Self.connection(of: "a")) }
        #expect(answers.allSatisfy { $0 == .granted(Self.connection(of: "a")) })
    }

    @Test func `In a flood of negotiations those stay that came last`() {
        var registry = ConnectionRegistry(maximumNegotiations: 100, maximumConnections: 1000, maximumPerUser: 0)
        let now = ContinuousClock.now
        for number in 0..<10_000 {
            let (token, user) = ("\(number)", UserID(unchecked: "a"))
            registry.negotiate(token: token, connectionID: Self.id, userID: user, deadline: now + .seconds(1), now: now)
        }
        let known = (0..<10_000).filter { registry.standing(of: "\($0)") != .unknown }
        #expect(known == Array(9900..<10_000))
    }
}

extension ConnectionRegistry {
    fileprivate func isOpen(_ token: String) -> Bool {
        if case .open = self.standing(of: token) { true } else { false }
    }
}
