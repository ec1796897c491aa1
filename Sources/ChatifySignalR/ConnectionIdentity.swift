internal import ChatifyJSON

/// The two names of a connection: one to show, one to attach with.
public struct ConnectionIdentity: Hashable, Sendable {
    /// The name that others may see; letters, digits, `-` and `_` only.
    public var id: String
    /// The secret that a transport presents as `id=…`, of the same letters; never to be shown or logged.
    public var token: String

    /// Draws both names at random, 128 bits each.
    ///
    /// - Parameter negotiateVersion: With version 0 clients attach with the id itself, so that it is the token too.
    public init(negotiateVersion: Int = 1) {
        self.id = Self.randomName()
        self.token = negotiateVersion == 0 ? self.id : Self.randomName()
    }

    /// The URL-safe base64 of 16 bytes of the system's random source, 22 characters.
    private static func randomName() -> String {
        var random = SystemRandomNumberGenerator()
        let words = [random.next(), random.next()]
        let bytes = words.flatMap { word in stride(from: 0, to: 64, by: 8).map { UInt8(truncatingIfNeeded: word >> $0) }
        }
        return String(decoding: Base64.encode(bytes, as: .urlSafe), as: UTF8.self)
    }
}
