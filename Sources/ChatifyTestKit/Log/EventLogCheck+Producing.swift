internal import ChatifyCore

extension ConformanceCheck where Subject == EventLogSubject {
    /// All laws of the ports, those first that others build on.
    public static var all: [EventLogCheck] {
        [
            .offsetsRise, .scopesChooseThePartition, .recordsComeAsTheyWent, .anyEventComesBack, .eachEventIsThereOnce,
            .aCancelledProduceTellsNoLie, .orderIsThatOfTheLog, .batchesKeepTheirLimit, .readingWaits,
            .cancellingEndsAWait,
            .cancellingLosesNothing, .aCancelledTaskDoesNotWait, .closingEndsReading, .uncommittedRecordsComeAgain,
            .commitsNeverGoBack, .strangeCommitsAreIgnored, .automaticCommitsFollowTheReader, .groupsReadApart,
            .aNewGroupBeginsWhereTold,
            .aPartitionHasOneReader, .leaversHandOver, .staleCommitsAreIgnored, .membersComeAndGoWithoutLoss,
            .acknowledgedEventsSurviveACrash, .commitsSurviveACrash, .podsShareOneLog,
            .pastEventsAreFound, .offsetsAreTakenAtTheirWord, .onlyTheScopesAskedForAreFound, .aLimitIsAllOrNothing,
            .aPartitionThatIsNotThereIsSaid, .whatIsNotThereYetIsNotVouchedFor, .whatWasForgottenIsNotVouchedFor,
            .manyLookAtOnce, .thePastMeetsThePresent, .pastEventsAreFoundAfterACrash, .anyPodFindsPastEvents,
            .anOutageOfThePastIsSaid,
        ]
    }

    /// The order of sending is the order of offsets.
    public static var offsetsRise: EventLogCheck {
        EventLogCheck(
            "offsets rise in the order of sending",
            law:
                "Ordering: when one call has returned before another for the same scope began, the first event has the lower offset."
        ) { subject in
            for scope in subject.scopes {
                let positions = try await subject.log.produce((0..<20).map { Specimen.event($0, in: scope) })
                for (before, after) in zip(positions, positions.dropFirst()) {
                    try demand(after.partition, is: before.partition, "Events of one scope went to several partitions")
                    try demand(
                        after.offset > before.offset,
                        "An event sent later has the lower offset: \(before), then \(after)"
                    )
                }
            }
        }
    }

    /// Pods in other languages have to agree, so the sums are given here and not computed.
    public static var scopesChooseThePartition: EventLogCheck {
        let sums: [(id: String, sum: UInt32)] = [
            ("general", 3_458_807_370), ("random", 373_021_397), ("alice-bob", 3_004_934_131), ("a", 3_904_355_907),
            ("\u{E5}", 129_155_349), ("a\u{30A}", 3_698_756_217), (String(repeating: "x", count: 256), 1_944_984_080),
        ]
        return EventLogCheck(
            "the CRC-32 of the scope id chooses the partition",
            law:
                "All events of one scope id go to the same partition, chosen by the CRC-32 of the id's UTF-8 bytes modulo the number of partitions."
        ) { subject in
            for (number, (id, sum)) in sums.enumerated() {
                let expected = Int32(sum % UInt32(subject.partitions))
                for scope in [ChatScope.channel(ScopeID(unchecked: id)), .directMessage(ScopeID(unchecked: id))] {
                    let position = try await subject.log.produce([Specimen.event(number, in: scope)])[0]
                    try demand(position.partition, is: expected, "An event of “\(id)” went to another partition")
                }
            }
        }
    }

    /// The event, its place and what travels beside it.
    public static var recordsComeAsTheyWent: EventLogCheck {
        EventLogCheck(
            "records come with their place and headers",
            law: "Appends event and returns where it stands, once the log has acknowledged it."
        ) { subject in
            let headers = [
                RecordHeaders(), RecordHeaders(correlationID: .random()),
                RecordHeaders(
                    correlationID: .random(),
                    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                ),
            ]
            var expected: [ChatRecord] = []
            for (number, headers) in headers.enumerated() {
                let event = Specimen.event(number, in: subject.scopes[0])
                let position = try await subject.log.producer.produce(event, headers: headers)
                expected.append(ChatRecord(position: position, payload: .event(event), headers: headers))
            }
            try await subject.withMember { member in
                // Not every log keeps keys.
                let records = try await subject.read(headers.count, from: member).map {
                    ChatRecord(position: $0.position, payload: $0.payload, headers: $0.headers)
                }
                try demand(records, is: expected, "Records came back changed, or from another place")
            }
        }
    }

    /// Whatever the contracts allow in an event.
    public static var anyEventComesBack: EventLogCheck {
        EventLogCheck(
            "texts and names come back byte for byte",
            law: "Appends event. (Ids are 1 to 256 characters, text 0 to 4096, anything that Unicode can say.)"
        ) { subject in
            let events = Specimen.texts.enumerated().map { number, text in
                let id = Specimen.ids[number % Specimen.ids.count]
                var event = Specimen.event(number, in: Specimen.scope(id), after: Int64(number), text: text)
                event.senderID = UserID(unchecked: id)
                return event
            }
            try await subject.log.produce(events)
            try await subject.withMember { member in
                let read = try await subject.read(events.count, from: member).compactMap(\.event)
                for event in read.sorted(by: { $0.messageID < $1.messageID }) {
                    let sent = events[[event].numbers[0]]
                    try demand(event, is: sent, "An event came back changed")
                    try demand(Array(event.text.utf8), is: Array(sent.text.utf8), "A text came back changed")
                }
                try demand(Set(read.numbers).count, is: events.count, "Events were lost")
            }
        }
    }

    /// Hundreds of producers at once, and nothing lost or doubled.
    public static var eachEventIsThereOnce: EventLogCheck {
        EventLogCheck(
            "each acknowledged event is in the log once",
            law: "Appends event and returns where it stands, once the log has acknowledged it."
        ) { subject in
            let scopes = subject.scopes
            let events = (0..<400).map { Specimen.event($0, in: scopes[$0 % scopes.count]) }
            let positions = try await subject.log.produceTogether(events)
            try demand(Set(positions).count, is: events.count, "Two events were given one place")
            try await subject.withMember { member in
                let records = try await subject.drain(member)
                let read = Dictionary(records.map { ($0.position, $0.event) }) { first, _ in first }
                let expected = Dictionary(zip(positions, events.map(Optional.some))) { first, _ in first }
                try demand(read.count, is: records.count, "A record came twice")
                for (position, event) in expected {
                    try demand(read[position], is: event, "An acknowledged event is not where the log said")
                }
                try demand(records.count, is: events.count, "An event is in the log more than once")
            }
        }
    }

    /// A position is a promise, a cancellation is not.
    public static var aCancelledProduceTellsNoLie: EventLogCheck {
        EventLogCheck(
            "a cancelled produce tells no lie",
            law: "Cancellation: the call may end early with cancelled; the event may be in the log then."
        ) { subject in
            let scope = subject.scopes[0]
            var acknowledged: [LogPosition: ChatEvent] = [:]
            for number in 0..<60 {
                let event = Specimen.event(number, in: scope)
                let task = Task {
                    if number.isMultiple(of: 3) { withUnsafeCurrentTask { $0?.cancel() } }
                    return try await subject.log.producer.produce(event, headers: RecordHeaders())
                }
                for _ in 0..<number % 7 { await Task.yield() }
                task.cancel()
                let position: LogPosition? = try await subject.within("A cancelled produce did not end") {
                    do {
                        return try await task.value
                    } catch let error as ChatError
                        where error.code == .cancelled || error.code == .eventProductionFailed
                    {
                        return nil
                    }
                }
                if let position { acknowledged[position] = event }
            }
            try await subject.withMember { member in
                let records = try await subject.drain(member)
                let read = Dictionary(records.map { ($0.position, $0.event) }) { first, _ in first }
                for (position, event) in acknowledged {
                    try demand(
                        read[position],
                        is: event,
                        "A cancelled produce answered with a place where its event is not"
                    )
                }
            }
        }
    }
}
