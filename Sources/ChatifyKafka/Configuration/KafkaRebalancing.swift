internal import ChatifyCore

/// How the partitions of a group move when members come and go; the same for all members.
public struct KafkaRebalancing: Sendable, Hashable {
    /// What librdkafka calls the assignment strategy.
    let strategy: String
    /// The first version of librdkafka that does this without ending the process now and then (`RD_KAFKA_VERSION`).
    private let firstVersion: Int32

    /// All partitions stop for a moment while they are handed out anew; `range,roundrobin`, which every client knows.
    public static let eager = KafkaRebalancing(strategy: "range,roundrobin", firstVersion: 0)
    /// Only partitions that change hands stop; `cooperative-sticky`, which needs librdkafka 2.4.
    ///
    /// Earlier versions abort the process when a member goes before it has got partitions, or hang when it goes while it gets some.
    public static let cooperative = KafkaRebalancing(strategy: "cooperative-sticky", firstVersion: 0x0204_0000)

    /// Whether the librdkafka in use can do this.
    var isSupported: Bool { KafkaClient.version >= self.firstVersion }

    /// The property that chooses it.
    /// - Throws: `ChatError` with code `configuration` if the librdkafka in use cannot do this.
    func property() throws(ChatError) -> KafkaProperty {
        guard self.isSupported else {
            throw ChatError(
                .configuration,
                "Cooperative rebalancing needs librdkafka 2.4 or later, and this is \(KafkaClient.versionText)."
            )
        }
        return KafkaProperty("partition.assignment.strategy", self.strategy)
    }
}
