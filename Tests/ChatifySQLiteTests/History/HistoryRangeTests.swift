internal import ChatifyCore
internal import Testing

@testable internal import ChatifySQLite

@Suite struct HistoryRangeTests {
    private static let scope = ChatScope.channel(ScopeID(unchecked: "general"))
    private static let zero = MessageID(high: 0, low: 0)
    private static let last = MessageID(high: .max, low: .max)

    private static func at(_ time: Int64) -> Timestamp { Timestamp(millisecondsSinceEpoch: time) }

    private static func place(_ time: Int64, _ id: MessageID?) -> HistoryRange.Place {
        HistoryRange.Place(createdAt: self.at(time), messageID: id)
    }

    private static func cursor(_ time: Int64, _ id: MessageID) -> HistoryCursor {
        HistoryCursor(createdAt: self.at(time), messageID: id)
    }

    private static let start = place(.min, zero)
    private static let end = place(.max, nil)
    private static let id = MessageID(high: 3, low: 7)

    @Test(
        arguments: [
            (HistoryQuery(scope: scope), start, end),
            (HistoryQuery(scope: scope, from: at(5)), place(5, zero), end),
            (HistoryQuery(scope: scope, to: at(5)), start, place(5, zero)),
            (HistoryQuery(scope: scope, from: at(.min), to: at(.max)), start, place(.max, zero)),
            (HistoryQuery(scope: scope, from: at(9), to: at(5)), place(9, zero), place(5, zero)),
            // Oldest first, a cursor raises the lower end to just behind its message.
            (HistoryQuery(scope: scope, after: cursor(5, id)), place(5, MessageID(high: 3, low: 8)), end),
            (
                HistoryQuery(scope: scope, after: cursor(5, MessageID(high: 3, low: .max))),
                place(5, MessageID(high: 4, low: 0)), end
            ),
            (HistoryQuery(scope: scope, after: cursor(5, last)), place(5, nil), end),
            (HistoryQuery(scope: scope, after: cursor(.max, last)), end, end),
            (HistoryQuery(scope: scope, from: at(6), after: cursor(5, last)), place(6, zero), end),
            (HistoryQuery(scope: scope, from: at(5), after: cursor(5, last)), place(5, nil), end),
            // Newest first, it lowers the upper end to its message.
            (HistoryQuery(scope: scope, after: cursor(5, id), order: .newestFirst), start, place(5, id)),
            (HistoryQuery(scope: scope, to: at(5), after: cursor(5, id), order: .newestFirst), start, place(5, zero)),
            (HistoryQuery(scope: scope, to: at(6), after: cursor(5, id), order: .newestFirst), start, place(5, id)),
            (
                HistoryQuery(scope: scope, after: cursor(.min, zero), order: .newestFirst),
                start, start
            ),
        ] as [(HistoryQuery, HistoryRange.Place, HistoryRange.Place)]
    )
    func becomesOnePairOfPlaces(query: HistoryQuery, lower: HistoryRange.Place, upper: HistoryRange.Place) {
        let range = HistoryRange(query)
        #expect(range.lower == lower)
        #expect(range.upper == upper)
    }

    @Test func placesHaveOneOrder() {
        let places = [
            Self.start, Self.place(.min, Self.id), Self.place(.min, nil), Self.place(-1, Self.zero),
            Self.place(0, Self.zero), Self.place(0, Self.id), Self.place(0, Self.last), Self.place(0, nil),
            Self.place(.max, Self.zero), Self.end,
        ]
        for (left, lower) in places.enumerated() {
            for (right, upper) in places.enumerated() { #expect((lower < upper) == (left < right)) }
        }
    }
}
