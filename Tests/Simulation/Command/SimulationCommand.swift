internal import ArgumentParser
internal import ChatifySimulation

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// `chatify-simulation`: looks for seeds whose world breaks a promise.
@main
struct SimulationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chatify-simulation",
        abstract: "Runs many pods in one deterministic process and checks what Chatify promises."
    )

    @Option(help: "Run the world of this seed.")
    var seed: UInt64?

    @Option(help: "Run the worlds of these seeds, as in 1..1000.")
    var seeds: SeedRange?

    @Option(help: "Begin no further world after so many minutes.")
    var minutes: Int?

    @Flag(help: "Print what happens.")
    var trace = false

    @Flag(help: "Print a line for every seed, with the number that stands for its schedule.")
    var verbose = false

    @Flag(help: "Stop at the first seed that breaks a promise.")
    var stopAtFirst = false

    mutating func run() throws {
        try Self.makeHashingDeterministic()
        var summary = Summary(isVerbose: self.verbose)
        let deadline = self.minutes.map { ContinuousClock.now + .seconds(60 * $0) }
        var next = self.seed ?? self.seeds?.first ?? 1
        let last = self.seed ?? (self.minutes == nil ? self.seeds?.last ?? 100 : .max)
        while next <= last, deadline.map({ ContinuousClock.now < $0 }) ?? true {
            summary.add(Simulation.run(seed: next, isTracing: self.trace))
            if self.stopAtFirst, summary.failures > 0 { break }
            next += 1
        }
        summary.print()
        if summary.failures > 0 { throw ExitCode.failure }
    }

    /// Starts the program anew with hash seeds that are always the same, for the order of dictionaries is part of a schedule.
    private static func makeHashingDeterministic() throws {
        let variable = "SWIFT_DETERMINISTIC_HASHING"
        guard getenv(variable) == nil else { return }
        setenv(variable, "1", 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &arguments)
        execvp(CommandLine.arguments[0], &arguments)
        throw ValidationError("Start with \(variable)=1.")
    }
}

/// The seeds from one to another, as the command line has them.
struct SeedRange: ExpressibleByArgument {
    let first: UInt64
    let last: UInt64

    init?(argument: String) {
        let bounds = argument.split(separator: ".", omittingEmptySubsequences: true).compactMap { UInt64($0) }
        guard bounds.count == 2, bounds[0] <= bounds[1] else { return nil }
        (self.first, self.last) = (bounds[0], bounds[1])
    }
}
