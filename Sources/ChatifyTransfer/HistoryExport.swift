internal import ChatifyCore

/// Writes a whole history: one event of contracts §1 a line, scope by scope, each in the order of history.
///
/// Reads page by page, so its memory does not grow with the history. What is stored meanwhile may be in it or not.
package struct HistoryExport {
    /// The messages written.
    package private(set) var messages = 0
    /// The scopes of these.
    package private(set) var scopes = 0

    private let source: any HistorySource
    private let stop: StopRequest
    private let report: (_ messages: Int, _ fraction: Double) -> Void
    private var scopesDone = 0
    private var scopeCount = 0

    /// - Parameter report: Is told after each page how far it is.
    package init(
        _ source: any HistorySource,
        stop: StopRequest,
        report: @escaping (_ messages: Int, _ fraction: Double) -> Void
    ) {
        self.source = source
        self.stop = stop
        self.report = report
    }

    /// Writes all there is.
    package mutating func run(to output: OutputFile) async throws(TransferError) {
        let source = self.source
        self.scopeCount = try await TransferError.wrap { () throws(ChatError) in try await source.scopeCount() }
        var last: ChatScope?
        while true {
            let after = last
            let scopes = try await TransferError.wrap { () throws(ChatError) in
                try await source.scopes(after: after, limit: Self.pageSize)
            }
            for scope in scopes {
                try await self.export(scope, to: output)
                self.scopesDone += 1
            }
            guard scopes.count == Self.pageSize else { break }
            last = scopes.last
        }
        try output.finish()
    }

    private mutating func export(_ scope: ChatScope, to output: OutputFile) async throws(TransferError) {
        var query = HistoryQuery(scope: scope, limit: Self.pageSize)
        var times: ClosedRange<Timestamp>?
        repeat {
            guard !self.stop.isMade else { throw .stopped }
            let page = try await self.page(query)
            if query.after == nil {
                self.scopes += page.messages.isEmpty ? 0 : 1
                times = page.nextCursor == nil ? nil : try await self.times(of: scope, from: page)
            }
            for message in page.messages {
                try output.write(ChatEventCodec.encode(message.event) + [UInt8(ascii: "\n")])
                self.messages += 1
            }
            self.report(self.messages, self.fraction(times, upTo: page.messages.last?.event.createdAt))
            query.after = page.nextCursor
        } while query.after != nil
    }

    /// The times that a scope's messages span, for the progress alone.
    private func times(
        of scope: ChatScope,
        from page: HistoryPage
    ) async throws(TransferError) -> ClosedRange<Timestamp>? {
        let newest = try await self.page(HistoryQuery(scope: scope, limit: 1, order: .newestFirst))
        guard let first = page.messages.first?.event.createdAt, let last = newest.messages.first?.event.createdAt,
            first < last
        else { return nil }
        return first...last
    }

    private func page(_ query: HistoryQuery) async throws(TransferError) -> HistoryPage {
        let source = self.source
        return try await TransferError.wrap { () throws(ChatError) in try await source.messages(query) }
    }

    /// The part of the scopes that is done, and of the one at hand the part of its time: a count of all messages would take longer
    /// than the first pages.
    private func fraction(_ times: ClosedRange<Timestamp>?, upTo time: Timestamp?) -> Double {
        var done = Double(self.scopesDone)
        if let times, let time {
            let past = times.lowerBound.duration(to: time)
            done += min(1, past / times.lowerBound.duration(to: times.upperBound))
        }
        return done / Double(max(1, self.scopeCount))
    }

    private static let pageSize = HistoryQuery.allowedLimits.upperBound
}
