extension InMemoryHistoryRepository {
    /// The messages of one scope, in the order of history, no two at the same place.
    struct ScopeHistory {
        /// The messages from ``head`` on; those before it are removed, and stay until they are as many as the others.
        private var messages: [HistoryMessage] = []
        private var head = 0

        var isEmpty: Bool { self.head == self.messages.count }

        /// Inserts a message, O(1) amortized at the end; `false` if its place is taken.
        mutating func insert(_ message: HistoryMessage) -> Bool {
            let cursor = HistoryCursor(behind: message.event)
            guard !self.isEmpty, cursor <= HistoryCursor(behind: self.messages[self.messages.count - 1].event) else {
                self.messages.append(message)
                return true
            }
            let index = self.firstIndex { HistoryCursor(behind: $0.event) >= cursor }
            guard HistoryCursor(behind: self.messages[index].event) != cursor else { return false }
            self.messages.insert(message, at: index)
            return true
        }

        /// Removes the message at that place; O(log n) amortized for the oldest.
        mutating func remove(_ cursor: HistoryCursor) {
            let index = self.firstIndex { HistoryCursor(behind: $0.event) >= cursor }
            guard index < self.messages.endIndex, HistoryCursor(behind: self.messages[index].event) == cursor else {
                return
            }
            guard index == self.head else {
                self.messages.remove(at: index)
                return
            }
            self.head += 1
            guard self.head >= 32, self.head * 2 >= self.messages.count else { return }
            self.messages.removeFirst(self.head)
            self.head = 0
        }

        /// The messages that `query` asks for.
        func page(_ query: HistoryQuery) -> HistoryPage {
            let matches = self.matches(of: query)
            let page =
                query.order == .newestFirst
                ? Array(matches.suffix(query.limit).reversed()) : Array(matches.prefix(query.limit))
            let next = page.count < matches.count ? page.last.map { HistoryCursor(behind: $0.event) } : nil
            return HistoryPage(messages: page, nextCursor: next)
        }

        /// All messages within the bounds of `query` and behind its cursor, oldest first.
        private func matches(of query: HistoryQuery) -> ArraySlice<HistoryMessage> {
            var start = query.from.map { from in self.firstIndex { $0.event.createdAt >= from } } ?? self.head
            var end = query.to.map { to in self.firstIndex { $0.event.createdAt >= to } } ?? self.messages.endIndex
            if let cursor = query.after, query.order == .newestFirst {
                end = min(end, self.firstIndex { HistoryCursor(behind: $0.event) >= cursor })
            } else if let cursor = query.after {
                start = max(start, self.firstIndex { HistoryCursor(behind: $0.event) > cursor })
            }
            return self.messages[min(start, end)..<end]
        }

        /// The first index from which on `predicate` holds, by binary search; the end if it never does.
        private func firstIndex(where predicate: (HistoryMessage) -> Bool) -> Int {
            var (low, high) = (self.head, self.messages.count)
            while low < high {
                let middle = low + (high - low) / 2
                if predicate(self.messages[middle]) { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }
}
