/// Shows how far an export or import is: on a terminal one line that is drawn again and again, elsewhere a line now and then.
package final class ProgressPrinter {
    private let isTerminal: Bool
    private let now: () -> ContinuousClock.Instant
    private let write: (String) -> Void
    private let start: ContinuousClock.Instant
    private var shown: (time: ContinuousClock.Instant, messages: Int)
    private var isDrawn = false

    /// - Parameters:
    ///   - now: Tells the time.
    ///   - write: Takes text for the terminal or file.
    package init(
        isTerminal: Bool,
        now: @escaping () -> ContinuousClock.Instant = { .now },
        write: @escaping (String) -> Void
    ) {
        self.isTerminal = isTerminal
        self.now = now
        self.write = write
        self.start = now()
        self.shown = (self.start, 0)
    }

    /// The time since it was made.
    package var elapsed: Duration { self.start.duration(to: self.now()) }

    /// Shows how far it is, unless it has only just done so.
    package func update(messages: Int, fraction: Double?) {
        let now = self.now()
        guard self.isDue(messages, now) else { return }
        self.shown = (now, messages)
        let bar = ProgressBar(messages: messages, fraction: fraction, elapsed: self.start.duration(to: now))
        guard self.isTerminal else { return self.write(bar.words + "\n") }
        self.isDrawn = true
        // Without wrapping at the margin, which would leave parts of the line behind in a narrow window.
        self.write("\r\u{1B}[?7l\(bar.line)\u{1B}[K\u{1B}[?7h")
    }

    /// Takes the drawn line away, to make room for others.
    package func clear() {
        if self.isDrawn { self.write("\r\u{1B}[K") }
        self.isDrawn = false
    }

    private func isDue(_ messages: Int, _ now: ContinuousClock.Instant) -> Bool {
        let time = self.shown.time.duration(to: now)
        if self.isTerminal { return time >= .milliseconds(100) }
        return time >= .seconds(10) || messages / 100_000 > self.shown.messages / 100_000
    }
}
