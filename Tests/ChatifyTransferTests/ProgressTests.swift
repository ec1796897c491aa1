internal import ChatifyTransfer
internal import Testing

@Suite struct ProgressTests {
    @Test(
        arguments: [
            (0, 0.0, Duration.zero, "[------------------------]  0 %  0 messages  0/s  -:-- left"),
            (1, 0.5, .seconds(1), "[############------------]  50 %  1 message  1/s  0:01 left"),
            (1000, 0.25, .milliseconds(2500), "[######------------------]  25 %  1000 messages  400/s  0:08 left"),
            (7_200_000, 0.1, .seconds(360), "[##----------------------]  10 %  7200000 messages  20000/s  54:00 left"),
            (
                1_000_000, 0.01, .seconds(600),
                "[------------------------]  1 %  1000000 messages  1666/s  16:30:00 left"
            ),
            (5, 0.999, .seconds(1), "[#######################-]  99 %  5 messages  5/s  0:01 left"),
            (5, 1, .seconds(2), "[########################]  100 %  5 messages  2/s  0:00 left"),
            (5, 1.5, .seconds(2), "[########################]  100 %  5 messages  2/s  0:00 left"),
            (5, -1, .seconds(2), "[------------------------]  0 %  5 messages  2/s  -:-- left"),
            (5, 1e-12, .seconds(2_000_000), "[------------------------]  0 %  5 messages  0/s  99:59:59 left"),
            (0, nil, .zero, "0 messages  0/s  0:00"),
            (300, nil, .seconds(61), "300 messages  4/s  1:01"),
            (.max, nil, .nanoseconds(1), "9223372036854775807 messages  1000000000/s  0:01"),
        ] as [(Int, Double?, Duration, String)]
    )
    func aBarShowsPartCountRateAndTime(messages: Int, fraction: Double?, elapsed: Duration, expected: String) {
        let bar = ProgressBar(messages: messages, fraction: fraction, elapsed: elapsed)
        #expect(bar.line == expected)
        #expect(bar.line.utf8.count <= 80)
        #expect(bar.line.hasSuffix(bar.words))
    }

    @Test(arguments: [(Duration.zero, "0.0 s"), (.milliseconds(449), "0.4 s"), (.seconds(75), "75.0 s")])
    func timeTaken(time: Duration, expected: String) {
        #expect(time.inTenthsOfSeconds == expected)
    }

    @Test func aTerminalsLineIsDrawnAtMostTenTimesASecond() {
        let rig = PrinterRig(isTerminal: true)
        for millisecond in 0..<1000 { rig.update(at: .milliseconds(millisecond), messages: millisecond) }
        #expect(rig.written.count == 9)
        #expect(rig.written.allSatisfy { $0.hasPrefix("\r") && !$0.contains("\n") && $0.contains("[####") })
        rig.printer.clear()
        #expect(rig.written.last == "\r\u{1B}[K")
        let count = rig.written.count
        rig.printer.clear()
        #expect(rig.written.count == count, "Nothing is drawn any more.")
    }

    @Test func elsewhereThereIsALineEveryHundredThousandMessagesOrTenSeconds() {
        let rig = PrinterRig(isTerminal: false)
        rig.update(at: .seconds(1), messages: 99_999)
        #expect(rig.written == [])
        rig.update(at: .seconds(2), messages: 100_100)
        rig.update(at: .seconds(3), messages: 199_999)
        #expect(rig.written == ["50 %  100100 messages  50050/s  0:02 left\n"])
        rig.update(at: .seconds(12), messages: 199_999)
        rig.update(at: .seconds(13), messages: 450_000)
        #expect(rig.written.count == 3)
        rig.printer.clear()
        #expect(rig.written.count == 3)
    }
}

/// A printer whose time and paper are the test's.
private final class PrinterRig {
    private final class State {
        var now = ContinuousClock.now
        var written: [String] = []
    }

    private let state = State()
    private let start: ContinuousClock.Instant
    let printer: ProgressPrinter

    init(isTerminal: Bool) {
        let state = self.state
        self.start = state.now
        self.printer = ProgressPrinter(isTerminal: isTerminal, now: { state.now }, write: { state.written.append($0) })
    }

    var written: [String] { self.state.written }

    func update(at time: Duration, messages: Int) {
        self.state.now = self.start.advanced(by: time)
        self.printer.update(messages: messages, fraction: 0.5)
    }
}
