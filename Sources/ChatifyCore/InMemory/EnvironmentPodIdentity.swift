#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A pod's name as its environment gives it: `POD_NAME`, else `HOSTNAME`, else the machine's host name (contracts §8).
public struct EnvironmentPodIdentity: PodIdentity {
    /// The pod's name.
    public let podID: PodID

    /// Reads the name; a variable that is set to nothing counts as not set.
    /// - Parameter environment: The process's environment, such as `ProcessInfo.processInfo.environment`.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/configuration`` naming the variable whose value is no
    ///   ``PodID``; the next one is not tried then.
    public init(environment: [String: String]) throws(ChatError) {
        for variable in ["POD_NAME", "HOSTNAME"] {
            guard let value = environment[variable], !value.isEmpty else { continue }
            self.podID = try Self.podID(value, from: variable)
            return
        }
        self.podID = try Self.podID(machineName(), from: "The machine's host name")
    }

    private static func podID(_ value: String, from source: String) throws(ChatError) -> PodID {
        guard let podID = PodID(rawValue: value) else {
            throw ChatError(
                .configuration,
                "\(source) must have 1 to 256 characters and not be blank to name this pod; set POD_NAME."
            )
        }
        return podID
    }
}

/// The name that `gethostname` gives; empty if it fails.
private func machineName() -> String {
    // POSIX: a name cut at the end of the buffer may lack its terminator, so the last byte is never lent.
    var buffer = [CChar](repeating: 0, count: 257)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
