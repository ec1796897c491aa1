/// How a Kafka client proves who it is, and whether what it says is encrypted.
///
/// Everything is `nil` unless set, which leaves librdkafka's default: plain text and no name.
public struct KafkaSecurity: Sendable, Hashable {
    /// One of `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` and `SASL_SSL`.
    public var transport: String?
    /// The SASL mechanism, such as `PLAIN` or `SCRAM-SHA-512`.
    public var mechanism: String?
    /// The name for SASL.
    public var username: String?
    /// The password for SASL; never shown.
    public var password: String?
    /// The file with the certificates of those who may vouch for brokers.
    public var certificateAuthorityFile: String?
    /// The file with our own certificate.
    public var certificateFile: String?
    /// The file with the key of our own certificate.
    public var keyFile: String?
    /// The password of ``keyFile``; never shown.
    public var keyPassword: String?

    /// Plain text and no name.
    public init() {}

    var properties: [KafkaProperty] {
        let named = [
            ("security.protocol", self.transport), ("sasl.mechanisms", self.mechanism),
            ("sasl.username", self.username), ("sasl.password", self.password),
            ("ssl.ca.location", self.certificateAuthorityFile), ("ssl.certificate.location", self.certificateFile),
            ("ssl.key.location", self.keyFile), ("ssl.key.password", self.keyPassword),
        ]
        return named.compactMap { name, value in value.map { KafkaProperty(name, $0) } }
    }
}

extension KafkaSecurity: CustomStringConvertible, CustomDebugStringConvertible {
    /// The settings without the secrets.
    public var description: String {
        "KafkaSecurity(" + self.properties.map(\.description).joined(separator: ", ") + ")"
    }

    /// The settings without the secrets.
    public var debugDescription: String { self.description }
}
