extension InMemoryHistoryRepository {
    /// The messages of one scope, in the order of history, no two at the same place.
    struct ScopeHistory {
        private var messages: ArraySlice<HistoryMessage> = []

        var isEmpty: Bool { self.messages.isEmpty }

        /// Inserts a message; `false` if its place is taken. O(1) amortized at the end.
        mutating func insert(_ message: HistoryMessage) -> Bool {
            let cursor = HistoryCursor(behind: message.event)
            guard let last = self.messages.last.map({ HistoryCursor(behind: $0.event) }), cursor <= last else {
                self.messages.append(message)
                return true
            }
            let index = self.firstIndex { HistoryCursor(behind: $0.event) >= cursor }
            guard HistoryCursor(behind: self.messages[index].event) != cursor else { return false }
            self.messages.insert(message, at: index)
            return true
        }

        /// Removes the message at that place; O(log n) for the oldest.
        mutating func remove(_ cursor: HistoryCursor) {
            let index = self.firstIndex { HistoryCursor(behind: $0.event) >= cursor }
            guard index < self.messages.endIndex, HistoryCursor(behind: self.messages[index].event) == cursor else {
                return
            }
            self.messages.remove(at: index)
        }

        /// The messages that `query` asks for.
        func page(_ query: HistoryQuery) -> HistoryPage {
            let from = self.firstIndex { message in query.from.map { message.event.createdAt >= $0 } ?? true }
            let after = self.firstIndex { message in
                query.after.map { HistoryCursor(behind: message.event) > $0 } ?? true
            }
            let end = self.firstIndex { message in query.to.map { message.event.createdAt >= $0 } ?? false }
            let matches = self.messages[min(max(from, after), end)..<end]
            let page = Array(matches.prefix(query.limit))
            let next = page.count < matches.count ? page.last.map { HistoryCursor(behind: $0.event) } : nil
            return HistoryPage(messages: page, nextCursor: next)
        }

        /// The first index from which on `predicate` holds, by binary search; the end if it never does.
        private func firstIndex(where predicate: (HistoryMessage) -> Bool) -> Int {
            var (low, high) = (self.messages.startIndex, self.messages.endIndex)
            while low < high {
                let middle = low + (high - low) / 2
                if predicate(self.messages[middle]) { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }
}
