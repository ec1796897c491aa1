internal import ChatifyCore

extension ConformanceCheck where Subject == PresenceServiceSubject {
    private static var asking: String { "Returns those of the users who have live connections." }

    /// Neither those who were not asked after, nor those who are not there.
    public static var onlyThoseAskedAboutAreTold: PresenceServiceCheck {
        PresenceServiceCheck("only those asked about are told to be online", law: Self.asking) { subject in
            let service = subject.adapter
            let nobody = try await service.online(of: ["alice", "bob"])
            try demand(nobody, is: [], "Somebody is online who never came")
            try await service.setOnline(PresentConnection("alice", "c1"))
            try await service.setOnline(PresentConnection("bob", "c2", pod: "pod-2"))
            try await service.setOnline(PresentConnection("bob", "c3"))
            try await service.setOnline(PresentConnection("carol", "c4"))
            try await service.setOnline(PresentConnection("dave", "c5"))
            try await service.setOffline(PresentConnection("dave", "c5"))
            try await service.setOffline(PresentConnection("bob", "c3"))
            let online = try await service.online(of: ["stranger", "bob", "dave", "alice"])
            try demand(online, is: ["alice", "bob"], "Those who are online were not told, or others were")
            let others = try await service.online(of: ["dave", "stranger"])
            try demand(others, is: [], "Of those who are not online some were told")
        }
    }

    /// Who asks may name nobody, or somebody twice.
    public static var aQuestionIsASet: PresenceServiceCheck {
        PresenceServiceCheck(
            "a question may be empty or name a user twice",
            law: "Who is named twice is one user, and of nobody nobody is online."
        ) { subject in
            let service = subject.adapter
            try await service.setOnline(PresentConnection("alice", "c1"))
            try demand(try await service.online(of: []), is: [], "Somebody was told though nobody was asked about")
            for names in [["alice", "alice"], ["alice", "bob", "alice", "bob", "alice"]] {
                let online = try await service.online(of: names)
                try demand(online, is: ["alice"], "A user who was named several times was not told as one")
            }
        }
    }

    /// No id is taken for another.
    public static var anyIDIsAskedAfter: PresenceServiceCheck {
        PresenceServiceCheck(
            "any id is asked about as itself, byte for byte",
            law: Self.asking + " (An id is its bytes, 1 to 256 characters.)"
        ) { subject in
            let users = Specimen.ids.map { UserID(unchecked: $0) }
            for remainder in 0...1 {
                let there = users.enumerated().filter { $0.offset % 2 == remainder }.map(\.element)
                let connections = there.map { PresentConnection($0.rawValue, "c1") }
                try await subject.adapter.heartbeat(connections)
                let online = try await subject.adapter.onlineUsers(among: users)
                try demand(online, is: Set(there), "A user was told for another whose id is much the same")
                for connection in connections { try await subject.adapter.setOffline(connection) }
            }
        }
    }

    /// More than an adapter asks its store for in one go.
    public static var aCrowdIsAskedAfterAtOnce: PresenceServiceCheck {
        PresenceServiceCheck("thousands are asked about at once", law: "Asked often and for many at once.") { subject in
            let service = subject.adapter
            let names = (0..<5000).map { "user-\($0)" }
            let there = names.enumerated().filter { $0.offset % 7 == 6 }.map(\.element)
            try await service.heartbeat(there.map { PresentConnection($0, "c1") })
            let online = try await subject.within("A question about 5000 users was not answered") {
                try await service.online(of: names)
            }
            try demand(online.count, is: there.count, "Of many users not as many were told as are online")
            try demand(online == Set(there), "Of many users others were told than are online")
        }
    }

    /// Whichever way one asks, it is the same presence.
    public static var readingCallsAgree: PresenceServiceCheck {
        PresenceServiceCheck(
            "all reading calls tell the same",
            law: Self.asking + " Returns the live connections of a user. Returns the number of users who are online."
        ) { subject in
            let service = subject.adapter
            let names = (0..<9).map { "user-\($0)" }
            // 7 is prime to 27, so all connections come and go, in an order that mixes users.
            for step in 0..<54 {
                let connection = PresentConnection(names[step * 7 % 9], "c\(step * 7 % 27)")
                if step / 27 % 2 == 0 {
                    try await service.setOnline(connection)
                } else {
                    try await service.setOffline(connection)
                }
                var expected: Set<String> = []
                for name in names where try await !service.names(name).isEmpty { expected.insert(name) }
                let online = try await service.online(of: names)
                try demand(online, is: expected, "Others are online than have connections")
                let count = try await service.onlineUserCount()
                try demand(count, is: expected.count, "Not as many are counted as have connections")
            }
        }
    }

    /// Nobody sweeps, and still nobody is deceived.
    public static var theDeadAreNotOnline: PresenceServiceCheck {
        PresenceServiceCheck(
            "the dead are not online",
            law: Self.asking + " A connection that is not renewed dies expiry after its last sign of life.",
            requires: [.time]
        ) { subject in
            let (service, names) = (subject.adapter, ["alice", "bob", "carol"])
            let living = [PresentConnection("bob", "c2"), PresentConnection("carol", "c4", pod: "pod-2")]
            try await service.setOnline(PresentConnection("alice", "c1"))
            try await service.setOnline(PresentConnection("carol", "c3"))
            for _ in 0..<4 {
                try await service.heartbeat(living)
                try await subject.pass((service.expiry + .milliseconds(1100)) / 4)
            }
            let left = try await service.online(of: names)
            try demand(left, is: ["bob", "carol"], "Somebody dead is online, or somebody who lives is not")
            try await service.heartbeat([PresentConnection("alice", "c1")])
            let back = try await service.online(of: names)
            try demand(back, is: ["alice", "bob", "carol"], "Who came back to life is not online")
            try await subject.waitForDeath()
            try demand(try await service.online(of: names), is: [], "Somebody dead is online")
        }
    }

    /// Whichever pod one asks.
    public static var podsAgreeOnWhoIsOnline: PresenceServiceCheck {
        PresenceServiceCheck(
            "pods agree on who is online",
            law: Self.asking + " (On all pods that share the service.)",
            requires: [.sharing]
        ) { subject in
            let (here, there) = (subject.adapter, try await subject.anotherPods())
            let names = ["alice", "bob", "carol"]
            try await here.setOnline(PresentConnection("alice", "c1"))
            try await there.setOnline(PresentConnection("bob", "c2", pod: "pod-2"))
            for service in [here, there] {
                let online = try await service.online(of: names)
                try demand(online, is: ["alice", "bob"], "A pod does not tell of users who are on another")
            }
            try await there.setOffline(PresentConnection("bob", "c2", pod: "pod-2"))
            let left = try await here.online(of: names)
            try demand(left, is: ["alice"], "A pod tells of a user who has left another")
        }
    }
}

extension PresenceService {
    /// The names of those of the users who are online.
    fileprivate func online(of names: [String]) async throws -> Set<String> {
        Set(try await self.onlineUsers(among: names.map { UserID(unchecked: $0) }).map(\.rawValue))
    }
}
