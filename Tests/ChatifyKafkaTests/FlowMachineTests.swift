import Testing

@testable import ChatifyKafka

@Suite struct FlowMachineTests {
    /// How full the buffer is at which millisecond, and what is done about it each time.
    @Test(
        arguments: [
            ([(0.2, 0), (0.9, 1), (0.3, 2)], [.none, .none, .none]),
            (
                [(1, 0), (0.9, 400), (1, 499), (1, 500), (1, 900), (0.6, 950), (0.4, 990)],
                [.none, .none, .none, .pause, .none, .none, .resume]
            ),
            ([(1.5, 0), (0.4, 100), (1, 200), (1, 650), (1, 700)], [.none, .none, .none, .none, .pause]),
        ] as [([(Double, Int)], [FlowMachine.Action])]
    )
    func actions(fills: [(fill: Double, time: Int)], expected: [FlowMachine.Action]) {
        var machine = FlowMachine()
        let start = ContinuousClock.now
        let actions = fills.map { machine.update(fill: $0.fill, now: start + .milliseconds($0.time)) }
        #expect(actions == expected)
    }

    @Test func librdkafkaIsPolledUnlessTheBufferIsFullForAMoment() {
        var machine = FlowMachine()
        let start = ContinuousClock.now
        #expect(machine.isReading && machine.isPolling && !machine.isPaused)
        _ = machine.update(fill: 1, now: start)
        #expect(!machine.isReading && !machine.isPolling && !machine.isPaused)
        _ = machine.update(fill: 1, now: start + .seconds(1))
        #expect(!machine.isReading && machine.isPolling && machine.isPaused)
        _ = machine.update(fill: 0, now: start + .seconds(2))
        #expect(machine.isReading && machine.isPolling && !machine.isPaused)
    }
}
