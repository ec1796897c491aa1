internal import ChatifyCore
internal import Metrics

/// Shows what the clients of a log say of themselves: queue, brokers, and how far consumers are behind.
///
/// The gauges are those of the metrics factory that is in force when this is made, and as old as the clients'
/// ``KafkaClientConfiguration/statisticsInterval`` lets them be.
public final class KafkaGauges: Sendable {
    private struct Key: Hashable {
        let name: String
        let labels: [String]
    }

    private let log: KafkaLog
    private let consumers: [String: KafkaEventConsumer]
    private let factory = MetricsSystem.factory
    private let gauges = Locked<[Key: Gauge]>([:])

    /// Makes the gauges of a log and of these consumers, by a name of few that stands in a label, such as `history`.
    public init(_ log: KafkaLog, consumers: [String: KafkaEventConsumer]) {
        self.log = log
        self.consumers = consumers
    }

    /// Brings the gauges up to date; those of brokers and partitions that are gone become not-a-number.
    public func update() {
        let values = self.values()
        for (key, gauge) in self.gauges.withLock({ $0 }) where values[key] == nil { gauge.record(Double.nan) }
        for (key, value) in values { self.gauge(key).record(value) }
    }

    private func gauge(_ key: Key) -> Gauge {
        self.gauges.withLock { gauges in
            if let gauge = gauges[key] { return gauge }
            let names = Self.labels[key.name] ?? []
            let gauge = Gauge(
                label: key.name,
                dimensions: Array(zip(names, key.labels)),
                factory: self.factory
            )
            gauges[key] = gauge
            return gauge
        }
    }

    private static let labels = [
        "chatify_kafka_broker_up": ["broker"],
        "chatify_kafka_broker_round_trip_seconds": ["broker"],
        "chatify_kafka_broker_slow_round_trip_seconds": ["broker"],
        "chatify_kafka_consumer_lag_records": ["consumer", "partition"],
    ]

    private func values() -> [Key: Double] {
        let statistics = self.log.statistics
        var values = [
            Key(name: "chatify_kafka_outbound_records", labels: []): Double(statistics.outboundRecords),
            Key(name: "chatify_kafka_outbound_bytes", labels: []): Double(statistics.outboundBytes),
        ]
        for broker in statistics.brokers {
            let labels = ["\(broker.id)"]
            values[Key(name: "chatify_kafka_broker_up", labels: labels)] = broker.isUp ? 1 : 0
            values[Key(name: "chatify_kafka_broker_round_trip_seconds", labels: labels)] =
                broker.averageRoundTrip?.seconds
            values[Key(name: "chatify_kafka_broker_slow_round_trip_seconds", labels: labels)] =
                broker.slowRoundTrip?.seconds
        }
        for (name, consumer) in self.consumers {
            for (partition, lag) in consumer.lag {
                values[Key(name: "chatify_kafka_consumer_lag_records", labels: [name, "\(partition)"])] = Double(lag)
            }
        }
        return values
    }
}

extension Duration {
    fileprivate var seconds: Double { self / .seconds(1) }
}
