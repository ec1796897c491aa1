/// One property of librdkafka (its CONFIGURATION.md).
struct KafkaProperty: Sendable, Hashable, CustomStringConvertible {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the value is for nobody's eyes.
    var isSecret: Bool {
        let name = self.name.lowercased()
        return Self.secrets.contains { name.contains($0) }
    }

    /// Parts of the names of properties that hold passwords, keys and tokens.
    private static let secrets = ["password", "secret", ".pem", "jaas", "oauthbearer.config"]

    /// The name and the value, or what stands for a secret one.
    var description: String { "\(self.name)=\(self.isSecret ? "<hidden>" : self.value)" }
}
