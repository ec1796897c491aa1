internal import ChatifyCore

extension ConformanceCheck where Subject == HistoryRepositorySubject {
    /// Hundreds of calls at once, each message from three of them.
    public static var ofManyAtOnceOneStores: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "of many at once one stores",
            law: "Ordering: none needed; calls may overlap and come in any order. (And each event is stored once.)"
        ) { subject in
            let events = (0..<200).map { Specimen.event($0, after: Int64($0 / 10)) }
            let stored = try await withThrowingTaskGroup(of: [Int].self) { tasks in
                for event in events + events.reversed() + events {
                    tasks.addTask {
                        try await subject.repository.append(event, at: nil) == .stored ? [event].numbers : []
                    }
                }
                return try await tasks.reduce(into: []) { $0 += $1 }
            }
            try demand(
                stored.sorted(),
                is: Array(0..<200),
                "Of several calls that overlap not exactly one stored a message"
            )
            try demand(
                try await subject.repository.whole(events[0].scope).map(\.event),
                is: events,
                "Messages were lost or doubled"
            )
        }
    }

    /// Whoever was cancelled may ask again and is told the truth.
    public static var aCancelledAppendIsWholeOrNothing: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "a cancelled append is whole or nothing",
            law: "Cancellation: the call may end early with cancelled; the outcome is unknown then."
        ) { subject in
            for number in 0..<60 {
                let event = Specimen.event(number, after: Int64(number))
                let task = Task {
                    if number.isMultiple(of: 3) { withUnsafeCurrentTask { $0?.cancel() } }
                    return try await subject.repository.append(event, at: nil)
                }
                for _ in 0..<number % 7 { await Task.yield() }
                task.cancel()
                let wasStored: Bool? = try await subject.within("A cancelled append did not end") {
                    do { return try await task.value == .stored } catch let error as ChatError
                        where error.code == .cancelled
                    { return nil }
                }
                let isThere = try await subject.repository.whole(event.scope).contains { $0.event == event }
                if let wasStored {
                    try demand(
                        isThere && wasStored,
                        "An append that answered in spite of a cancellation had not stored"
                    )
                }
                let again = try await subject.repository.append(event, at: nil)
                if isThere {
                    try demand(
                        again,
                        is: .alreadyStored,
                        "What a cancelled append had stored was not known when it was repeated"
                    )
                }
                try demand(
                    try await subject.repository.whole(event.scope).filter { $0.event == event }.count,
                    is: 1,
                    "After a cancelled append and its repeat the message was not there once"
                )
            }
        }
    }

    /// Nothing that was answered is lost.
    public static var storedMessagesSurviveACrash: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "stored messages survive a crash",
            law: "isDurable: whether a stored event survives the death of the process and the machine's loss of power.",
            requires: [.durability]
        ) { subject in
            let events = (0..<100).map {
                Specimen.event($0, after: Int64($0), text: Specimen.texts[$0 % Specimen.texts.count])
            }
            for (number, event) in events.enumerated() {
                _ = try await subject.repository.append(event, at: LogPosition(partition: 0, offset: Int64(number)))
            }
            let repository = try await subject.restarted()
            let read = try await repository.whole(events[0].scope)
            try demand(
                read.map(\.event),
                is: events,
                "Messages that were stored were gone after a crash, or had changed"
            )
            try demand(read.map { $0.position?.offset }, is: (0..<100).map { $0 }, "Positions were gone after a crash")
            let next = Specimen.event(100, after: 100)
            try demand(try await repository.append(next, at: nil), is: .stored, "Nothing could be stored after a crash")
        }
    }

    /// The history writer stores again what it had not committed before the crash.
    public static var repeatsAreKnownAfterACrash: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "repeats are known after a crash",
            law:
                "Idempotence: an event whose scope, time stamp and message id are stored already … answers alreadyStored.",
            requires: [.durability]
        ) { subject in
            let events = (0..<20).map { Specimen.event($0) }
            try await subject.repository.store(events)
            let repository = try await subject.restarted()
            for event in events {
                let outcome = try await repository.append(event, at: nil)
                try demand(outcome, is: .alreadyStored, "A repeat was taken for a new message after a crash")
            }
            try demand(
                try await repository.whole(events[0].scope).count,
                is: 20,
                "Repeats after a crash doubled messages"
            )
        }
    }

    /// What one pod stores the other finds, and knows for a repeat.
    public static var podsShareOneStore: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "pods share one store",
            law: "isShared: whether all pods read and write the same store.",
            requires: [.sharing]
        ) { subject in
            let (here, there) = (subject.repository, try await subject.anotherPods())
            for number in 0..<40 {
                let event = Specimen.event(number, after: Int64(number))
                let (writer, reader) = number.isMultiple(of: 2) ? (here, there) : (there, here)
                try await writer.store([event])
                try demand(
                    try await reader.append(event, at: nil),
                    is: .alreadyStored,
                    "One pod did not know what another had stored"
                )
                try demand(
                    try await reader.whole(event.scope).last?.event,
                    is: event,
                    "One pod did not find what another had stored"
                )
            }
        }
    }
}
