extension SettingKey {
    /// The keys of the log that pods share.
    static let broker: [SettingKey] =
        [
            SettingKey(
                "Chatify:MessageBroker:BootstrapServers",
                \.broker.bootstrapServers,
                "a list of host:port"
            ) { .some($0.isEmpty ? nil : $0) },
            .group("Chatify:MessageBroker:TopicName", \.broker.topic),
            .number("Chatify:MessageBroker:Partitions", \.partitions, 1...1024),
            SettingKey(
                "Chatify:MessageBroker:ReplicationFactor",
                \.broker.replicationFactor,
                "a whole number from 0 to 100; 0 for what the brokers say"
            ) { text in
                guard let number = Int16(text), (0...100).contains(number) else { return nil }
                return .some(number == 0 ? nil : number)
            },
            .flag("Chatify:MessageBroker:CreateTopics", \.broker.createsTopics),
            .duration("Chatify:MessageBroker:LingerMs", \.broker.linger, 0...1000, in: .milliseconds),
            .duration("Chatify:MessageBroker:DeliveryTimeoutSeconds", \.broker.deliveryTimeout, 1...600),
            .number("Chatify:MessageBroker:ReplayBytes", \.broker.replayBytes, 65_536...1_073_741_824),
            .flag("Chatify:MessageBroker:UseInMemoryBroker", \.usesInMemoryBroker),
            .group("Chatify:MessageBroker:BroadcastConsumerGroupPrefix", \.broadcastGroupPrefix),
        ] + Self.securityNames.map(Self.security)

    /// The names below `Chatify:MessageBroker:Security`, handed to librdkafka as they are.
    private static let securityNames = [
        "Protocol", "Mechanism", "Username", "Password", "CaFile", "CertificateFile", "KeyFile", "KeyPassword",
    ]

    private static func security(_ name: String) -> SettingKey {
        SettingKey("Chatify:MessageBroker:Security:\(name)", \.broker.security[name.lowercased()], "a text") {
            .some($0.isEmpty ? nil : $0)
        }
    }

    /// What precedes the names of librdkafka's own properties.
    static let extraPrefix = "chatify:messagebroker:extra:"
}
