internal import ChatifyCore

extension ConformanceCheck where Subject == EventLogSubject {
    /// When nobody comes or goes, each record has one reader.
    public static var aPartitionHasOneReader: EventLogCheck {
        EventLogCheck(
            "a partition has one reader",
            law: "Each partition of the log is read by exactly one member of a group at a time."
        ) { subject in
            try await subject.withMember { first in
                try await subject.withMember { second in
                    let pair = ReadingPair(first, second)
                    try await pair.settle(in: subject)
                    let events = (2000..<2100).map { Specimen.event($0, in: subject.scopes[$0 % subject.scopes.count]) }
                    let positions = try await subject.log.produceTogether(events)
                    let read = try await pair.read(Set(positions), in: subject)
                    try demand(read.both, is: 0, "Records came to two members of one group")
                    try demand(
                        read.each.allSatisfy { $0 > 0 },
                        "One member of a group got all partitions and the other none"
                    )
                }
            }
        }
    }

    /// Whoever stays gets what the leaver had not committed, even while waiting.
    public static var leaversHandOver: EventLogCheck {
        EventLogCheck(
            "whoever stays takes over",
            law: "Leaves the group; its partitions go to the members that remain."
        ) { subject in
            let leaver = try await subject.log.makeConsumer(EventLogSubject.group, .beginning, .manual)
            try await subject.withMember { stayer in
                try await ReadingPair(leaver, stayer).settle(in: subject)
                try await subject.within("close() does not return") { await leaver.close() }
                let positions = try await subject.log.produce(subject.scopes.map { Specimen.event(3000, in: $0) })
                var missing = Set(positions)
                while !missing.isEmpty {
                    let batch = try await subject.within("Partitions of a member that left were not taken over") {
                        try await stayer.nextBatch(limit: 500)
                    }
                    missing.subtract(batch.map(\.position))
                }
            }
        }
    }

    /// A member that is late does not commit for the one that has taken over.
    public static var staleCommitsAreIgnored: EventLogCheck {
        EventLogCheck(
            "a stale member's commits are ignored",
            law: "Positions of partitions that another member has taken over are ignored."
        ) { subject in
            let events = (0..<40).map { Specimen.event($0, in: subject.scopes[$0 % subject.scopes.count]) }
            try await subject.log.produce(events)
            let stale = try await subject.log.makeConsumer(EventLogSubject.group, .beginning, .manual)
            let read = try await subject.read(40, from: stale)
            let taken = try await subject.withMember { heir in
                // The partitions that the heir has are those it reads again.
                let again = try await subject.batch(from: heir)
                try await stale.commit(read.map(\.position))
                return Set(again.map(\.position.partition))
            }
            await stale.close()
            try await subject.withMember { member in
                let again = try await subject.drain(member)
                for partition in taken {
                    let expected = read.offsets(of: partition)
                    try demand(
                        again.offsets(of: partition),
                        is: expected,
                        "A member committed a partition that another had taken over"
                    )
                }
            }
        }
    }

    /// Members come and go while others produce, and everything is committed by somebody who read it.
    public static var membersComeAndGoWithoutLoss: EventLogCheck {
        EventLogCheck(
            "members come and go without loss",
            law: "Delivery: at least once. … joining and leaving members move partitions between them."
        ) { subject in
            let done = Locked(Set<LogPosition>())
            var expected: Set<LogPosition> = []
            for round in 0..<6 {
                let events = (0..<30).map {
                    Specimen.event(round * 100 + $0, in: subject.scopes[$0 % subject.scopes.count])
                }
                expected.formUnion(try await subject.log.produceTogether(events))
                // Reads a little, commits half of that, and leaves with the rest.
                try await subject.withMember { member in
                    let batch = try await subject.batch(from: member, limit: 10)
                    let half = batch.prefix(batch.count / 2 + 1).map(\.position)
                    try await member.commit(half)
                    done.withLock { $0.formUnion(half) }
                }
            }
            try await subject.withMember { heir in
                let rest = try await subject.drain(heir).map(\.position)
                let seen = done.withLock { $0.union(rest) }
                try demand(
                    expected.subtracting(seen).count,
                    is: 0,
                    "Records that a leaving member had not committed never came again"
                )
            }
        }
    }

    /// Nothing that was acknowledged is lost.
    public static var acknowledgedEventsSurviveACrash: EventLogCheck {
        EventLogCheck(
            "acknowledged events survive a crash",
            law:
                "isDurable: whether an acknowledged event survives the death of the process and the machine's loss of power.",
            requires: [.durability]
        ) { subject in
            let events = (0..<100).map { Specimen.event($0, in: subject.scopes[$0 % subject.scopes.count]) }
            let positions = try await subject.log.produceTogether(events)
            let log = try await subject.restarted()
            try await subject.withMember(in: log) { member in
                let read = try await subject.drain(member, in: log)
                let found = Dictionary(read.map { ($0.position, $0.event) }) { first, _ in first }
                for (position, event) in zip(positions, events) {
                    try demand(
                        found[position],
                        is: event,
                        "An acknowledged event was gone after a crash, or stood elsewhere"
                    )
                }
            }
        }
    }

    /// A commit that has returned is kept, and what was not committed comes again.
    public static var commitsSurviveACrash: EventLogCheck {
        EventLogCheck(
            "commits survive a crash",
            law: "Returns once the log keeps the offsets.",
            requires: [.durability]
        ) { subject in
            let positions = try await subject.log.produce((0..<20).map { Specimen.event($0, in: subject.scopes[0]) })
            let member = try await subject.log.makeConsumer(EventLogSubject.group, .beginning, .manual)
            _ = try await subject.read(20, from: member)
            try await member.commit([positions[9]])
            let log = try await subject.restarted()
            try await subject.withMember(in: log) { heir in
                let again = try await subject.drain(heir, in: log).numbers
                try demand(
                    again,
                    is: Array(10..<20),
                    "After a crash the group did not begin behind what it had committed"
                )
            }
        }
    }

    /// What one pod appends the other reads, and they share a group.
    public static var podsShareOneLog: EventLogCheck {
        EventLogCheck(
            "pods share one log",
            law: "isShared: whether all pods that share the log's address see the same events.",
            requires: [.sharing]
        ) { subject in
            let there = try await subject.anotherPods()
            let scope = subject.scopes[0]
            for number in 0..<20 {
                try await (number.isMultiple(of: 2) ? subject.log : there).produce([Specimen.event(number, in: scope)])
            }
            for (number, log) in [subject.log, there].enumerated() {
                try await subject.withMember(of: "pod-\(number)", in: log) { member in
                    let read = try await subject.drain(member).numbers
                    try demand(read, is: Array(0..<20), "A pod did not see what another appended, in its order")
                }
            }
            let half = try await subject.withMember { member in
                let records = try await subject.drain(member)
                try await member.commit([records[9].position])
                return records[10...].map(\.position)
            }
            try await subject.withMember(in: there) { member in
                let rest = try await subject.drain(member).map(\.position)
                try demand(rest, is: half, "A pod did not go on where another pod's member of the group had committed")
            }
        }
    }
}
