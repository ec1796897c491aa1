internal import ChatifyCore

extension ConformanceCheck where Subject == HistoryRepositorySubject {
    /// All laws of the port, those first that others build on.
    public static var all: [HistoryRepositoryCheck] {
        [
            .whatIsStoredIsFound, .anUnknownScopeIsEmpty, .aRepeatChangesNothing, .scopeTimeAndIDMakeAMessage,
            .scopesAreApart,
            .textsComeBackAsTheyWere, .orderIsByTimeThenID, .pagesJoinToTheWhole, .theLastPageHasNoCursor,
            .boundsAreHalfOpen,
            .anyPlaceIsACursor, .pagesHoldWhileMessagesCome, .limitsOutOfRangeAreRefused, .ofManyAtOnceOneStores,
            .aCancelledAppendIsWholeOrNothing, .storedMessagesSurviveACrash, .repeatsAreKnownAfterACrash,
            .podsShareOneStore,
        ]
    }

    /// Every field and the position come back.
    public static var whatIsStoredIsFound: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "what is stored is found",
            law: "Consistency: a message whose append returned before this call began is found."
        ) { subject in
            for number in 0..<40 {
                let position =
                    number.isMultiple(of: 3) ? nil : LogPosition(partition: Int32(number % 5), offset: Int64(number))
                let event = Specimen.event(number, after: Int64(number))
                try demand(
                    try await subject.repository.append(event, at: position),
                    is: .stored,
                    "A new message was not stored"
                )
                let page = try await subject.repository.messages(
                    HistoryQuery(scope: event.scope, limit: 1, order: .newestFirst)
                )
                let expected = [HistoryMessage(event: event, position: position)]
                try demand(page.messages, is: expected, "A message that was stored was lost, or came back changed")
            }
            try demand(
                try await subject.repository.whole(Specimen.scope("general")).count,
                is: 40,
                "Messages were lost"
            )
        }
    }

    /// Nobody has to make a scope.
    public static var anUnknownScopeIsEmpty: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "a scope nobody wrote to is an empty page",
            law: "Where the next page begins, or nil when no message matched beyond this page."
        ) { subject in
            for order in [HistoryOrder.oldestFirst, .newestFirst] {
                let page = try await subject.repository.messages(
                    HistoryQuery(scope: Specimen.scope("nowhere"), order: order)
                )
                let empty = HistoryPage(messages: [], nextCursor: nil)
                try demand(page, is: empty, "A scope that nobody wrote to was not empty")
            }
        }
    }

    /// What was stored first stays, and a repeat is said to be one.
    public static var aRepeatChangesNothing: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "a repeat changes nothing",
            law: """
                Idempotence: an event whose scope, time stamp and message id are stored already changes nothing and answers alreadyStored, \
                whatever its other fields.
                """
        ) { subject in
            let (first, position) = (Specimen.event(1), LogPosition(partition: 1, offset: 7))
            var changed = Specimen.event(1, text: "Something else")
            changed.senderID = UserID(unchecked: "mallory")
            changed.originPodID = PodID(unchecked: "pod-2")
            try demand(
                try await subject.repository.append(first, at: position),
                is: .stored,
                "A new message was not stored"
            )
            for event in [first, changed] {
                let outcome = try await subject.repository.append(event, at: LogPosition(partition: 2, offset: 8))
                try demand(outcome, is: .alreadyStored, "A repeat was taken for a new message")
            }
            let page = try await subject.repository.messages(HistoryQuery(scope: first.scope))
            let expected = [HistoryMessage(event: first, position: position)]
            try demand(page.messages, is: expected, "A repeat changed or doubled what was stored")
        }
    }

    /// The id alone does not make a message.
    public static var scopeTimeAndIDMakeAMessage: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "scope, time stamp and id make a message",
            law: "Idempotence: an event whose scope, time stamp and message id are stored already changes nothing."
        ) { subject in
            let general = Specimen.scope("general")
            let events = [
                Specimen.event(1), Specimen.event(1, after: 1), Specimen.event(2),
                Specimen.event(1, in: Specimen.scope("random")),
                Specimen.event(1, in: .directMessage(general.id)),
            ]
            for event in events {
                let outcome = try await subject.repository.append(event, at: nil)
                try demand(outcome, is: .stored, "Another message was taken for a repeat")
            }
            try demand(try await subject.repository.whole(general).count, is: 3, "Messages of one scope are missing")
        }
    }

    /// No id is taken for another, and every valid one works.
    public static var scopesAreApart: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "scopes are apart, byte for byte",
            law: "Returns messages of one scope. (A scope is its type and the bytes of its id, 1 to 256 characters.)"
        ) { subject in
            let scopes = Specimen.ids.map { ScopeID(unchecked: $0) }.flatMap {
                [ChatScope.channel($0), .directMessage($0)]
            }
            for (number, scope) in scopes.enumerated() {
                try await subject.repository.store([Specimen.event(number, in: scope)])
            }
            for (number, scope) in scopes.enumerated() {
                let read = try await subject.repository.whole(scope).map(\.event)
                try demand(
                    read,
                    is: [Specimen.event(number, in: scope)],
                    "A scope holds what belongs to another, or lost its own"
                )
            }
        }
    }

    /// Texts and names are bytes to a store.
    public static var textsComeBackAsTheyWere: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "texts and names come back byte for byte",
            law: "Stores event. (Text is 0 to 4096 UTF-16 code units, anything that Unicode can say.)"
        ) { subject in
            for (number, text) in Specimen.texts.enumerated() {
                var event = Specimen.event(number, after: Int64(number), text: text)
                event.senderID = UserID(unchecked: Specimen.ids[number % Specimen.ids.count])
                event.originPodID = PodID(unchecked: Specimen.ids[(number + 7) % Specimen.ids.count])
                try await subject.repository.store([event])
                let query = HistoryQuery(scope: event.scope, limit: 1, order: .newestFirst)
                let read = try await subject.repository.messages(query).messages.first?.event
                try demand(read.map { Array($0.text.utf8) }, is: Array(text.utf8), "A text came back changed")
                try demand(read?.senderID, is: event.senderID, "A sender came back changed")
                try demand(read?.originPodID, is: event.originPodID, "A pod came back changed")
            }
        }
    }

}
