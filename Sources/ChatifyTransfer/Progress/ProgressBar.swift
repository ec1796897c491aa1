/// How far an export or import is, as text.
package struct ProgressBar: Sendable, Hashable {
    /// The messages done.
    package var messages: Int
    /// The part that is done, 0 to 1; `nil` if nobody knows the whole.
    package var fraction: Double?
    /// The time since the start.
    package var elapsed: Duration

    package init(messages: Int, fraction: Double?, elapsed: Duration) {
        self.messages = messages
        self.fraction = fraction.map { min(max($0, 0), 1) }
        self.elapsed = elapsed
    }

    /// `[######------------------]  25 %  1234 messages  1234/s  0:03 left`; at most 80 characters.
    package var line: String {
        guard let fraction = self.fraction else { return self.words }
        let filled = Int(fraction * Double(Self.width))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: Self.width - filled)
        return "[\(bar)]  \(self.words)"
    }

    /// `25 %  1234 messages  1234/s  0:03 left`, or without the whole `1234 messages  1234/s  0:01`.
    package var words: String {
        let done = "\(counted(self.messages, "message"))  \(self.rate)/s"
        guard let fraction = self.fraction else { return "\(done)  \(self.elapsed.hoursMinutesSeconds)" }
        let left = self.timeLeft.map(\.hoursMinutesSeconds) ?? "-:--"
        return "\(Int(fraction * 100)) %  \(done)  \(left) left"
    }

    private static let width = 24

    /// Messages per second since the start.
    private var rate: Int {
        let seconds = self.elapsed / .seconds(1)
        return seconds > 0 ? Int(min(Double(self.messages) / seconds, 1e9)) : 0
    }

    /// What the rest takes at the pace so far; `nil` while there is none to speak of.
    private var timeLeft: Duration? {
        guard let fraction = self.fraction, fraction > 0 else { return nil }
        return self.elapsed * min((1 - fraction) / fraction, 1e6)
    }
}

/// `1 message`, `2 messages`.
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

extension Duration {
    /// `m:ss`, from an hour on `h:mm:ss`; part of a second counts as one.
    fileprivate var hoursMinutesSeconds: String {
        let (whole, part) = self.components
        let seconds = min(whole + (part > 0 ? 1 : 0), 359_999)
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        let tail = "\(minutes):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
        guard hours > 0 else { return tail }
        return "\(hours):\(minutes < 10 ? "0" : "")\(tail)"
    }

    /// `0.4 s`.
    package var inTenthsOfSeconds: String {
        let (seconds, attoseconds) = self.components
        return "\(seconds).\(attoseconds / 100_000_000_000_000_000) s"
    }
}
