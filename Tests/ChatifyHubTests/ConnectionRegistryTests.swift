import ChatifyCore
import ChatifySignalR
import Testing

@testable import ChatifyHub

struct ConnectionRegistryTests {
    enum Step {
        case negotiate(String, by: String, at: Int, kept: Bool)
        case claim(String, by: String, at: Int, ConnectionRegistry.Claim)
        case open(String, by: String, Bool)
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
            [.negotiate("t", by: "a", at: 0, kept: true), .claim("t", by: "a", at: 9, .granted(connection(of: "a")))],
            [.negotiate("t", by: "a", at: 0, kept: true), .claim("t", by: "a", at: 10, .unknown)],
            [
                .negotiate("t", by: "a", at: 0, kept: true), .claim("t", by: "b", at: 1, .otherUser),
                .claim("t", by: "a", at: 2, .granted(connection(of: "a"))), .claim("t", by: "a", at: 3, .alreadyInUse),
                .claim("t", by: "b", at: 3, .alreadyInUse), .release("t"), .claim("t", by: "a", at: 4, .unknown),
            ],
            [
                .negotiate("t", by: "a", at: 0, kept: true), .negotiate("u", by: "a", at: 5, kept: true),
                .negotiate("v", by: "a", at: 6, kept: false), .negotiate("v", by: "a", at: 10, kept: true),
                .claim("u", by: "a", at: 11, .granted(connection(of: "a"))),
                .claim("v", by: "a", at: 11, .granted(connection(of: "a"))),
            ],
            [
                .open("x", by: "a", true), .open("y", by: "a", true), .open("z", by: "a", false),
                .open("z", by: "b", true),
                .negotiate("t", by: "a", at: 0, kept: true), .claim("t", by: "a", at: 1, .tooManyOfUser),
                .release("x"), .claim("t", by: "a", at: 2, .granted(connection(of: "a"))), .open("x", by: "a", false),
            ],
            [.open("x", by: "a", true), .release("x"), .release("x"), .release("never"), .open("x", by: "a", true)],
            [
                .negotiate("t", by: "a", at: 0, kept: true), .release("t"), .expire(at: 9),
                .claim("t", by: "a", at: 9, .granted(connection(of: "a"))),
            ],
            [.negotiate("t", by: "a", at: 0, kept: true), .expire(at: 10), .claim("t", by: "a", at: 5, .unknown)],
        ] as [[Step]]
    )
    func `Tokens are good for what they were given for`(_ steps: [Step]) {
        var registry = ConnectionRegistry(maximumNegotiations: 2, maximumPerUser: 2)
        let start = ContinuousClock.now
        for step in steps {
            switch step {
            case .negotiate(let token, let user, let second, let kept):
                let now = start + .seconds(second)
                let isKept = registry.negotiate(
                    token: token,
                    connectionID: Self.id,
                    userID: UserID(unchecked: user),
                    deadline: now + .seconds(10),
                    now: now
                )
                #expect(isKept == kept)
            case .claim(let token, let user, let second, let claim):
                let answer = registry.claim(token: token, by: UserID(unchecked: user), now: start + .seconds(second))
                #expect(answer == claim)
            case .open(let token, let user, let isOpen):
                let answer = registry.open(token: token, Self.connection(of: user))
                #expect(answer == isOpen)
                #expect(registry.isOpen(token) == isOpen)
            case .release(let token):
                registry.release(token: token)
                #expect(!registry.isOpen(token))
            case .expire(let second): registry.expire(now: start + .seconds(second))
            }
        }
    }

    @Test func `A polled connection stays known after its end, and counts no more`() {
        let (user, home) = (UserID(unchecked: "a"), ConnectionHome(transport: .longPolling, shard: 3))
        var registry = ConnectionRegistry(maximumNegotiations: 2, maximumPerUser: 1)
        let now = ContinuousClock.now
        #expect(registry.standing(of: "t") == .unknown)
        let deadline = now + .seconds(1)
        let isKept = registry.negotiate(token: "t", connectionID: Self.id, userID: user, deadline: deadline, now: now)
        #expect(isKept)
        #expect(registry.standing(of: "t") == .negotiated(Self.id))
        let claim = registry.claim(token: "t", by: user, at: home, now: now)
        #expect(claim == .granted(Self.connection(of: "a", at: home)))
        #expect(registry.standing(of: "t") == .open(Self.connection(of: "a", at: home)))
        for _ in 0..<2 { registry.release(token: "t") }
        #expect(registry.standing(of: "t") == .open(Self.connection(of: "a", at: home, hasEnded: true)))
        let again = registry.claim(token: "t", by: user, at: home, now: now)
        #expect(again == .alreadyInUse)
        let hasRoom = registry.open(token: "u", Self.connection(of: "a"))
        #expect(hasRoom)
        registry.forget(token: "t")
        #expect(registry.standing(of: "t") == .unknown)
        let hasMore = registry.open(token: "v", Self.connection(of: "a"))
        #expect(!hasMore, "its place was given back twice")
    }

    @Test func `Without a limit a user may have any number`() {
        var registry = ConnectionRegistry(maximumNegotiations: 1, maximumPerUser: 0)
        let answers = (0..<1000).map { registry.open(token: "\($0)", Self.connection(of: "a")) }
        #expect(answers.allSatisfy { $0 })
    }
}

extension ConnectionRegistry {
    fileprivate func isOpen(_ token: String) -> Bool {
        if case .open = self.standing(of: token) { true } else { false }
    }
}
