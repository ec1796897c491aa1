internal import ChatifyCore

extension ConformanceCheck where Subject == EventLogSubject {
    /// A reader that dies loses nothing that it had not declared done.
    public static var uncommittedRecordsComeAgain: EventLogCheck {
        EventLogCheck(
            "uncommitted records come again",
            law:
                "A member that takes a partition over begins at the group's committed offset, so records that were read but not committed are read again."
        ) { subject in
            let positions = try await subject.log.produce((0..<20).map { Specimen.event($0, in: subject.scopes[0]) })
            try await subject.withMember { _ = try await subject.read(20, from: $0) }
            try await subject.withMember { member in
                try demand(
                    try await subject.read(20, from: member).numbers,
                    is: Array(0..<20),
                    "Records that nobody committed did not come again"
                )
                try await member.commit([positions[11]])
            }
            try await subject.withMember { member in
                let again = try await subject.drain(member).numbers
                try demand(again, is: Array(12..<20), "The next member did not begin behind the committed offset")
            }
        }
    }

    /// An old commit that comes late does no harm.
    public static var commitsNeverGoBack: EventLogCheck {
        EventLogCheck("a commit never goes backwards", law: "… and a committed offset never goes backwards.") {
            subject in
            let positions = try await subject.log.produce((0..<20).map { Specimen.event($0, in: subject.scopes[0]) })
            try await subject.withMember { member in
                _ = try await subject.read(20, from: member)
                for index in [15, 3, 0, 9] { try await member.commit([positions[index]]) }
            }
            try await subject.withMember { member in
                let again = try await subject.drain(member).numbers
                try demand(again, is: Array(16..<20), "An older commit took the committed offset back")
            }
        }
    }

    /// Positions that cannot be meant are no error and change nothing.
    public static var strangeCommitsAreIgnored: EventLogCheck {
        EventLogCheck(
            "commits of partitions that are not the member's are ignored",
            law: "Positions of partitions that another member has taken over are ignored."
        ) { subject in
            let scopes = subject.scopes
            try await subject.log.produce((0..<10).map { Specimen.event($0, in: scopes[0]) })
            try await subject.withMember { member in
                _ = try await subject.read(10, from: member)
                try await member.commit([])
                try await member.commit([
                    LogPosition(partition: subject.partitions, offset: 3), LogPosition(partition: -1, offset: 3),
                ])
                try await member.commit([LogPosition(partition: 0, offset: -1)])
            }
            try await subject.withMember { member in
                let again = try await subject.drain(member).numbers
                try demand(again, is: Array(0..<10), "A commit of something else moved the group's offset")
            }
        }
    }

    /// By asking for more a reader says that it is done.
    public static var automaticCommitsFollowTheReader: EventLogCheck {
        EventLogCheck(
            "automatic commits follow the reader",
            law:
                "The consumer does: by asking for the next batch a reader says that it is done with all batches before."
        ) { subject in
            try await subject.log.produce((0..<10).map { Specimen.event($0, in: subject.scopes[0]) })
            try await subject.withMember(commits: .automatic) { member in
                for number in 0..<4 {
                    let batch = try await subject.batch(from: member, limit: 1)
                    try demand(batch.numbers, is: [number], "An automatic consumer gave another record")
                }
            }
            try await subject.withMember(commits: .automatic) { member in
                let again = try await subject.drain(member).numbers
                try demand(
                    again,
                    is: Array(3..<10),
                    "The next member did not begin at the last batch that was not asked beyond"
                )
            }
        }
    }

    /// Two groups do not know of one another.
    public static var groupsReadApart: EventLogCheck {
        EventLogCheck("groups read apart", law: "Reads the log as one member of a consumer group.") { subject in
            try await subject.log.produce((0..<20).map { Specimen.event($0, in: subject.scopes[0]) })
            try await subject.withMember(of: "one") { one in
                let read = try await subject.read(20, from: one)
                try await one.commit([read[19].position])
                try await subject.withMember(of: "two") { two in
                    let all = try await subject.read(20, from: two).numbers
                    try demand(all, is: Array(0..<20), "One group's reading changed what another is given")
                }
            }
        }
    }

    /// The beginning or the end, and only for a group that the log does not know.
    public static var aNewGroupBeginsWhereTold: EventLogCheck {
        EventLogCheck(
            "a new group begins where it is told",
            law:
                "The first record appended after the group's first member joined. (And from the oldest record, if that is asked for.)"
        ) { subject in
            try await subject.log.produce(subject.scopes.map { Specimen.event(1, in: $0) })
            try await subject.withMember(of: "late", startingAt: .end) { member in
                try await subject.log.produce(subject.scopes.map { Specimen.event(2, in: $0) })
                let read = try await subject.read(subject.scopes.count, from: member).numbers
                try demand(Set(read), is: [2], "A group that begins at the end was given what was there before")
            }
            try await subject.withMember(of: "early") { member in
                let read = try await subject.read(subject.scopes.count * 2, from: member).numbers
                try demand(Set(read), is: [1, 2], "A group that begins at the beginning was not given all there is")
            }
        }
    }
}
