import ChatifyCore
import ChatifyTestKit
import Foundation
import TestSupport
import Testing

@testable import ChatifyKafka

/// The log in Kafka keeps the laws of the ports, for two pods and over the crash of one.
@Suite(.timeLimit(.minutes(5))) struct KafkaConformanceTests {
    /// The laws about members that share partitions; the brokers take seconds for each that comes or goes.
    private static let sharing: Set = [
        EventLogCheck.aPartitionHasOneReader.name, EventLogCheck.leaversHandOver.name,
        EventLogCheck.staleCommitsAreIgnored.name,
    ]

    @Test(arguments: EventLogCheck.all.filter { !$0.requires.contains(.replay) })
    func log(check: EventLogCheck) async throws {
        let topic = try TestTopic()
        let membership: KafkaMembership = Self.sharing.contains(check.name) ? .shared : .alone
        try await topic.withLog { first in
            try await topic.withLog { second in
                try await topic.withLog { third in
                    let subject = EventLogSubject(
                        Self.view(of: first, membership),
                        partitions: topic.partitions,
                        another: { Self.view(of: second, membership) },
                        // What the pod had not sent is not asked for again: brokers keep all else.
                        restart: {
                            await first.close(within: .zero)
                            return Self.view(of: third, membership)
                        },
                        patience: .seconds(40)
                    )
                    try await check.run(on: subject)
                }
            }
        }
    }

    @Test(arguments: EventLogCheck.all.filter { $0.requires.contains(.replay) })
    func pastEvents(check: EventLogCheck) async throws {
        let isHarmful = !check.requires.isDisjoint(with: [.forgetting, .outage])
        let mock = isHarmful ? try MockKafka("--brokers", "1") : nil
        defer { withExtendedLifetime(mock) {} }
        let topic = try mock.map { try TestTopic(on: $0) } ?? TestTopic()
        // What cannot be found is looked for until the time is over; all else has as much as a slow machine takes.
        let time = Duration.seconds(check.requires.contains(.outage) ? 1 : 60)
        try await Self.withView(of: topic, time) { view, log in
            try await Self.withView(of: topic, time) { otherView, _ in
                let subject = EventLogSubject(
                    view,
                    partitions: topic.partitions,
                    another: { otherView },
                    restart: {
                        await log.close(within: .zero)
                        return otherView
                    },
                    forget: { try await topic.fill($0.partition) },
                    breakDown: { try mock?.tell("down -1") },
                    patience: .seconds(80)
                )
                try await check.run(on: subject)
            }
        }
    }

    /// A log seen by a pod that finds past events, within so much time.
    private static func withView(
        of topic: TestTopic,
        _ time: Duration,
        _ body: (EventLogView, KafkaLog) async throws -> Void
    ) async throws {
        try await topic.withLog { log in
            try await log.withReplaySource(KafkaReplayLimits(time: time)) { source in
                var view = self.view(of: log, .alone)
                view.replaySource = source
                try await body(view, log)
            }
        }
    }

    /// Groups belong to the cluster, not to a topic, and all these checks run on one.
    private static func view(of log: KafkaLog, _ membership: KafkaMembership) -> EventLogView {
        EventLogView(producer: log.producer) {
            let group = "\(log.configuration.topic)-\($0)"
            return try await log.makeConsumer(group: group, startingAt: $1, commits: $2, membership: membership)
        }
    }

    @Test(arguments: DeadLetterSinkCheck.all.filter { !$0.requires.contains(.outage) })
    func deadLetters(check: DeadLetterSinkCheck) async throws {
        let topic = try TestTopic()
        try await topic.withLog { log in
            try await topic.withLog { other in
                let subject = DeadLetterSinkSubject(
                    log.deadLetters,
                    letters: { try await other.keptDeadLetters.letters(limit: 1000).map(\.letter) },
                    restart: { await log.close(within: .zero) }
                )
                try await check.run(on: subject)
            }
        }
    }

    @Test func anOutageIsSaid() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock).withLog {
            $0.deliveryTimeout = .seconds(1)
        } _: { log in
            let subject = DeadLetterSinkSubject(log.deadLetters, breakDown: { try mock.tell("down -1") })
            try await DeadLetterSinkCheck.anOutageIsSaid.run(on: subject)
        }
    }
}
