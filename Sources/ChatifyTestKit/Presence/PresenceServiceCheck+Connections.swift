internal import ChatifyCore

extension ConformanceCheck where Subject == PresenceServiceSubject {
    /// All laws of the port, those first that others build on.
    public static var all: [PresenceServiceCheck] {
        [
            .connectionsAreListed, .routesFollowConnections, .firstAndLastAreTold, .usersAreCounted, .anyIDIsItself,
            .ofManyAtOnceOneComesAndOneGoes,
            .onlyThoseAskedAboutAreTold, .aQuestionIsASet, .anyIDIsAskedAfter, .aCrowdIsAskedAfterAtOnce,
            .readingCallsAgree,
            .connectionsLiveUntilTheirExpiry, .theDeadVanishBesideTheLiving, .aHeartbeatRevives,
            .aCrashedPodIsFound, .expiredOnesAreTakenByPortions, .theForgottenComeAnew, .theDeadAreNotCounted,
            .theDeadAreNotOnline,
            .podsShareOnePresence, .podsAgreeOnWhoIsOnline,
        ]
    }

    /// Who is there is listed, on whichever pod.
    public static var connectionsAreListed: PresenceServiceCheck {
        PresenceServiceCheck(
            "connections are listed until they are removed",
            law: "Returns the live connections of a user. Removes a connection; one that is not there is no error."
        ) { subject in
            let service = subject.adapter
            try demand(try await service.names("alice"), is: [], "Somebody who never came has connections")
            try await service.setOnline(PresentConnection("alice", "c1"))
            try await service.setOnline(PresentConnection("alice", "c2", pod: "pod-2"))
            try await service.setOnline(PresentConnection("bob", "c3"))
            let listed = Set(try await service.connections(of: UserID(unchecked: "alice")))
            let expected: Set = [PresentConnection("alice", "c1"), PresentConnection("alice", "c2", pod: "pod-2")]
            try demand(listed, is: expected, "Live connections are missing, or are another's")
            try await service.setOffline(PresentConnection("alice", "c1"))
            try await service.setOffline(PresentConnection("alice", "c1"))
            try await service.setOffline(PresentConnection("nobody", "c9"))
            try demand(try await service.names("alice"), is: ["c2"], "A removal took the wrong connections")
            try demand(try await service.names("bob"), is: ["c3"], "A removal took another user's connection")
        }
    }

    /// A connection that moves is on its new pod, whatever the old one says later.
    public static var routesFollowConnections: PresenceServiceCheck {
        PresenceServiceCheck(
            "routes follow connections",
            law: "Returns the pod that a live connection of a user is on, or nil if there is no such connection."
        ) { subject in
            let service = subject.adapter
            try demand(try await service.route("alice", "c1"), is: nil, "A connection that never was has a route")
            try await service.setOnline(PresentConnection("alice", "c1"))
            try demand(try await service.route("alice", "c1"), is: "pod-1", "A live connection has no route")
            try demand(try await service.route("bob", "c1"), is: nil, "A connection is routed for another user")
            try await subject.wait?(.milliseconds(10))
            try await service.setOnline(PresentConnection("alice", "c1", pod: "pod-2"))
            if subject.wait != nil {
                try demand(try await service.route("alice", "c1"), is: "pod-2", "A route is not that of the latest pod")
            }
            try await service.setOffline(PresentConnection("alice", "c1"))
            try demand(
                try await service.route("alice", "c1"),
                is: "pod-2",
                "The old pod's farewell took the new pod's route"
            )
            try await service.setOffline(PresentConnection("alice", "c1", pod: "pod-2"))
            try demand(try await service.route("alice", "c1"), is: nil, "A removed connection has a route")
        }
    }

    /// Transitions alternate, and are told to whoever caused them.
    public static var firstAndLastAreTold: PresenceServiceCheck {
        PresenceServiceCheck(
            "the first connection and the last one gone are told",
            law:
                "A user comes online with the first connection and goes offline with the last. Each of these transitions is told once."
        ) { subject in
            let service = subject.adapter
            let (first, second) = (PresentConnection("alice", "c1"), PresentConnection("alice", "c2", pod: "pod-2"))
            for _ in 1...2 {
                try demand(
                    try await service.setOnline(first),
                    is: .online("alice"),
                    "The first connection was not told"
                )
                try demand(try await service.setOnline(first), is: nil, "A connection that came again was told")
                try demand(try await service.setOnline(second), is: nil, "The second connection was told")
                try demand(try await service.heartbeat([first, second]), is: [], "A heartbeat of the living was told")
                try demand(
                    try await service.setOffline(first),
                    is: nil,
                    "A connection that went was told though one is left"
                )
                try demand(
                    try await service.setOffline(second),
                    is: .offline("alice"),
                    "The last one gone was not told"
                )
                try demand(try await service.setOffline(second), is: nil, "A connection that was not there was told")
            }
        }
    }

    /// Users, not connections.
    public static var usersAreCounted: PresenceServiceCheck {
        PresenceServiceCheck("users are counted once each", law: "Returns the number of users who are online.") {
            subject in
            let service = subject.adapter
            try demand(try await service.onlineUserCount(), is: 0, "Somebody is counted though nobody came")
            for number in 0..<20 { try await service.setOnline(PresentConnection("user-\(number / 2)", "c\(number)")) }
            try demand(try await service.onlineUserCount(), is: 10, "Not each user was counted once")
            for number in 0..<5 { try await service.setOffline(PresentConnection("user-\(number / 2)", "c\(number)")) }
            try demand(
                try await service.onlineUserCount(),
                is: 8,
                "Users with a connection left are not counted, or those without are"
            )
        }
    }

    /// No id is taken for another.
    public static var anyIDIsItself: PresenceServiceCheck {
        PresenceServiceCheck(
            "any id is itself, byte for byte",
            law:
                "Knows which connections each user has. (An id is its bytes, 1 to 256 characters; a connection's has no colon.)"
        ) { subject in
            let service = subject.adapter
            let connections = Specimen.ids.enumerated().map { number, user in
                PresentConnection(user, "c \(number) {\"}", pod: "pod:\(number):{x}")
            }
            let came = Set(try await service.heartbeat(connections))
            try demand(came, is: Set(Specimen.ids.map { .online($0) }), "One user was taken for another")
            for connection in connections {
                let listed = try await service.connections(of: connection.userID)
                try demand(
                    listed,
                    is: [connection],
                    "A user has another's connections, or a connection came back changed"
                )
                let route = try await service.route(of: connection.userID, connection: connection.connectionID)
                try demand(route, is: connection.podID, "A pod's name came back changed")
            }
            for connection in connections {
                let transition = try await service.setOffline(connection)
                let expected = PresenceTransition(userID: connection.userID, isOnline: false)
                try demand(transition, is: expected, "A user who went was not told by name")
            }
        }
    }

    /// Of a hundred calls at once one is told.
    public static var ofManyAtOnceOneComesAndOneGoes: PresenceServiceCheck {
        PresenceServiceCheck(
            "of many at once one comes and one goes",
            law:
                "Each of these transitions is told once, to the call that caused or found it. Calls may come from any task."
        ) { subject in
            let service = subject.adapter
            let connections = (0..<100).map { PresentConnection("alice", "c\($0)", pod: "pod-\($0 % 3)") }
            for _ in 0..<3 {
                let came = try await withThrowingTaskGroup(of: PresenceTransition?.self) { tasks in
                    for connection in connections { tasks.addTask { try await service.setOnline(connection) } }
                    return try await tasks.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
                }
                try demand(came, is: [.online("alice")], "Of many that came at once not exactly one was told")
                let went = try await withThrowingTaskGroup(of: PresenceTransition?.self) { tasks in
                    for connection in connections { tasks.addTask { try await service.setOffline(connection) } }
                    return try await tasks.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
                }
                try demand(went, is: [.offline("alice")], "Of many that went at once not exactly one was told")
            }
        }
    }

    /// What one pod knows all know.
    public static var podsShareOnePresence: PresenceServiceCheck {
        PresenceServiceCheck(
            "pods share one presence",
            law: "Knows which connections each user has, on all pods that share it. … whichever pod makes it.",
            requires: [.sharing]
        ) { subject in
            let (here, there) = (subject.adapter, try await subject.anotherPods())
            try demand(
                try await here.setOnline(PresentConnection("alice", "c1")),
                is: .online("alice"),
                "The first connection was not told"
            )
            try demand(
                try await there.setOnline(PresentConnection("alice", "c2", pod: "pod-2")),
                is: nil,
                "Two pods each told that a user came"
            )
            for service in [here, there] {
                try demand(
                    try await service.names("alice"),
                    is: ["c1", "c2"],
                    "A pod does not see the other's connections"
                )
                try demand(try await service.route("alice", "c2"), is: "pod-2", "A pod does not see the other's route")
                try demand(try await service.onlineUserCount(), is: 1, "A user of two pods was not counted once")
            }
            try demand(
                try await there.setOffline(PresentConnection("alice", "c2", pod: "pod-2")),
                is: nil,
                "A pod told that a user went who is on another"
            )
            try demand(
                try await there.setOffline(PresentConnection("alice", "c1")),
                is: .offline("alice"),
                "The last one gone was not told"
            )
        }
    }
}
