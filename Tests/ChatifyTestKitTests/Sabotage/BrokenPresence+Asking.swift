import ChatifyCore
import ChatifyTestKit

extension Sabotage where Subject == PresenceServiceSubject {
    /// Adapters that are wrong about who is online.
    static let asking: [Sabotage] = [
        Sabotage(.onlyThoseAskedAboutAreTold, caughtWith: "or others were") { service, base in
            // Tells of all it has ever met.
            let known = Locked([UserID]())
            service.onSetOnline = { (connection) async throws(ChatError) in
                known.withLock { $0.append(connection.userID) }
                return try await base.setOnline(connection)
            }
            service.onAsking = { (_) async throws(ChatError) in
                try await base.onlineUsers(among: known.withLock { $0 })
            }
        },
        Sabotage(.aQuestionIsASet, caughtWith: "not told as one") { service, base in
            // Whoever is named again is crossed out again.
            service.onAsking = { (users) async throws(ChatError) in
                let odd = users.reduce(into: Set<UserID>()) { $0.formSymmetricDifference([$1]) }
                return try await base.onlineUsers(among: Array(odd))
            }
        },
        Sabotage(.anyIDIsAskedAfter, caughtWith: "much the same") { service, base in
            // Compares ids as text.
            service.onAsking = { (users) async throws(ChatError) in
                let names = Set(try await base.onlineUsers(among: users).map(\.rawValue))
                return Set(users.filter { names.contains($0.rawValue) })
            }
        },
        Sabotage(.aCrowdIsAskedAfterAtOnce, caughtWith: "not as many were told") { service, base in
            // The first batch, and no other.
            service.onAsking = { (users) async throws(ChatError) in
                try await base.onlineUsers(among: Array(users.prefix(512)))
            }
        },
        Sabotage(.readingCallsAgree, caughtWith: "Others are online") { service, base in
            // Remembers what it once answered.
            let answers = Locked([Set<UserID>: Set<UserID>]())
            service.onAsking = { (users) async throws(ChatError) in
                if let known = answers.withLock({ $0[Set(users)] }) { return known }
                let answer = try await base.onlineUsers(among: users)
                answers.withLock { $0[Set(users)] = answer }
                return answer
            }
        },
        Sabotage(.theDeadAreNotOnline, caughtWith: "Somebody dead is online") { service, base in
            // Who came is there until they go.
            let there = Locked(Set<UserID>())
            service.onSetOnline = { (connection) async throws(ChatError) in
                _ = there.withLock { $0.insert(connection.userID) }
                return try await base.setOnline(connection)
            }
            service.onAsking = { (users) async throws(ChatError) in
                try await base.onlineUsers(among: users).union(there.withLock { $0.intersection(users) })
            }
        },
        Sabotage(.podsAgreeOnWhoIsOnline, caughtWith: "who are on another") { _, _ in },
    ]
}
