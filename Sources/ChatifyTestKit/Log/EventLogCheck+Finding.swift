internal import ChatifyCore

/// What a source of past events finds, asked by one after the other.
extension ConformanceCheck where Subject == EventLogSubject {
    private static var every: String {
        "Returns every event of scopes that the log has at these offsets of a partition, or nil."
    }

    /// The same events, in their order, at their places.
    public static var pastEventsAreFound: EventLogCheck {
        EventLogCheck(
            "past events are found as they were sent",
            law: Self.every + " Ordering: by ascending offset.",
            requires: [.replay]
        ) { subject in
            let scope = subject.scopes[0]
            let events = Specimen.texts.enumerated()
                .map { Specimen.event($0, in: scope, after: Int64($0), text: $1) }
            let sent = try await subject.lay(events)
            let found = try await subject.find([scope], sent)
            try demand(found, is: sent, "Past events were not all found, or changed, or in another order")
            let texts = found?.map { Array($0.event.text.utf8) }
            try demand(texts == events.map { Array($0.text.utf8) }, "The text of a past event came back changed")
        }
    }

    /// The first is one of them, and the end is not.
    public static var offsetsAreTakenAtTheirWord: EventLogCheck {
        EventLogCheck("events are found at the offsets asked for", law: Self.every, requires: [.replay]) { subject in
            let scope = subject.scopes[0]
            let sent = try await subject.lay((0..<6).map { Specimen.event($0, in: scope) })
            for first in sent.indices {
                for end in first..<sent.count {
                    let offsets = sent[first].position.offset..<sent[end].position.offset
                    let found = try await subject.find([scope], offsets)
                    try demand(found, is: Array(sent[first..<end]), "Other events than those at \(offsets) were found")
                }
            }
        }
    }

    /// A scope is its type and the bytes of its id.
    public static var onlyTheScopesAskedForAreFound: EventLogCheck {
        EventLogCheck(
            "only events of the scopes asked for are found",
            law: Self.every + " (A scope is its type and its id, and an id is its bytes.)",
            requires: [.replay]
        ) { subject in
            let (one, other) = subject.lookalikes
            let scopes: [ChatScope] = [.channel(one), .directMessage(one), .channel(other)]
            let sent = try await subject.lay((0..<12).map { Specimen.event($0, in: scopes[$0 % 3]) })
            for asked in scopes.map({ [$0] }) + [
                [scopes[0], scopes[1]], [scopes[1], scopes[0]], [.directMessage(other)],
            ] {
                let expected = sent.filter { asked.contains($0.event.scope) }
                let found = try await subject.find(asked, sent)
                try demand(found, is: expected, "Events of other scopes were found, or not all of those asked for")
            }
        }
    }

    /// More than are wanted is none, and what others said counts for nothing.
    public static var aLimitIsAllOrNothing: EventLogCheck {
        EventLogCheck(
            "more events than the limit are none",
            law: "Completeness: all or nothing. nil says that there are more than limit.",
            requires: [.replay]
        ) { subject in
            let (one, other) = subject.lookalikes
            let scopes: [ChatScope] = [.channel(one), .channel(other)]
            let sent = try await subject.lay((0..<12).map { Specimen.event($0, in: scopes[$0 % 2]) })
            let expected = sent.filter { $0.event.scope == scopes[0] }
            for limit in [6, 7, Int.max] {
                let found = try await subject.find([scopes[0]], sent, limit: limit)
                try demand(found, is: expected, "6 events were not found though \(limit) were allowed")
            }
            for limit in [0, 1, 5] {
                let found = try await subject.find([scopes[0]], sent, limit: limit)
                try demand(found, is: nil, "Of 6 events \(limit) were allowed, and some were found")
            }
            let none = try await subject.find([.directMessage(one)], sent, limit: 0)
            try demand(none, is: [], "A scope without events was not found whole within a limit of 0")
        }
    }

    /// A number that means nothing is no empty partition.
    public static var aPartitionThatIsNotThereIsSaid: EventLogCheck {
        EventLogCheck(
            "a partition that is not there is not empty",
            law: "The partition; one that does not exist is answered with nil.",
            requires: [.replay]
        ) { subject in
            let sent = try await subject.lay([Specimen.event(0, in: subject.scopes[0])])
            let place = sent[0].position.offset
            for partition in [-1, subject.partitions, .min, .max] as [Int32] {
                for offsets in [place..<place, place..<place + 1] {
                    let found = try await subject.find([subject.scopes[0]], offsets, partition: partition)
                    try demand(
                        found,
                        is: nil,
                        "Events at \(offsets) of partition \(partition), which is none, were vouched for"
                    )
                }
            }
        }
    }

    /// What may yet come cannot be known.
    public static var whatIsNotThereYetIsNotVouchedFor: EventLogCheck {
        EventLogCheck(
            "what is not there yet is not vouched for",
            law: "A stretch that ends behind the newest record is answered with nil.",
            requires: [.replay]
        ) { subject in
            let scope = subject.scopes[0]
            let sent = try await subject.lay((0..<5).map { Specimen.event($0, in: scope) })
            let (first, end) = (sent[0].position.offset, sent[4].position.offset + 1)
            let beyond = [
                first..<end + 1, end..<end + 1, end..<end + 20, end + 10..<end + 20, first..<Int64.max,
                Int64.max - 1..<Int64.max, -1..<end, Int64.min..<Int64.max,
            ]
            for offsets in beyond {
                let found = try await subject.find([scope], offsets)
                try demand(found, is: nil, "The log has \(first..<end), and \(offsets) was vouched for")
            }
            let later = try await subject.lay([Specimen.event(5, in: scope)])
            for offsets in [first..<end + 1, end..<end + 1] {
                let found = try await subject.find([scope], offsets)
                let expected = (sent + later).filter { offsets.contains($0.position.offset) }
                try demand(found, is: expected, "What had come meanwhile was not found")
            }
        }
    }

    /// What was there once is no reason to say that nothing was.
    public static var whatWasForgottenIsNotVouchedFor: EventLogCheck {
        EventLogCheck(
            "what was forgotten is not vouched for",
            law: "A stretch that begins before the oldest record held is answered with nil.",
            requires: [.replay, .forgetting]
        ) { subject in
            guard let forget = subject.forget else { throw BrokenLaw("There is no `forget`") }
            let scope = subject.scopes[0]
            let sent = try await subject.log.produce((0..<10).map { Specimen.event($0, in: scope) })
            try await forget(sent[4])
            let first = sent[0].offset
            for offsets in [first..<first + 1, first..<sent[9].offset + 1, sent[4].offset..<sent[9].offset + 1] {
                for scope in [scope, .directMessage(scope.id)] {
                    let found = try await subject.find([scope], offsets)
                    try demand(
                        found,
                        is: nil,
                        "The record at \(sent[4].offset) was forgotten, and \(offsets) was vouched for"
                    )
                }
            }
            let later = try await subject.lay((20..<25).map { Specimen.event($0, in: scope) })
            try demand(try await subject.find([scope], later), is: later, "What came after the forgotten was not found")
        }
    }
}
