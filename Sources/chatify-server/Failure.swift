internal import ArgumentParser

/// Ends the program with one line on standard error.
enum Failure {
    /// Writes the line and returns what to throw: exit code 1, and nothing more printed.
    static func report(_ line: String) -> ExitCode {
        StandardError.print("chatify-server: \(line)")
        return .failure
    }
}
