/// A deterministic simulation of several pods, their clients and all that goes wrong between them.
///
/// One seed is one world and one schedule. Nothing waits for real time, and nothing runs on another thread.
package enum Simulation {
    /// How a world ended.
    package struct Report: Sendable {
        /// The seed.
        package let seed: UInt64
        /// The first promise that was not kept, nil if all were.
        package let violation: Violation?
        /// What stands for the whole schedule.
        package let trace: TraceHash
        /// The jobs that ran.
        package let steps: Int
        /// What happened, in numbers.
        package let statistics: WorldStatistics
    }

    /// Runs the world of a seed.
    ///
    /// - Parameter isTracing: Whether to print what happens.
    package static func run(seed: UInt64, isTracing: Bool = false) -> Report {
        let world = World(seed: seed, isTracing: isTracing)
        world.run()
        return Report(
            seed: seed,
            violation: world.violation,
            trace: world.scheduler.trace,
            steps: world.scheduler.steps,
            statistics: world.statistics
        )
    }
}
