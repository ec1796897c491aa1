internal import ChatifyCore

extension ConformanceCheck where Subject == EventLogSubject {
    /// Within a partition nothing overtakes and nothing is left out.
    public static var orderIsThatOfTheLog: EventLogCheck {
        EventLogCheck(
            "the order is that of the log, without gaps",
            law:
                "Ordering: within a partition by ascending offset, without gaps but for offsets the log no longer holds."
        ) { subject in
            for scope in subject.scopes {
                _ = try await subject.log.produceTogether((0..<60).map { Specimen.event($0, in: scope) })
            }
            for limit in [1, 7, 500] {
                try await subject.withMember(of: "\(EventLogSubject.group)-\(limit)") { member in
                    let records = try await subject.read(60 * Int(subject.partitions), from: member, limit: limit)
                    for partition in 0..<subject.partitions {
                        let offsets = records.offsets(of: partition)
                        let first = offsets.first ?? 0
                        let expected = (0..<60).map { first + $0 }
                        try demand(
                            offsets,
                            is: expected,
                            "Records of a partition came in another order, or with gaps or repeats"
                        )
                    }
                }
            }
        }
    }

    /// A batch is never larger than asked for.
    public static var batchesKeepTheirLimit: EventLogCheck {
        EventLogCheck(
            "a batch keeps its limit",
            law: "Waits until there is at least one record and returns at most limit of them."
        ) { subject in
            _ = try await subject.log.produceTogether((0..<60).map { Specimen.event($0, in: subject.scopes[$0 % 2]) })
            try await subject.withMember { member in
                var left = 60
                for limit in 1...10 {
                    // Looks at each batch: no more than its limit, and not empty.
                    left -= try await subject.batch(from: member, limit: limit).count
                }
                try demand(
                    try await subject.read(left, from: member).count,
                    is: left,
                    "Records were lost between batches"
                )
            }
        }
    }

    /// A reader is woken by what comes, whether it waits already or is about to.
    public static var readingWaits: EventLogCheck {
        EventLogCheck(
            "reading waits for the next record",
            law: "Waits until there is at least one record and returns at most limit of them."
        ) { subject in
            try await subject.withMember { member in
                for round in 0..<40 {
                    let event = Specimen.event(round, in: subject.scopes[round % subject.scopes.count])
                    let reader = Task { try await member.nextBatch(limit: 9) }
                    for _ in 0..<round % 20 { await Task.yield() }
                    try await subject.log.produce([event])
                    let batch = try await subject.within("A record did not wake the reader that waited for it") {
                        try await withTaskCancellationHandler {
                            try await reader.value
                        } onCancel: {
                            reader.cancel()
                        }
                    }
                    try demand(
                        batch.map(\.event),
                        is: [event],
                        "A waiting reader was given something else than the next record"
                    )
                }
            }
        }
    }

    /// Somebody who waits for nothing can be called back.
    public static var cancellingEndsAWait: EventLogCheck {
        EventLogCheck("cancelling ends a wait", law: "Cancellation: throws cancelled soon.") { subject in
            try await subject.withMember { member in
                for round in 0..<10 {
                    let reader = Task { try await member.nextBatch(limit: 9) }
                    for _ in 0..<round * 3 { await Task.yield() }
                    reader.cancel()
                    try await demandFailure([.cancelled], "A reader that was cancelled was not told so") {
                        _ = try await subject.within("A reader that was cancelled waits on") { try await reader.value }
                    }
                }
            }
        }
    }

    /// A batch is either returned or comes again.
    public static var cancellingLosesNothing: EventLogCheck {
        EventLogCheck("cancelling loses nothing", law: "Cancellation: … no record is lost, the next call returns it.") {
            subject in
            let events = (0..<120).map { Specimen.event($0, in: subject.scopes[0]) }
            try await subject.withMember { member in
                var read: [ChatRecord] = []
                for (round, event) in events.enumerated() {
                    let reader = Task { try await member.nextBatch(limit: 9) }
                    for _ in 0..<round % 7 { await Task.yield() }
                    async let produced = subject.log.produce([event])
                    for _ in 0..<round % 5 { await Task.yield() }
                    reader.cancel()
                    _ = try await produced
                    do {
                        read += try await subject.within("A reader that was cancelled waits on") {
                            try await reader.value
                        }
                    } catch let error as ChatError where error.code == .cancelled {
                        continue
                    }
                }
                // What was not read comes, and the one more that is appended ends the wait for what was lost.
                let known = Set(read.map(\.position))
                read += try await subject.drain(member).filter { !known.contains($0.position) }
                try demand(read.numbers, is: events.numbers, "A record that a cancelled call had taken never came")
            }
        }
    }

    /// The cancellation may have come before the wait.
    public static var aCancelledTaskDoesNotWait: EventLogCheck {
        EventLogCheck("a cancelled task does not wait", law: "Cancellation: throws cancelled soon.") { subject in
            try await subject.withMember { member in
                let reader = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return try await member.nextBatch(limit: 9)
                }
                try await demandFailure([.cancelled], "A reader that was cancelled before it began was not told so") {
                    _ = try await subject.within("A reader that was cancelled before it began waits") {
                        try await reader.value
                    }
                }
                let event = Specimen.event(1, in: subject.scopes[0])
                try await subject.log.produce([event])
                try demand(
                    try await subject.batch(from: member).map(\.event),
                    is: [event],
                    "The next call did not go on"
                )
            }
        }
    }

    /// Closing wakes who waits, and stays.
    public static var closingEndsReading: EventLogCheck {
        EventLogCheck(
            "closing ends reading, for good",
            law: "Throws: … Code cancelled after close(). close() is idempotent."
        ) { subject in
            let member = try await subject.log.makeConsumer(EventLogSubject.group, .beginning, .manual)
            let reader = Task { try await member.nextBatch(limit: 9) }
            for _ in 0..<20 { await Task.yield() }
            for _ in 0..<2 { try await subject.within("close() does not return") { await member.close() } }
            try await demandFailure([.cancelled], "A reader that waited was not told that the consumer was closed") {
                _ = try await subject.within("A reader waits on after close()") { try await reader.value }
            }
            try await subject.log.produce([Specimen.event(1, in: subject.scopes[0])])
            try await demandFailure([.cancelled], "A closed consumer went on reading") {
                _ = try await subject.within("A closed consumer waits for records") {
                    try await member.nextBatch(limit: 9)
                }
            }
        }
    }
}
