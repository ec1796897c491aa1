internal import ChatifyCore

extension ConformanceCheck where Subject == DeadLetterSinkSubject {
    private static func letter(_ number: Int, value: [UInt8]? = nil) -> DeadLetter {
        DeadLetter(
            value: value ?? Array("letter \(number)".utf8),
            reason: "Number \(number) is no event: “\u{1F600}”.",
            source: LogPosition(partition: Int32(number % 3), offset: Int64(number)),
            headers: number.isMultiple(of: 2)
                ? RecordHeaders()
                : RecordHeaders(
                    correlationID: .random(),
                    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                )
        )
    }

    /// All laws of the port, those first that others build on.
    public static var all: [DeadLetterSinkCheck] {
        [
            .lettersAreKeptWhole, .theSameLetterMayComeTwice, .ofManyAtOnceNoneIsLost, .anOutageIsSaid,
            .lettersSurviveACrash,
        ]
    }

    /// Bytes, reason, place and headers come back.
    public static var lettersAreKeptWhole: DeadLetterSinkCheck {
        DeadLetterSinkCheck(
            "letters are kept whole",
            law:
                "Keeps one dead letter. (The record's value, as it was read; why; where it stood in the log; what travelled beside it.)",
            requires: [.reading]
        ) { subject in
            let values: [[UInt8]] = [
                [], [0], Array(0...255), Array("not JSON".utf8), [0xC3, 0x28, 0xFF],
                (0..<subject.largestValue).map { UInt8(truncatingIfNeeded: $0 &* 31) },
            ]
            let sent = values.enumerated().map { Self.letter($0, value: $1) }
            for letter in sent { try await subject.sink.send(letter) }
            let kept = try await subject.letters?() ?? []
            for letter in sent {
                let copies = kept.filter { $0.source == letter.source }
                try demand(copies, is: [letter], "A letter was lost, doubled or changed")
            }
        }
    }

    /// The history writer sends again after a crash.
    public static var theSameLetterMayComeTwice: DeadLetterSinkCheck {
        DeadLetterSinkCheck(
            "the same letter may come twice",
            law: "Idempotence: none; the same letter may come twice after a crash.",
            requires: [.reading]
        ) { subject in
            let letter = Self.letter(1)
            for _ in 0..<2 { try await subject.sink.send(letter) }
            let kept = try await subject.letters?() ?? []
            try demand(
                !kept.isEmpty && kept.allSatisfy { $0 == letter },
                "A letter that came twice is not there as it was sent"
            )
        }
    }

    /// Hundreds of letters at once.
    public static var ofManyAtOnceNoneIsLost: DeadLetterSinkCheck {
        DeadLetterSinkCheck("of many at once none is lost", law: "A letter is never dropped.", requires: [.reading]) {
            subject in
            let letters = (0..<200).map { Self.letter($0) }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for letter in letters { tasks.addTask { try await subject.sink.send(letter) } }
                try await tasks.waitForAll()
            }
            let missing = Set(letters).subtracting(try await subject.letters?() ?? [])
            try demand(missing.count, is: 0, "Letters that were answered were dropped")
        }
    }

    /// The record is not committed, and comes again.
    public static var anOutageIsSaid: DeadLetterSinkCheck {
        DeadLetterSinkCheck(
            "an outage is said, and is to be repeated",
            law: "Throws: ChatError, always to be repeated: a letter is never dropped.",
            requires: [.outage]
        ) { subject in
            try await subject.breakDown?()
            try await demandFailure(
                [.unavailable, .eventProductionFailed],
                "A letter that could not be kept was not refused for a while"
            ) {
                try await subject.sink.send(Self.letter(2))
            }
        }
    }

    /// A letter that was answered is kept.
    public static var lettersSurviveACrash: DeadLetterSinkCheck {
        DeadLetterSinkCheck(
            "letters survive a crash",
            law: "… durably if the sink is durable at all; the record is committed only after this returns.",
            requires: [.reading, .durability]
        ) { subject in
            let letters = (0..<30).map { Self.letter($0) }
            for letter in letters { try await subject.sink.send(letter) }
            try await subject.restart?()
            let missing = Set(letters).subtracting(try await subject.letters?() ?? [])
            try demand(missing.count, is: 0, "Letters that were answered were gone after a crash")
        }
    }
}
