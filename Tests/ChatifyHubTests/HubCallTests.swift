import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubCallTests {
    @Test(arguments: [
        ("JoinScopeAsync", #"["general"]"#), ("joinscopeasync", #"["general",0]"#),
        ("JOINSCOPEASYNC", #"["general","Channel"]"#), ("JoinScopeAsync", #"["general",null]"#),
        ("LeaveScopeAsync", #"["never joined"]"#), ("LeaveScopeAsync", #"["never joined",1]"#),
        ("HeartbeatAsync", "[]"),
    ])
    func `Methods without a result answer null`(_ target: String, _ arguments: String) async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            #expect(await client.call(target, arguments).hasNullResult)
        }
    }

    @Test func `Sending answers the stored event`() async throws {
        try await withHub { rig in
            let client = try await rig.connect("alice")
            let reply = await client.call(
                "sendasync",
                #"[{"text":"Hi","ignored":[1],"ScopeId":"general","SCOPETYPE":0}]"#
            )
            #expect(reply.sentText == "Hi")
            let event = try #require(rig.producer.begun.all.first)
            #expect(event.senderID == UserID(unchecked: "alice"))
            #expect(event.scope == .channel(ScopeID(unchecked: "general")))
            #expect(event.originPodID == PodID(unchecked: "pod-0"))
        }
    }

    /// The wording of signalr.md §7.
    @Test(arguments: [
        ("Nope", "[]", "Failed to invoke 'Nope' due to an error on the server. HubException: Method does not exist."),
        ("JoinScopeAsync", "[]", Self.cannotBind("JoinScopeAsync")),
        ("JoinScopeAsync", "[1]", Self.cannotBind("JoinScopeAsync")),
        ("JoinScopeAsync", "[null]", Self.cannotBind("JoinScopeAsync")),
        ("joinScopeAsync", #"["a",0,1]"#, Self.cannotBind("joinScopeAsync")),
        ("JoinScopeAsync", #"["a",{}]"#, Self.cannotBind("JoinScopeAsync")),
        ("JoinScopeAsync", #"["a","0"]"#, Self.cannotBind("JoinScopeAsync")),
        ("JoinScopeAsync", #"["a",2]"#, Self.invalid("JoinScopeAsync", "scopeType must be 0 or 1.")),
        ("JoinScopeAsync", #"[" "]"#, Self.invalid("JoinScopeAsync", Self.blankID)),
        ("JoinScopeAsync", #"["bob-carol",1]"#, Self.unauthorized("JoinScopeAsync")),
        ("ResumeScopeAsync", #"["a"]"#, Self.cannotBind("ResumeScopeAsync")),
        ("ResumeScopeAsync", #"["a",0,0]"#, Self.cannotBind("ResumeScopeAsync")),
        ("ResumeScopeAsync", #"["a",{"partition":0}]"#, Self.cannotBind("ResumeScopeAsync")),
        ("ResumeScopeAsync", #"["a",{"partition":0,"offset":1.5}]"#, Self.cannotBind("ResumeScopeAsync")),
        ("ResumeScopeAsync", #"["a",{"partition":"0","offset":1}]"#, Self.cannotBind("ResumeScopeAsync")),
        ("ResumeScopeAsync", #"["a",{"partition":0,"offset":1},0,0]"#, Self.cannotBind("ResumeScopeAsync")),
        (
            "ResumeScopeAsync", #"["a",{"partition":-1,"offset":1}]"#,
            Self.invalid("ResumeScopeAsync", "partition must be 0 to 2147483647.")
        ),
        (
            "ResumeScopeAsync", #"["a",{"partition":0,"offset":-1}]"#,
            Self.invalid("ResumeScopeAsync", "offset must be 0 to 9007199254740991.")
        ),
        (
            "ResumeScopeAsync", #"["a",{"partition":0,"offset":9223372036854775807}]"#,
            Self.invalid("ResumeScopeAsync", "offset must be 0 to 9007199254740991.")
        ),
        (
            "ResumeScopeAsync", #"["a",{"partition":0,"offset":1},2]"#,
            Self.invalid("ResumeScopeAsync", "scopeType must be 0 or 1.")
        ),
        (
            "ResumeScopeAsync", #"["bob-carol",{"partition":0,"offset":1},1]"#, Self.unauthorized("ResumeScopeAsync")
        ),
        ("LeaveScopeAsync", "[]", Self.cannotBind("LeaveScopeAsync")),
        ("HeartbeatAsync", "[1]", Self.cannotBind("HeartbeatAsync")),
        ("SendAsync", "[]", Self.cannotBind("SendAsync")),
        ("SendAsync", #"["text"]"#, Self.cannotBind("SendAsync")),
        ("SendAsync", #"[{"scopeId":1,"text":"x"}]"#, Self.cannotBind("SendAsync")),
        ("SendAsync", #"[{"scopeId":"a","scopeType":null,"text":"x"}]"#, Self.cannotBind("SendAsync")),
        ("SendAsync", #"[{"scopeId":"a"}]"#, Self.invalid("SendAsync", "text must be given.")),
        ("SendAsync", #"[{"text":"x"}]"#, Self.invalid("SendAsync", Self.blankID)),
        (
            "SendAsync", #"[{"scopeId":"a","scopeType":7,"text":"x"}]"#,
            Self.invalid("SendAsync", "scopeType must be 0 or 1.")
        ),
        ("SendAsync", #"[{"scopeId":"bob-carol","scopeType":1,"text":"x"}]"#, Self.unauthorized("SendAsync")),
    ])
    func `A call that cannot be made is told why`(_ target: String, _ arguments: String, _ error: String) async throws {
        try await withHub { rig in
            let client = try await rig.connect("alice")
            #expect(await client.call(target, arguments).error == error)
            #expect(await client.call("HeartbeatAsync").hasNullResult, "the connection stays open")
            #expect(rig.producer.begun.all.isEmpty)
        }
    }

    private static let blankID = "scopeId must have 1 to 256 characters and not be blank."

    private static func cannotBind(_ target: String) -> String {
        "Failed to invoke '\(target)' due to an error on the server."
    }

    private static func unauthorized(_ target: String) -> String {
        "Failed to invoke '\(target)' because user is unauthorized"
    }

    private static func invalid(_ target: String, _ message: String) -> String {
        "An unexpected error occurred invoking '\(target)' on the server. HubException: VALIDATION_ERROR: \(message)"
    }

    @Test func `Failures of sending carry their code and no inner detail`() async throws {
        try await withHub(sendThreshold: 1) { rig in
            let client = try await rig.connect("alice")
            let prefix = "An unexpected error occurred invoking 'SendAsync' on the server. HubException: "
            let tooLong = String(repeating: "x", count: 4097)
            let arguments = #"[{"scopeId":"a","text":"x"}]"#
            #expect(
                await client.call("SendAsync", #"[{"scopeId":"a","text":"\#(tooLong)"}]"#).error
                    == prefix + "VALIDATION_ERROR: text must have at most 4096 characters."
            )
            rig.producer.fail(with: ChatError(.unavailable, "broker 10.0.0.7 is down"))
            #expect(
                await client.call("SendAsync", arguments).error
                    == prefix + "EVENT_PRODUCTION_FAILED: The message could not be stored; try again."
            )
            let limited = await client.call("SendAsync", arguments).error
            #expect(limited?.hasPrefix(prefix + "RATE_LIMIT_EXCEEDED: Too many messages") == true)
        }
    }

    @Test(arguments: [
        (
            "SendAsync",
            "The client attempted to invoke the non-streaming 'SendAsync' method with a streaming invocation."
        ),
        ("Nope", "Failed to invoke 'Nope' due to an error on the server. HubException: Method does not exist."),
    ])
    func `Nothing here streams`(_ target: String, _ error: String) async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            await client.send(#"{"type":4,"invocationId":"s","target":"\#(target)","arguments":[]}"#)
            #expect(await client.reply(to: "s").error == error)
            let streamed = #"{"type":1,"invocationId":"t","target":"HeartbeatAsync","arguments":[],"streamIds":["1"]}"#
            await client.send(streamed)
            #expect(await client.reply(to: "t").error == Self.cannotBind("HeartbeatAsync"))
        }
    }

    @Test func `Calls without an id are never answered`() async throws {
        try await withHub { rig in
            let client = try await rig.connect("alice")
            await client.send(
                HubClient.invocation("Nope"),
                HubClient.invocation("JoinScopeAsync", "[]"),
                HubClient.invocation("JoinScopeAsync", #"["bob-carol",1]"#),
                HubClient.message("quiet"),
                #"{"type":1,"invocationId":"","target":"HeartbeatAsync","arguments":[]}"#,
                #"{"type":1,"invocationId":null,"target":"HeartbeatAsync","arguments":[]}"#
            )
            await client.call("HeartbeatAsync", id: "last")
            #expect(client.events.all.replies.map(\.invocationID) == [nil, "last"])
            #expect(rig.producer.begun.all.map(\.text) == ["quiet"])
        }
    }

    @Test func `Messages that ask nothing of the hub answer nothing`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            await client.send(
                #"{"type":6}"#,
                #"{"type":99}"#,
                #"{"type":5,"invocationId":"x"}"#,
                #"{"type":3,"invocationId":"x","result":1}"#,
                #"{"type":2,"invocationId":"x","item":1}"#,
                #"{"type":8,"sequenceId":1}"#
            )
            await client.call("HeartbeatAsync", id: "last")
            #expect(client.records.count == 2)
        }
    }
}
