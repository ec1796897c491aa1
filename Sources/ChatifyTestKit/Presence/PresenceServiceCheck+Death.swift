internal import ChatifyCore

extension ConformanceCheck where Subject == PresenceServiceSubject {
    private static var death: String {
        "A connection that is not renewed dies expiry after its last sign of life, a second later at most."
    }

    /// Neither early nor late.
    public static var connectionsLiveUntilTheirExpiry: PresenceServiceCheck {
        PresenceServiceCheck("connections live until their expiry", law: Self.death, requires: [.time]) { subject in
            let connection = PresentConnection("alice", "c1")
            try await subject.adapter.setOnline(connection)
            for _ in 0..<5 {
                try await subject.pass(subject.adapter.expiry / 4)
                try demand(try await subject.adapter.names("alice"), is: ["c1"], "A connection died before its expiry")
                try await subject.adapter.heartbeat([connection])
            }
            try await subject.waitForDeath()
            try demand(try await subject.adapter.names("alice"), is: [], "A connection outlived its expiry")
            try demand(try await subject.adapter.route("alice", "c1"), is: nil, "A dead connection has a route")
        }
    }

    /// Each connection dies by itself.
    public static var theDeadVanishBesideTheLiving: PresenceServiceCheck {
        PresenceServiceCheck(
            "the dead vanish beside the living",
            law: "Dead connections are never returned, even while the user has live ones elsewhere.",
            requires: [.time]
        ) { subject in
            let service = subject.adapter
            let (crashed, living) = (PresentConnection("alice", "c1"), PresentConnection("alice", "c2", pod: "pod-2"))
            try await service.setOnline(crashed)
            for _ in 0..<4 {
                try await service.heartbeat([living])
                try await subject.pass((service.expiry + .milliseconds(1100)) / 4)
            }
            try demand(try await service.names("alice"), is: ["c2"], "A dead connection is listed beside a live one")
            try demand(
                try await service.route("alice", "c1"),
                is: nil,
                "A dead connection has a route beside a live one"
            )
            try demand(try await service.route("alice", "c2"), is: "pod-2", "A live connection lost its route")
            try demand(
                try await service.dropExpired(atMost: 10),
                is: [],
                "A user with a live connection was taken offline"
            )
            try demand(try await service.setOffline(living), is: .offline("alice"), "The last one gone was not told")
        }
    }

    /// Who was only slow is there again.
    public static var aHeartbeatRevives: PresenceServiceCheck {
        PresenceServiceCheck(
            "a heartbeat adds what had died",
            law: "Renews connections, adding those that had died.",
            requires: [.time]
        ) { subject in
            let (service, connection) = (subject.adapter, PresentConnection("alice", "c1"))
            try await service.setOnline(connection)
            try await subject.waitForDeath()
            try demand(try await service.names("alice"), is: [], "A connection outlived its expiry")
            try demand(
                try await service.dropExpired(atMost: 10),
                is: [.offline("alice")],
                "A user who died was not found"
            )
            try demand(
                try await service.heartbeat([connection]),
                is: [.online("alice")],
                "A heartbeat of the dead was not told"
            )
            try demand(try await service.names("alice"), is: ["c1"], "A heartbeat did not add what had died")
            try demand(try await service.route("alice", "c1"), is: "pod-1", "A heartbeat did not bring back the route")
            try demand(try await service.heartbeat([]), is: [], "A heartbeat of nobody was told")
        }
    }

    /// Whoever looks first is told, and nobody else.
    public static var aCrashedPodIsFound: PresenceServiceCheck {
        PresenceServiceCheck(
            "a crashed pod's users are told once",
            law: "Takes up to limit users offline whose last connection has died, such as those of a pod that crashed.",
            requires: [.time]
        ) { subject in
            let service = subject.adapter
            try await service.setOnline(PresentConnection("alice", "c1"))
            try demand(try await service.dropExpired(atMost: 10), is: [], "A live user was taken offline")
            try await subject.waitForDeath()
            let told = try await withThrowingTaskGroup(of: [PresenceTransition].self) { tasks in
                for _ in 0..<8 { tasks.addTask { try await service.dropExpired(atMost: 10) } }
                return try await tasks.reduce(into: []) { $0 += $1 }
            }
            try demand(told, is: [.offline("alice")], "A crashed pod's user was not told exactly once")
            try demand(
                try await service.setOffline(PresentConnection("alice", "c1")),
                is: nil,
                "A late farewell was told again"
            )
        }
    }

    /// A sweep is never more than it was asked for.
    public static var expiredOnesAreTakenByPortions: PresenceServiceCheck {
        PresenceServiceCheck(
            "expired users are taken by portions",
            law: "Takes up to limit users offline whose last connection has died.",
            requires: [.time]
        ) { subject in
            for number in 0..<5 {
                try await subject.adapter.setOnline(PresentConnection("user-\(number)", "c\(number)"))
            }
            try await subject.waitForDeath()
            try demand(try await subject.adapter.dropExpired(atMost: 0), is: [], "A portion of none had somebody in it")
            var told: [PresenceTransition] = []
            for expected in [2, 2, 1, 0] {
                let portion = try await subject.adapter.dropExpired(atMost: 2)
                try demand(portion.count, is: expected, "A portion was too large or too small")
                told += portion
            }
            try demand(Set(told), is: Set((0..<5).map { .offline("user-\($0)") }), "Not each user was told once")
        }
    }

    /// Memory of the dead ends.
    public static var theForgottenComeAnew: PresenceServiceCheck {
        PresenceServiceCheck(
            "who was dead long enough to be forgotten comes anew",
            law: "Users whom nobody asks for within another expiry after they have died are forgotten without a word.",
            requires: [.time]
        ) { subject in
            let connection = PresentConnection("alice", "c1")
            try await subject.adapter.setOnline(connection)
            try await subject.pass(subject.adapter.expiry * 2 + .milliseconds(2200))
            let transition = try await subject.adapter.setOnline(connection)
            try demand(transition, is: .online("alice"), "Somebody who was forgotten did not come anew")
        }
    }

    /// The count falls without a sweep.
    public static var theDeadAreNotCounted: PresenceServiceCheck {
        PresenceServiceCheck(
            "the dead are not counted",
            law: "Returns the number of users who are online.",
            requires: [.time]
        ) { subject in
            for number in 0..<20 {
                try await subject.adapter.setOnline(PresentConnection("user-\(number / 2)", "c\(number)"))
            }
            try demand(try await subject.adapter.onlineUserCount(), is: 10, "Not each user was counted once")
            try await subject.waitForDeath()
            try demand(
                try await subject.adapter.onlineUserCount(),
                is: 0,
                "Users were counted whose connections had died"
            )
        }
    }
}
