import TestSupport
import Testing

@testable import ChatifySignalR

@Suite struct StatefulReconnectTests {
    /// What happens to the machine, and what it must make of that.
    enum Step: Sendable {
        case send(Int, bytes: Int = 10, kept: Bool = true)
        case receive(HubMessage, StatefulReconnect.Verdict)
        case lose(until: Double)
        case attach(sequence: Int64, records: Int)
        case tick(Double, StatefulReconnect.Due)
        case kept(Int)
    }

    private static let item = HubMessage.completion(HubCompletion(id: "1", outcome: .void))
    private static let ackFault = StatefulReconnect.Verdict.fault("an acknowledgement of what was not sent")
    private static let sequenceFault = StatefulReconnect.Verdict.fault("a sequence that leaves messages out")

    private static let counted: [HubMessage] = [
        .invocation(HubInvocation(id: nil, target: "T", arguments: [])),
        .streamInvocation(HubInvocation(id: "1", target: "T", arguments: [])),
        .streamItem(HubStreamItem(id: "1", item: .null)),
        .completion(HubCompletion(id: "1", outcome: .void)),
        .cancelInvocation(id: "1"),
    ]

    static let stories: [(name: String, steps: [Step])] = [
        ("nothing was sent", [.attach(sequence: 1, records: 0)]),
        (
            "all that was sent is sent again",
            [.send(1), .send(2), .lose(until: 9), .send(1), .attach(sequence: 1, records: 30)]
        ),
        (
            "what is acknowledged is not",
            [
                .send(1), .send(1), .send(1), .receive(.ack(2), .drop), .kept(10), .attach(sequence: 3, records: 10),
                .receive(.sequence(1), .drop), .receive(.ack(3), .drop), .kept(0), .attach(sequence: 4, records: 0),
            ]
        ),
        (
            "records that are sent together are acknowledged together",
            [
                .send(3), .send(1), .receive(.ack(2), .drop), .kept(20), .attach(sequence: 1, records: 20),
                .receive(.sequence(1), .drop), .receive(.ack(3), .drop), .kept(10), .attach(sequence: 4, records: 10),
            ]
        ),
        (
            "an acknowledgement that is late or repeated changes nothing",
            [
                .send(1), .send(1), .receive(.ack(1), .drop), .receive(.ack(1), .drop), .receive(.ack(0), .drop),
                .receive(.ack(-5), .drop), .kept(10),
            ]
        ),
        ("an acknowledgement of what was not sent", [.send(1), .receive(.ack(2), Self.ackFault)]),
        ("an acknowledgement before anything was sent", [.receive(.ack(0), .drop), .receive(.ack(1), Self.ackFault)]),
        (
            "a full buffer takes nothing more, until something is acknowledged",
            [
                .send(1, bytes: 60), .send(1, bytes: 41, kept: false), .send(1, bytes: 40),
                .send(1, bytes: 1, kept: false),
                .receive(.ack(1), .drop), .send(1, bytes: 60), .attach(sequence: 2, records: 100),
            ]
        ),
        ("no messages are not kept", [.send(0, bytes: 1000), .kept(0), .attach(sequence: 1, records: 0)]),
        (
            "what is received is acknowledged once",
            [
                .tick(1, .nothing), .receive(Self.item, .take), .receive(Self.item, .take), .tick(2, .acknowledge(2)),
                .tick(3, .nothing), .receive(.ping, .take), .tick(4, .nothing),
            ]
        ),
        (
            "what is received twice is dropped, and acknowledged again",
            [
                .receive(Self.item, .take), .receive(Self.item, .take), .tick(1, .acknowledge(2)), .lose(until: 9),
                .attach(sequence: 1, records: 0), .receive(.sequence(1), .drop), .receive(Self.item, .drop),
                .receive(Self.item, .drop), .tick(2, .acknowledge(2)), .receive(Self.item, .take),
                .tick(3, .acknowledge(3)),
            ]
        ),
        (
            "the client begins with what is new",
            [
                .receive(Self.item, .take), .attach(sequence: 1, records: 0), .receive(.sequence(2), .drop),
                .receive(Self.item, .take),
            ]
        ),
        (
            "everything is ignored until the client says where it begins",
            [
                .attach(sequence: 1, records: 0), .receive(Self.item, .drop), .receive(.ping, .drop),
                .receive(.close(HubClose()), .drop), .receive(.ack(99), .drop), .receive(.sequence(1), .drop),
                .receive(Self.item, .take), .receive(.close(HubClose()), .take),
            ]
        ),
        ("a sequence from the future", [.receive(Self.item, .take), .receive(.sequence(3), Self.sequenceFault)]),
        (
            "a sequence from the future, after one from the past",
            [.receive(Self.item, .take), .receive(.sequence(1), .drop), .receive(.sequence(3), Self.sequenceFault)]
        ),
        ("a sequence before the first", [.receive(.sequence(0), Self.sequenceFault)]),
        ("a negative sequence", [.receive(.sequence(.min), Self.sequenceFault)]),
        ("the greatest sequence", [.receive(.sequence(.max), Self.sequenceFault)]),
        (
            "a sequence is allowed at any time",
            [
                .receive(.sequence(1), .drop), .receive(Self.item, .take), .receive(.sequence(1), .drop),
                .receive(Self.item, .drop),
            ]
        ),
        ("nobody comes", [.lose(until: 30), .tick(29.9, .nothing), .tick(30, .expire)]),
        (
            "somebody comes in time",
            [
                .lose(until: 30), .attach(sequence: 1, records: 0), .tick(14.9, .nothing),
                .receive(.sequence(1), .drop),
                .tick(1000, .nothing),
            ]
        ),
        ("no sequence comes", [.attach(sequence: 1, records: 0), .tick(14.9, .nothing), .tick(15, .sequenceTimeout)]),
    ]

    @Test(arguments: Self.stories)
    func follows(_ story: (name: String, steps: [Step])) {
        var machine = StatefulReconnect(limit: 100)
        for step in story.steps {
            switch step {
            case .send(let count, let bytes, let kept):
                let isKept = machine.keep([UInt8](repeating: 0, count: bytes), count: count)
                #expect(isKept == kept)
            case .receive(let message, let verdict):
                let answer = machine.receive(message)
                #expect(answer == verdict)
            case .lose(let deadline): machine.lose(until: .seconds(deadline))
            case .attach(let sequence, let records):
                let again = machine.attach(until: .seconds(15))
                #expect(again.sequence == sequence && again.records.count == records)
            case .tick(let time, let due):
                let answer = machine.tick(now: .seconds(time))
                #expect(answer == due)
            case .kept(let count): #expect(machine.keptBytes == count)
            }
        }
    }

    @Test(arguments: Self.counted)
    func counts(_ message: HubMessage) {
        var machine = StatefulReconnect(limit: 100)
        #expect(machine.receive(message) == .take)
        #expect(machine.tick(now: .start) == .acknowledge(1))
    }

    /// Two machines over sockets that break wherever they like: each side hears what the other says, in order, once.
    @Test(arguments: 0..<50)
    func losesNothing(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var (sender, receiver) = (StatefulReconnect(limit: .max), StatefulReconnect(limit: .max))
        var (said, heard, wire): (UInt8, [UInt8], [UInt8]) = (0, [], [])
        func deliver(_ count: Int) {
            for byte in wire.prefix(count) {
                if receiver.receive(.streamItem(HubStreamItem(id: "\(byte)", item: .null))) == .take {
                    heard.append(byte)
                }
            }
            wire.removeFirst(min(count, wire.count))
        }
        for _ in 0..<120 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let records = Array(said..<(said + UInt8.random(in: 0...2, using: &random)))
                said += UInt8(records.count)
                let isKept = sender.keep(records, count: records.count)
                #expect(isKept)
                wire += records
            case 4..<7: deliver(Int.random(in: 0...4, using: &random))
            case 7:
                guard case .acknowledge(let number) = receiver.tick(now: .start) else { break }
                #expect(sender.receive(.ack(number)) == .drop)
            default:
                let again = sender.attach(until: .seconds(15))
                #expect(sender.receive(.sequence(1)) == .drop)
                _ = receiver.attach(until: .seconds(15))
                #expect(receiver.receive(.sequence(again.sequence)) == .drop)
                wire = again.records
            }
        }
        deliver(.max)
        #expect(heard == Array(0..<said))
    }
}
