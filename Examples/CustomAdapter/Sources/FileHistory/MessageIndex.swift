internal import ChatifyCore

/// Which messages there are, in the order of the history, and where their lines are.
struct MessageIndex: Sendable {
    struct Entry: Sendable {
        let cursor: HistoryCursor
        /// The bytes of the line.
        let place: Range<Int>
    }

    /// Each scope's messages, by time stamp and id.
    private var scopes: [ChatScope: [Entry]] = [:]

    func contains(_ event: ChatEvent) -> Bool {
        guard let entries = self.scopes[event.scope] else { return false }
        let cursor = HistoryCursor(behind: event)
        let index = entries.firstIndex { $0.cursor >= cursor }
        return index < entries.count && entries[index].cursor == cursor
    }

    mutating func insert(_ event: ChatEvent, at place: Range<Int>) {
        let entry = Entry(cursor: HistoryCursor(behind: event), place: place)
        let index = self.scopes[event.scope, default: []].firstIndex { $0.cursor > entry.cursor }
        self.scopes[event.scope, default: []].insert(entry, at: index)
    }

    /// The entries that a query asks for, in its order, and whether more of them follow.
    func page(_ query: HistoryQuery) -> (entries: [Entry], hasMore: Bool) {
        let all = self.scopes[query.scope] ?? []
        var start = query.from.map { from in all.firstIndex { $0.cursor.createdAt >= from } } ?? 0
        var end = query.to.map { to in all.firstIndex { $0.cursor.createdAt >= to } } ?? all.count
        if let after = query.after {
            if query.order == .oldestFirst {
                start = max(start, all.firstIndex { $0.cursor > after })
            } else {
                end = min(end, all.firstIndex { $0.cursor >= after })
            }
        }
        guard start < end else { return ([], false) }
        let matches = all[start..<end]
        let page =
            query.order == .oldestFirst ? Array(matches.prefix(query.limit)) : matches.suffix(query.limit).reversed()
        return (page, matches.count > query.limit)
    }
}

extension [MessageIndex.Entry] {
    /// The index of the first entry that is so, or the count; all entries behind it have to be so too.
    fileprivate func firstIndex(where isSo: (Element) -> Bool) -> Int {
        var (low, high) = (0, self.count)
        while low < high {
            let middle = (low + high) / 2
            if isSo(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
