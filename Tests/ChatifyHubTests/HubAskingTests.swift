import ChatifyCore
import ChatifyEventLoop
import ChatifySignalR
import TestSupport
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubAskingTests {
    private typealias Outcome = Result<HubValue, HubInvocationError>

    /// Starts to ask the client, and returns the task once the question is sent or refused.
    private static func ask(
        _ client: HubClient,
        _ arguments: [HubValue] = [],
        within timeout: Duration = .seconds(15)
    ) async -> Task<Outcome, Never> {
        let task = Task(executorPreference: client.loop) { [connection = client.connection] in
            do throws(HubInvocationError) {
                return Outcome.success(try await connection.value.invoke("Ask", arguments, within: timeout))
            } catch {
                return .failure(error)
            }
        }
        // The loop runs its jobs in order, so the task has come to its wait when this job runs.
        await client.onLoop { _ in }
        return task
    }

    private static func answer(_ id: String, _ rest: String) -> String {
        #"{"type":3,"invocationId":"\#(id)"\#(rest)}"#
    }

    @Test(
        arguments: [
            (#","result":{"a":1}"#, .success(.object([.init("a", .integer(1))]))),
            (#","result":null"#, .success(.null)),
            ("", .success(.null)), (#","error":"No.""#, .failure(HubInvocationError(.refused, "No."))),
        ] as [(String, Result<HubValue, HubInvocationError>)]
    )
    func `What the client answers is what the call gives`(
        answer: String,
        expected: Result<HubValue, HubInvocationError>
    ) async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            let asked = await Self.ask(client, [.string("x")])
            let records = await client.wait(forRecords: 2)
            #expect(records.last == #"{"type":1,"invocationId":"server-1","target":"Ask","arguments":["x"]}"#)
            await client.send(Self.answer("other", #","result":0"#), Self.answer("server-1", answer))
            #expect(await asked.value == expected)
            await client.send(Self.answer("server-1", #","result":0"#))
            #expect(await client.call("HeartbeatAsync").hasNullResult)
        }
    }

    @Test func `Answers may come in any order, beside the client's own calls`() async throws {
        try await withHub { rig in
            let client = try await rig.connectMessagePack()
            let (first, second) = (await Self.ask(client), await Self.ask(client))
            let asked = await client.wait(forMessages: 2)
            #expect(asked.last == .invocation(HubInvocation(id: "server-2", target: "Ask")))
            await client.send(
                .invocation(HubInvocation(id: "server-1", target: "HeartbeatAsync")),
                .completion(HubCompletion(id: "server-2", outcome: .result(.integer(2)))),
                .completion(HubCompletion(id: "server-1", outcome: .result(.integer(1))))
            )
            #expect(await first.value == .success(.integer(1)))
            #expect(await second.value == .success(.integer(2)))
        }
    }

    @Test func `Who does not answer in time has not answered`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            let start = ContinuousClock.now
            let asked = await Self.ask(client, within: .seconds(5))
            await client.onLoop { $0.tick(now: start + .seconds(4)) }
            #expect(await client.onLoop { $0.asked.count } == 1)
            await client.onLoop { $0.tick(now: .now + .seconds(6)) }
            #expect(await asked.value == .failure(HubInvocationError(.timedOut, "The client did not answer in time.")))
            await client.send(Self.answer("server-1", ""))
            #expect(await client.call("HeartbeatAsync").hasNullResult)
        }
    }

    @Test func `The end of the connection fails what waits`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            let asked = await Self.ask(client)
            await client.disconnect()
            #expect(await asked.value == .failure(.connectionClosed))
            #expect(await Self.ask(client).value == .failure(.connectionClosed))
        }
    }

    @Test func `A client that takes no more is closed, and the call fails`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            await client.refuseWrites()
            #expect(await Self.ask(client).value == .failure(.connectionClosed))
        }
    }

    @Test func `A client is asked nothing before its handshake`() async throws {
        try await withHub { rig in
            let client = try await rig.attach()
            #expect(await Self.ask(client).value == .failure(.connectionClosed))
            #expect(client.records.isEmpty)
        }
    }

    @Test func `Only so many wait at once`() async throws {
        var configuration = HubConfiguration()
        configuration.maximumClientInvocations = 1
        try await withHub(configuration) { rig in
            let client = try await rig.connect()
            let first = await Self.ask(client)
            guard case .failure(let error) = await Self.ask(client).value else {
                Issue.record("expected a refusal")
                return
            }
            #expect(error.code == .tooMany)
            await client.send(Self.answer("server-1", ""))
            #expect(await first.value == .success(.null))
        }
    }

    @Test func `A task that is cancelled waits no longer`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            let asked = await Self.ask(client)
            asked.cancel()
            #expect(await asked.value == .failure(HubInvocationError(.cancelled, "The task was cancelled.")))
            #expect(await client.onLoop { $0.asked.count } == 0)
        }
    }
}
