internal import ChatifyCore

extension ConformanceCheck where Subject == HistoryRepositorySubject {
    /// Messages in the order of the port, with many time stamps equal and ids whose bytes have their highest bit set.
    private static var crowd: [ChatEvent] {
        [-3, -2, -1, 0, 1, 2, .min, .max].flatMap { number in
            [0, 0, 1, 1, 1, 2].enumerated().map { index, time in
                Specimen.event(number, in: Specimen.scope("general"), after: time * 10 + Int64(index % 2))
            }
        }
        .reduce(into: [HistoryCursor: ChatEvent]()) { $0[HistoryCursor(behind: $1)] = $1 }
        .sorted { $0.key < $1.key }.map(\.value)
    }

    /// The order is the same whatever the order of arrival.
    public static var orderIsByTimeThenID: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "order is by time stamp, then id",
            law:
                "Ordering: by (time stamp, message id), the id compared as unsigned bytes; ascending for oldestFirst, descending for newestFirst."
        ) { subject in
            let sorted = Self.crowd
            // Any fixed order other than the right one.
            try await subject.repository.store(sorted.indices.map { sorted[$0 * 7 % sorted.count] })
            let read = try await subject.repository.whole(Specimen.scope("general")).map(\.event)
            try demand(read.numbers, is: sorted.numbers, "Messages came in another order, oldest first")
            let reversed = try await subject.repository.whole(Specimen.scope("general"), order: .newestFirst).map(
                \.event
            )
            try demand(reversed.numbers, is: sorted.reversed().numbers, "Messages came in another order, newest first")
        }
    }

    /// Whatever the limit, nothing is left out or comes twice between two pages.
    public static var pagesJoinToTheWhole: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "pages join to the whole",
            law:
                "Paging: pages in one order, each after the cursor of the one before, join to the whole without gap or repeat."
        ) { subject in
            let sorted = Self.crowd
            try await subject.repository.store(sorted)
            for limit in 1...(sorted.count + 1) {
                for (order, expected) in [(HistoryOrder.oldestFirst, sorted), (.newestFirst, sorted.reversed())] {
                    let read = try await subject.repository.whole(Specimen.scope("general"), order: order, limit: limit)
                    try demand(read.map(\.event), is: expected, "Pages of \(limit) left messages out or repeated them")
                }
            }
        }
    }

    /// A cursor promises that there is more.
    public static var theLastPageHasNoCursor: HistoryRepositoryCheck {
        HistoryRepositoryCheck("the last page has no cursor", law: "Paging: … the last page has no cursor.") {
            subject in
            let events = (0..<12).map { Specimen.event($0, after: Int64($0)) }
            try await subject.repository.store(events)
            for order in [HistoryOrder.oldestFirst, .newestFirst] {
                for limit in 1...13 {
                    let query = HistoryQuery(scope: Specimen.scope("general"), limit: limit, order: order)
                    let page = try await subject.repository.messages(query)
                    let hasMore = limit < events.count
                    try demand(
                        page.nextCursor != nil,
                        is: hasMore,
                        "A page of \(limit) of 12 was wrong about whether there is more"
                    )
                    guard hasMore, let last = page.messages.last else { continue }
                    try demand(
                        page.nextCursor,
                        is: HistoryCursor(behind: last.event),
                        "A cursor is not the place of its page's last message"
                    )
                }
            }
        }
    }

    /// Bounds, cursors, limits and both orders together, against a filter over all messages.
    public static var boundsAreHalfOpen: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "bounds are half open, in both orders",
            law:
                "The earliest time stamp wanted, inclusive; the time stamp to stop before, exclusive; the bounds are the same either way."
        ) { subject in
            let sorted = Self.crowd
            try await subject.repository.store(sorted)
            let times = [nil, -1, 0, 1, 10, 11, 20, 21, 22] as [Int64?]
            for from in times {
                for to in times {
                    for order in [HistoryOrder.oldestFirst, .newestFirst] {
                        let query = HistoryQuery(
                            scope: Specimen.scope("general"),
                            from: from.map { Specimen.epoch.advanced(by: .milliseconds($0)) },
                            to: to.map { Specimen.epoch.advanced(by: .milliseconds($0)) },
                            limit: 500,
                            order: order
                        )
                        let expected = (order == .oldestFirst ? sorted : sorted.reversed()).filter { query.wants($0) }
                        let read = try await subject.repository.messages(query).messages.map(\.event)
                        let bounds = "from \(from.map(String.init) ?? "–") to \(to.map(String.init) ?? "–")"
                        try demand(read.numbers, is: expected.numbers, "Wrong messages \(bounds)")
                    }
                }
            }
        }
    }

    /// A cursor need not be the place of a message, and goes with bounds.
    public static var anyPlaceIsACursor: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "any place is a cursor",
            law:
                "Only messages that come after this place in the order asked for, which with newestFirst are the older ones."
        ) { subject in
            let sorted = Self.crowd
            try await subject.repository.store(sorted)
            let ids = [Int.min, -3, -2, 0, 1, 5, .max].map { Specimen.event($0).messageID }
            for time in [-1, 0, 1, 5, 10, 20, 30] as [Int64] {
                for id in ids {
                    let place = HistoryCursor(
                        createdAt: Specimen.epoch.advanced(by: .milliseconds(time)),
                        messageID: id
                    )
                    for order in [HistoryOrder.oldestFirst, .newestFirst] {
                        var query = HistoryQuery(scope: Specimen.scope("general"), after: place, limit: 3, order: order)
                        query.from = Specimen.epoch.advanced(by: .milliseconds(1))
                        let expected = (order == .oldestFirst ? sorted : sorted.reversed()).filter { query.wants($0) }
                        let read = try await subject.repository.messages(query).messages.map(\.event)
                        try demand(
                            read,
                            is: Array(expected.prefix(3)),
                            "Wrong messages after the place \(time) ms, \(id)"
                        )
                    }
                }
            }
        }
    }

    /// Messages stored between two pages move nothing.
    public static var pagesHoldWhileMessagesCome: HistoryRepositoryCheck {
        HistoryRepositoryCheck(
            "pages hold while messages are stored",
            law: "Paging: … join to the whole without gap or repeat, but for messages that are stored meanwhile."
        ) { subject in
            for order in [HistoryOrder.oldestFirst, .newestFirst] {
                let scope = Specimen.scope(order == .oldestFirst ? "oldest" : "newest")
                let before = (0..<20).map { Specimen.event($0, in: scope, after: Int64($0) * 10) }
                try await subject.repository.store(before)
                var (read, query) = ([ChatEvent](), HistoryQuery(scope: scope, limit: 3, order: order))
                for round in 0..<60 {
                    let page = try await subject.repository.messages(query)
                    read += page.messages.map(\.event)
                    query.after = page.nextCursor
                    if query.after == nil { break }
                    // One in front of all and one in the midst; not behind, or the pages would never end.
                    guard round < 20 else { continue }
                    for time in [order == .oldestFirst ? -1 - round : 1000 + round, 95] {
                        try await subject.repository.store([
                            Specimen.event(1000 + time + round * 100, in: scope, after: Int64(time))
                        ])
                    }
                }
                try demand(Set(read).count, is: read.count, "A message came twice while others were stored")
                let expected = order == .oldestFirst ? before : before.reversed()
                try demand(
                    read.filter { before.contains($0) },
                    is: expected,
                    "Messages were left out while others were stored"
                )
            }
        }
    }

    /// A limit that nobody may ask for is an error, not a guess.
    public static var limitsOutOfRangeAreRefused: HistoryRepositoryCheck {
        HistoryRepositoryCheck("limits out of range are refused", law: "The most messages to return, 1–500.") {
            subject in
            try await subject.repository.store([Specimen.event(1)])
            for limit in [0, -1, 501, Int.min, Int.max] {
                try await demandFailure([.validation], "The limit \(limit) was not refused") {
                    _ = try await subject.repository.messages(
                        HistoryQuery(scope: Specimen.scope("general"), limit: limit)
                    )
                }
            }
        }
    }
}

extension HistoryQuery {
    /// Whether an event is within the bounds and after the cursor.
    fileprivate func wants(_ event: ChatEvent) -> Bool {
        if let from = self.from, event.createdAt < from { return false }
        if let to = self.to, event.createdAt >= to { return false }
        guard let after = self.after else { return true }
        let place = HistoryCursor(behind: event)
        return self.order == .newestFirst ? place < after : place > after
    }
}
