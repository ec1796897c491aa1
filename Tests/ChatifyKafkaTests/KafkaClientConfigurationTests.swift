import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyKafka

@Suite(.timeLimit(.minutes(5))) struct KafkaClientConfigurationTests {
    private func openingFails(_ change: (inout KafkaClientConfiguration) -> Void) async -> ChatError? {
        var configuration = KafkaClientConfiguration(bootstrapServers: "127.0.0.1:1")
        configuration.requestTimeout = .milliseconds(500)
        change(&configuration)
        return await #expect(throws: ChatError.self) {
            _ = try await KafkaLog.open(configuration, logger: CapturingLog().logger)
        }
    }

    /// Properties that are refused, and what the one line has to hold.
    @Test(
        arguments: [
            ("no.such.property", "1", "no.such.property"),
            ("socket.timeout.ms", "fast", "socket.timeout.ms=fast"),
            ("security.protocol", "CARRIER_PIGEON", "security.protocol=CARRIER_PIGEON"),
            ("acks", "1", "acks is Chatify's own"),
            ("enable.auto.commit", "true", "enable.auto.commit is Chatify's own"),
        ]
    )
    func aRejectedPropertyIsNamedInOneLine(name: String, value: String, expected: String) async {
        let error = await self.openingFails { $0.properties[name] = value }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("\n") == false)
    }

    @Test(arguments: ["ssl.key.password", "sasl.oauthbearer.client.secret", "ssl.keystore.password"])
    func secretsAreHidden(name: String) async {
        let secret = "hunter2"
        #expect(!"\(KafkaProperty(name, secret))".contains(secret))
        var security = KafkaSecurity()
        (security.username, security.password, security.keyPassword) = ("chat", secret, secret)
        #expect(!"\(security)".contains(secret) && "\(security)".contains("sasl.username=chat"))
        var configuration = KafkaClientConfiguration(bootstrapServers: "127.0.0.1:1")
        configuration.security = security
        #expect(!"\(configuration)".contains(secret))
        #expect(!String(reflecting: configuration).contains(secret))
    }

    @Test func settingsThatDoNotGoTogetherAreSaid() async {
        let error = await self.openingFails {
            $0.linger = .seconds(60)
            $0.deliveryTimeout = .seconds(1)
        }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("linger.ms") == true, "\(error?.message ?? "")")
    }

    @Test func aMissingFileIsSaid() async {
        let error = await self.openingFails {
            $0.security.transport = "SSL"
            $0.security.certificateAuthorityFile = "/nonexistent/ca.pem"
        }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("ssl.ca.location") == true, "\(error?.message ?? "")")
    }

    @Test func brokersOutOfReachAreSaid() async {
        let error = await self.openingFails { _ in }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("127.0.0.1:1") == true)
    }

    @Test func rebalancingThatThisLibrdkafkaCannotDoIsRefused() {
        var configuration = KafkaClientConfiguration(bootstrapServers: "127.0.0.1:1")
        configuration.rebalancing = .cooperative
        let result = Result { try configuration.consumerProperties(group: "g", startingAt: .end) }
        switch result {
        case .success: #expect(KafkaClient.version >= 0x0204_0000)
        case .failure(let error):
            #expect(KafkaClient.version < 0x0204_0000)
            #expect("\(error)".contains("needs librdkafka 2.4 or later, and this is \(KafkaClient.versionText)"))
        }
    }

    @Test func theContractsProperties() throws {
        let configuration = KafkaClientConfiguration(bootstrapServers: "b:9092")
        let producer = try configuration.producerProperties().map(\.description)
        for property in [
            "bootstrap.servers=b:9092", "acks=all", "enable.idempotence=true", "compression.codec=snappy",
            "linger.ms=5",
            "delivery.timeout.ms=30000", "partitioner=consistent_random", "allow.auto.create.topics=false",
        ] { #expect(producer.contains(property)) }
        let consumer = try configuration.consumerProperties(group: "g", startingAt: .beginning).map(\.description)
        for property in [
            "group.id=g", "auto.offset.reset=earliest", "enable.auto.commit=false", "fetch.min.bytes=1",
            "fetch.wait.max.ms=100", "partition.assignment.strategy=range,roundrobin",
        ] { #expect(consumer.contains(property)) }
        let latest = try configuration.consumerProperties(group: "g", startingAt: .end)
        #expect(latest.contains(KafkaProperty("auto.offset.reset", "latest")))
    }
}
