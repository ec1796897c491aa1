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
    static func print(_ line: String) {
        var text = line + "\n"
        text.withUTF8 { bytes in
            // Best effort: there is nowhere left to report a failure to.
            _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}
