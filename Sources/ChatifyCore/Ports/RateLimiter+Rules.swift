extension RateLimitKey {
    /// Throws if the key or the windows are out of range; every limiter asks this first.
    package func validate(_ windows: [RateLimitWindow]) throws(ChatError) {
        guard !self.endpoint.isEmpty, !self.endpoint.utf8.contains(UInt8(ascii: ":")) else {
            throw ChatError(.configuration, "A rate limit's endpoint must not be empty and must not have a colon.")
        }
        guard windows.count == 1 || windows.count > 1 && Set(windows.map(\.length)).count == windows.count else {
            throw ChatError(.configuration, "A rate limit must have at least one window, each of another length.")
        }
        for window in windows { try window.validate() }
    }
}

extension RateLimitWindow {
    private static let longest = Duration.seconds(366 * 86400)

    fileprivate func validate() throws(ChatError) {
        guard (1...1_000_000_000).contains(self.threshold) else {
            throw ChatError(.configuration, "A rate limit's threshold must be 1 to 1000000000.")
        }
        let isWhole = self.length.components.attoseconds == 0
        guard isWhole, self.length >= .seconds(1), self.length <= Self.longest else {
            throw ChatError(.configuration, "A rate limit's window must be whole seconds, 1 second to 366 days.")
        }
    }
}

extension RateLimitDecision {
    /// One window after the call was judged.
    package struct Count: Sendable, Hashable {
        package var threshold: Int
        package var count: Int
        package var resetsAfter: Duration

        package init(threshold: Int, count: Int, resetsAfter: Duration) {
            self.threshold = threshold
            self.count = count
            self.resetsAfter = resetsAfter
        }
    }

    /// Picks the window that decided; `counts` must not be empty.
    package init(isAllowed: Bool, of counts: [Count]) {
        let candidates = isAllowed ? counts : counts.filter { $0.count >= $0.threshold }
        let decisive =
            isAllowed
            ? candidates.min { $0.threshold - $0.count < $1.threshold - $1.count }
            : candidates.max { $0.resetsAfter < $1.resetsAfter }
        self.init(isAllowed: isAllowed, count: decisive?.count ?? 0, resetsAfter: decisive?.resetsAfter ?? .zero)
    }
}
