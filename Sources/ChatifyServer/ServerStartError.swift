/// Why a server could not start, in one line for people.
public struct ServerStartError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line.
    public let description: String

    init(_ description: String) { self.description = description }
}
