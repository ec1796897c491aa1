/// Runs the checks of a port one after the other.
public enum Conformance {
    /// Runs each check on a subject of its own.
    ///
    /// - Parameters:
    ///   - checks: The checks, such as `HistoryRepositoryCheck.all`.
    ///   - makeSubject: Makes a subject whose adapter is new and empty; asked for the check so that it can choose an expiry.
    /// - Returns: What came of each. A subject that cannot be made is a failure of its check.
    public static func run<Subject>(
        _ checks: [ConformanceCheck<Subject>],
        on makeSubject: (ConformanceCheck<Subject>) async throws -> Subject
    ) async -> ConformanceReport {
        await self.run(checks) { check in await check.outcome(on: try await makeSubject(check)) }
    }

    /// Runs each check by way of `judge`, which makes the adapter, asks ``ConformanceCheck/outcome(on:)``, and takes the adapter down again.
    public static func run<Subject>(
        _ checks: [ConformanceCheck<Subject>],
        judge: (ConformanceCheck<Subject>) async throws -> ConformanceOutcome
    ) async -> ConformanceReport {
        var report = ConformanceReport()
        for check in checks {
            do {
                report.add(try await judge(check), of: check.name)
            } catch {
                report.add(.failed(check.failure(BrokenLaw("There was no adapter to try: \(error)"))), of: check.name)
            }
        }
        return report
    }
}
