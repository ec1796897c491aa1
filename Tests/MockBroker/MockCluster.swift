internal import CLibrdkafka

/// Owns a mock cluster and the client that it lives in.
final class MockCluster {
    private let client: OpaquePointer
    private let cluster: OpaquePointer

    /// Makes a cluster as the arguments say; `nil` if they cannot be understood.
    init?(_ arguments: [String]) {
        guard let options = MockOptions(arguments) else { return nil }
        var text = [CChar](repeating: 0, count: 512)
        // The client itself connects to nothing; librdkafka warns of that below level 3.
        let settings = rd_kafka_conf_new()
        rd_kafka_conf_set(settings, "log_level", "3", nil, 0)
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, settings, &text, text.count) else {
            rd_kafka_conf_destroy(settings)
            return nil
        }
        self.client = client
        guard let cluster = rd_kafka_mock_cluster_new(client, options.brokers) else {
            rd_kafka_destroy(client)
            return nil
        }
        self.cluster = cluster
        for (name, partitions) in options.topics {
            rd_kafka_mock_topic_create(cluster, name, partitions, min(3, options.brokers))
        }
        if options.roundTrip > 0 { rd_kafka_mock_broker_set_rtt(cluster, -1, options.roundTrip) }
    }

    deinit {
        rd_kafka_mock_cluster_destroy(self.cluster)
        rd_kafka_destroy(self.client)
    }

    var bootstrapServers: String { String(cString: rd_kafka_mock_cluster_bootstraps(self.cluster)) }

    /// Does what a line says; `false` if it cannot be understood or did not work.
    ///
    /// Broker -1 is all of them.
    ///
    /// - `topic NAME PARTITIONS`: makes a topic.
    /// - `down BROKER`, `up BROKER`: ends its connections and takes no new ones; takes them again.
    /// - `rtt BROKER MS`: lets every answer take so long.
    /// - `fail REQUEST CODE…`: the next requests of that number (Produce 0, Fetch 1, OffsetCommit 8, …) fail with these codes.
    /// - `heal REQUEST`: those that are left do not fail any more.
    /// - `topic-error NAME CODE`: metadata of the topic carry that code; 0 ends it.
    /// - `leader NAME PARTITION BROKER`: moves a partition.
    func obey(_ words: [String]) -> Bool {
        let numbers = words.dropFirst().compactMap { Int32($0) }
        switch (words.first, words.count) {
        case ("topic", 3):
            return numbers.count == 1 && isFine(rd_kafka_mock_topic_create(self.cluster, words[1], numbers[0], 1))
        case ("down", 2): return numbers.count == 1 && isFine(rd_kafka_mock_broker_set_down(self.cluster, numbers[0]))
        case ("up", 2): return numbers.count == 1 && isFine(rd_kafka_mock_broker_set_up(self.cluster, numbers[0]))
        case ("rtt", 3):
            return numbers.count == 2 && isFine(rd_kafka_mock_broker_set_rtt(self.cluster, numbers[0], numbers[1]))
        case ("fail", 3...):
            return numbers.count == words.count - 1 && self.fail(numbers[0], Array(numbers.dropFirst()))
        case ("heal", 2):
            guard numbers.count == 1 else { return false }
            rd_kafka_mock_clear_request_errors(self.cluster, Int16(numbers[0]))
            return true
        case ("topic-error", 3):
            guard numbers.count == 1 else { return false }
            rd_kafka_mock_topic_set_error(self.cluster, words[1], rd_kafka_resp_err_t(rawValue: numbers[0]))
            return true
        case ("leader", 4):
            return numbers.count == 2
                && isFine(rd_kafka_mock_partition_set_leader(self.cluster, words[1], numbers[0], numbers[1]))
        default: return false
        }
    }

    private func fail(_ request: Int32, _ codes: [Int32]) -> Bool {
        let codes = codes.map { rd_kafka_resp_err_t(rawValue: $0) }
        rd_kafka_mock_push_request_errors_array(self.cluster, Int16(request), codes.count, codes)
        return true
    }
}

/// What the command line says.
struct MockOptions {
    private(set) var brokers: Int32 = 3
    private(set) var roundTrip: Int32 = 0
    private(set) var topics: [(name: String, partitions: Int32)] = []

    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst(), self.set(name, value) else { return nil }
        }
    }

    private mutating func set(_ name: String, _ value: String) -> Bool {
        switch name {
        case "--brokers": return Int32(value).map { self.brokers = $0 } != nil
        case "--rtt": return Int32(value).map { self.roundTrip = $0 } != nil
        case "--topic":
            let parts = value.split(separator: ":")
            guard parts.count == 2, let partitions = Int32(parts[1]) else { return false }
            self.topics.append((String(parts[0]), partitions))
            return true
        default: return false
        }
    }
}

private func isFine(_ code: rd_kafka_resp_err_t) -> Bool { code == RD_KAFKA_RESP_ERR_NO_ERROR }
