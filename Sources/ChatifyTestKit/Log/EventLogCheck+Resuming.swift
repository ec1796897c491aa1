internal import ChatifyCore

/// What a source of past events is worth to those who resume: many at once, while others write, on any pod, on a bad day.
extension ConformanceCheck where Subject == EventLogSubject {
    /// Nobody is given what another asked for.
    public static var manyLookAtOnce: EventLogCheck {
        EventLogCheck(
            "many look at once, and each finds its own",
            law: "Finds events of the log again by their place in it, for clients that resume. (Many do at one time.)",
            requires: [.replay]
        ) { subject in
            let scopes = subject.scopes
            let events = (0..<scopes.count * 20).map { Specimen.event($0, in: scopes[$0 % scopes.count]) }
            let sent = try await subject.lay(events)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<40 {
                    let scope = scopes[number % scopes.count]
                    let own = sent.filter { $0.event.scope == scope }
                    let expected = Array(own[number * 7 % 10..<own.count - number % 10])
                    tasks.addTask {
                        let found = try await subject.find([scope], expected)
                        try demand(found, is: expected, "Of many who looked one did not find its own")
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }

    /// Past events up to where a reader stands and live ones from there on are all events, each once.
    public static var thePastMeetsThePresent: EventLogCheck {
        EventLogCheck(
            "the past meets the present without gap or repeat",
            law:
                "… every event … that the log has at these offsets; below the end of what a consumer of the log was given already.",
            requires: [.replay]
        ) { subject in
            let (one, other) = subject.lookalikes
            let scopes: [ChatScope] = [.channel(one), .channel(other), subject.scopes[1]]
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (index, scope) in scopes.enumerated() {
                    let events = (0..<60).map { Specimen.event(index * 60 + $0, in: scope) }
                    tasks.addTask { try await subject.log.produce(events) }
                }
                try await subject.withMember { try await Self.follow(scopes[0], with: $0, in: subject, until: 60) }
                try await tasks.waitForAll()
            }
        }
    }

    /// Reads until that many live events of a scope have come, and compares the past with them again and again.
    private static func follow(
        _ scope: ChatScope,
        with member: any ChatEventConsumer,
        in subject: EventLogSubject,
        until count: Int
    ) async throws {
        var live: [EnrichedChatEvent] = []
        while live.count < count {
            let batch = try await subject.batch(from: member, limit: 10)
            let before = live.count
            live += batch.compactMap { record in
                guard let event = record.event, event.scope == scope else { return nil }
                return EnrichedChatEvent(event: event, position: record.position)
            }
            guard let last = live.last?.position, live.count > before else { continue }
            // Where the reader says that it goes on: others' records may lie between the last event and that place.
            let end = member.nextOffsets[last.partition] ?? last.offset + 1
            let missed = live[(live.count - 1) / 2..<live.count]
            let found = try await subject.find([scope], missed[missed.startIndex].position.offset..<end)
            try demand(
                found,
                is: Array(missed),
                "Past events are not those that a reader was given up to \(end)"
            )
        }
    }

    /// The place of an event is for ever.
    public static var pastEventsAreFoundAfterACrash: EventLogCheck {
        EventLogCheck(
            "past events are found after a crash",
            law:
                "isDurable: whether an acknowledged event survives. Finds events of the log again by their place in it.",
            requires: [.replay, .durability]
        ) { subject in
            let scope = subject.scopes[0]
            let sent = try await subject.lay((0..<20).map { Specimen.event($0, in: scope) })
            let log = try await subject.restarted()
            let found = try await subject.find([scope], sent, in: log)
            try demand(found, is: sent, "After a crash past events were not found at their places")
        }
    }

    /// A client resumes wherever it arrives.
    public static var anyPodFindsPastEvents: EventLogCheck {
        EventLogCheck(
            "any pod finds past events",
            law: "isShared: whether all pods that share the log's address see the same events.",
            requires: [.replay, .sharing]
        ) { subject in
            let scope = subject.scopes[0]
            let there = try await subject.anotherPods()
            let sent = try await subject.lay((0..<20).map { Specimen.event($0, in: scope) })
            let found = try await subject.find([scope], sent, in: there)
            try demand(found, is: sent, "A pod did not find the past events that another appended")
        }
    }

    /// Not knowing is not the same as knowing that there was nothing.
    public static var anOutageOfThePastIsSaid: EventLogCheck {
        EventLogCheck(
            "a source that is out of reach says so",
            law:
                "nil says that the source cannot vouch for having all of them. Throws ChatError with code unavailable if the source is out of reach.",
            requires: [.replay, .outage]
        ) { subject in
            guard let breakDown = subject.breakDown else { throw BrokenLaw("There is no `breakDown`") }
            let scope = subject.scopes[0]
            let sent = try await subject.lay((0..<5).map { Specimen.event($0, in: scope) })
            try await breakDown()
            for scope in [scope, .directMessage(scope.id)] {
                var found: [EnrichedChatEvent]?
                do {
                    found = try await subject.find([scope], sent)
                } catch let error as ChatError where error.code == .unavailable {}
                try demand(found, is: nil, "A source that is out of reach vouched for what it cannot know")
            }
        }
    }
}
