internal import ChatifySimulation

/// What all worlds so far came to.
struct Summary {
    let isVerbose: Bool
    private(set) var failures = 0
    private var worlds = 0
    private var steps = 0
    private var statistics = WorldStatistics()

    init(isVerbose: Bool) { self.isVerbose = isVerbose }

    mutating func add(_ report: Simulation.Report) {
        self.worlds += 1
        self.steps += report.steps
        self.statistics.add(report.statistics)
        if self.isVerbose {
            Swift.print("seed \(report.seed): schedule \(String(report.trace.value, radix: 16)), \(report.steps) jobs")
        }
        guard let violation = report.violation else { return }
        self.failures += 1
        Swift.print("seed \(report.seed) FAILED: \(violation)")
        Swift.print("    replay: Scripts/simulate --seed \(report.seed) --trace")
    }

    func print() {
        let all = self.statistics
        Swift.print(
            """
            \(self.worlds) worlds, \(self.failures) failed; \(self.steps) jobs, \(all.faults) faults, \
            \(all.connections) connections, \(all.acknowledged) messages acknowledged, \(all.pushed) pushed, \
            \(all.recovered) resumes recovered, \(all.unrecovered) not
            """
        )
    }
}
