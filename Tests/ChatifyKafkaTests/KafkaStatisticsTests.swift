import ChatifyCore
import Logging
import Metrics
import MetricsTestKit
import TestSupport
import Testing

@testable import ChatifyKafka

@Suite(.timeLimit(.minutes(5))) struct KafkaStatisticsTests {
    @Test func whatIsReadOfThem() throws {
        let json = """
            {"name":"rdkafka#producer-1","msg_cnt":7,"msg_size":1234,"brokers":{
            "b:2/2":{"nodeid":2,"state":"UP","rtt":{"min":1,"avg":250,"p99":900,"cnt":3},"toppars":{}},
            "b:1/1":{"nodeid":1,"state":"DOWN","rtt":{"avg":0,"p99":0,"cnt":0}},
            "b:3/3":{"nodeid":3,"state":"INIT"},"b/bootstrap":{"nodeid":-1,"state":"UP"}},"topics":{"t":{"partitions":{"0":{}}}}}
            """
        let statistics = try #require(KafkaStatistics(json: Array(json.utf8)))
        #expect(statistics.outboundRecords == 7 && statistics.outboundBytes == 1234)
        #expect(
            statistics.brokers == [
                KafkaBrokerStatistics(id: 1, isUp: false),
                KafkaBrokerStatistics(
                    id: 2,
                    isUp: true,
                    averageRoundTrip: .microseconds(250),
                    slowRoundTrip: .microseconds(900)
                ),
                KafkaBrokerStatistics(id: 3, isUp: false, isIdle: true),
            ]
        )
    }

    @Test(arguments: ["", "{", "[]", #"{"msg_cnt":"many"}"#]) func anythingElseIsNotTaken(json: String) {
        #expect(KafkaStatistics(json: Array(json.utf8)) == nil)
    }

    @Test func aClientTellsOfItsBrokers() async throws {
        try await TestTopic().withLog {
            $0.statisticsInterval = .milliseconds(100)
        } _: { log in
            // Only round trips since the last statistics count.
            let isTold = try await eventually {
                try await log.produce([event(1)])
                return log.statistics.brokers.contains { $0.isUp && $0.averageRoundTrip != nil }
            }
            #expect(isTold)
            try await log.withConsumer { consumer in
                let isUp = try await eventually { consumer.statistics.brokers.contains { $0.isUp } }
                #expect(isUp)
            }
        }
    }

    @Test func whatTheClientsTellIsShownInGauges() async throws {
        let metrics = TestMetrics()
        try await TestTopic(partitions: 1).withLog {
            $0.statisticsInterval = .milliseconds(100)
        } _: { log in
            let positions = try await log.produce((0..<5).map { event($0) })
            try await log.withConsumer { consumer in
                #expect(consumer.backlog == nil)
                _ = try await consumer.read(2)
                try await consumer.commit([positions[0]])
                let gauges = withMetricsFactory(metrics) { KafkaGauges(log, consumers: ["history": consumer]) }
                let isShown = try await eventually {
                    gauges.update()
                    return metrics.recorders(label: "chatify_kafka_broker_up").contains { $0.lastValue == 1 }
                        && metrics.recorders(label: "chatify_kafka_consumer_lag_records").contains { $0.lastValue == 4 }
                        // Statistics from before the last acknowledgement are renewed.
                        && metrics.recorders(label: "chatify_kafka_outbound_records").contains { $0.lastValue == 0 }
                }
                #expect(isShown && consumer.backlog == 4)
            }
        }
    }

    @Test(
        arguments: [(0, .critical), (2, .critical), (3, .error), (4, .warning), (5, .notice), (6, .info), (7, .debug)]
            as [(Int32, Logger.Level)]
    )
    func levels(severity: Int32, level: Logger.Level) {
        #expect(KafkaLogLines.level(of: severity) == level)
    }

    @Test func linesOfLogArePassedOnWithTheirFacility() async throws {
        let captured = CapturingLog()
        try await TestTopic().withLog(log: captured) {
            $0.properties["debug"] = "broker"
        } _: { log in
            _ = try await log.producer.produce(event(1), headers: RecordHeaders())
        }
        let lines = captured.lines.all.filter { $0.message == "librdkafka says" }
        #expect(lines.contains { $0.level == .debug && $0.metadata["facility"]?.isEmpty == false })
    }
}
