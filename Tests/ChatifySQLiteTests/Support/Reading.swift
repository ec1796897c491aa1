internal import ChatifyCore
internal import ChatifySQLite

extension SQLiteStore {
    /// All records from the beginning until those events have come.
    func wholeLog(until last: Set<ChatEvent>) async throws -> [ChatRecord] {
        let group = "whole-\(UInt64.random(in: .min ... .max))"
        let consumer = try await self.log.makeConsumer(group: group, startingAt: .beginning, commits: .manual)
        var (records, missing) = ([ChatRecord](), last)
        while !missing.isEmpty {
            let batch = try await consumer.nextBatch(limit: 500)
            records += batch
            missing.subtract(batch.compactMap(\.event))
        }
        await consumer.close()
        try await self.log.removeGroup(group)
        return records
    }

    /// All messages of a scope, page by page.
    func wholeHistory(
        of scope: ChatScope,
        order: HistoryOrder = .oldestFirst,
        limit: Int = 500
    ) async throws -> [HistoryMessage] {
        var (messages, query) = ([HistoryMessage](), HistoryQuery(scope: scope, limit: limit, order: order))
        repeat {
            let page = try await self.history.messages(query)
            messages += page.messages
            query.after = page.nextCursor
        } while query.after != nil
        return messages
    }
}

extension ChatRecord {
    /// The event it holds.
    var event: ChatEvent? {
        if case .event(let event) = self.payload { event } else { nil }
    }
}
