internal import ChatifyEventLoop

/// Why a server could not start, in one line for people.
public struct ServerStartError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line.
    public let description: String

    init(_ error: EventLoopError, configuration: HTTPServerConfiguration) {
        self.description =
            error.code == .addressInUse
            ? "port \(configuration.port) on \(configuration.host) is in use; stop what listens there, or choose another with --port"
            : "cannot listen on \(configuration.host) port \(configuration.port): \(error.message)"
    }
}
