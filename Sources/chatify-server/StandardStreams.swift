#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The standard output, which is buffered when it is not a terminal.
enum StandardOutput {
    static func flush() { fflush(nil) }
}

/// The standard error.
enum StandardError {
    /// Whether somebody looks at a terminal that can draw a line anew.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 && ProcessEnvironment.variables["TERM"] != "dumb" }

    static func print(_ line: String) { self.show(line + "\n") }

    /// Writes text as it is.
    static func show(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            // Best effort: there is nowhere left to report a failure to.
            _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}
