"""Chatting over the raw hub: membership, order, errors and leaving (signalr.md section 11, cases 10 to 12)."""

import pytest

from event_rules import check_enriched, check_pushed
from hub_transports import TRANSPORTS
from raw_hub import CHANNEL, DIRECT_MESSAGE, RawHub, sending

THREW = "An unexpected error occurred invoking 'SendAsync' on the server. HubException: "


def connecting(server, transport):
    """Connects users; all are dropped at the end of the test."""
    hubs: list[RawHub] = []

    def make(user: str, *scopes: str) -> RawHub:
        hub = transport(server.address, user)
        hubs.append(hub)
        for scope in scopes:
            hub.join(scope)
        return hub

    yield make
    for hub in hubs:
        hub.disconnect()


@pytest.fixture(params=TRANSPORTS)
def connect(server, request):
    """Connects users by each transport."""
    yield from connecting(server, TRANSPORTS[request.param])


@pytest.fixture
def connect_websocket(server):
    """Connects users by WebSockets."""
    yield from connecting(server, RawHub)


def test_message_reaches_members_and_nobody_else(connect, scope):
    alice, bob = connect("alice", scope), connect("bob", scope)
    outsider, elsewhere = connect("carol"), connect("dave", f"{scope}-other")
    check_enriched(alice.say(scope, "Hello"), scope, "alice", "Hello")
    for member in (alice, bob):
        check_pushed(member.hear("Hello")[0], scope, "alice", "Hello")
    for other in (outsider, elsewhere):
        other.hears_nothing()


def test_answer_and_event_are_the_same_message(connect, scope):
    alice = connect("alice", scope)
    answer = alice.say(scope, "one")
    (event,) = alice.hear("one")
    place = {"partition": answer["partition"], "offset": answer["offset"]}
    assert event == answer["chatEvent"] | place


def test_client_cannot_choose_what_the_pod_sets(connect, scope):
    alice = connect("alice", scope)
    forged = {
        "messageId": "00000000-0000-0000-0000-000000000000",
        "senderId": "mallory",
        "createdAtUtc": "2001-01-01T00:00:00.000Z",
        "originPodId": "elsewhere",
    }
    answer = alice.result("SendAsync", forged | {"scopeType": 0, "scopeId": scope, "text": "mine"})
    check_enriched(answer, scope, "alice", "mine")
    assert answer["chatEvent"]["messageId"] != forged["messageId"]
    assert answer["chatEvent"]["createdAtUtc"] > forged["createdAtUtc"]


def test_joining_twice_is_one_membership(connect, scope):
    alice = connect("alice", scope, scope)
    alice.say(scope, "first")
    alice.say(scope, "fence")
    alice.hear("first", "fence")
    assert alice.result("LeaveScopeAsync", scope) is None
    alice.say(scope, "after leaving")
    alice.hears_nothing()


def test_leaving_without_joining_and_joining_again(connect, scope):
    alice, bob = connect("alice"), connect("bob", scope)
    assert alice.result("LeaveScopeAsync", scope) is None
    alice.join(scope)
    bob.say(scope, "one")
    alice.hear("one")
    assert alice.result("LeaveScopeAsync", scope) is None
    bob.say(scope, "two")
    bob.hear("one", "two")
    alice.join(scope)
    bob.say(scope, "three")
    alice.hear("three")


def test_methods_are_found_in_any_case(connect, scope):
    alice = connect("alice")
    assert alice.result("joinscopeasync", scope) is None
    assert alice.result("SENDASYNC", {"ScopeType": 0, "SCOPEID": scope, "Text": "any case"})
    alice.hear("any case")


@pytest.mark.parametrize("scope_type", [0, "Channel", "channel", "CHANNEL"])
def test_scope_types_by_number_and_name(connect, scope, scope_type):
    alice = connect("alice", scope)
    check_enriched(alice.say(scope, "typed", scope_type), scope, "alice", "typed")
    alice.hear("typed")


def test_direct_messages_are_not_seen_by_strangers(connect, names):
    """A stranger's join is of the channel; both kinds share a partition, so the channel's message is a fence."""
    first, second = names("alice"), names("bob")
    scope = f"{first}-{second}"
    alice, bob, mallory = connect(first, scope), connect(second, scope), connect(names("mallory"), scope)
    check_enriched(alice.say(scope, "secret", DIRECT_MESSAGE), scope, first, "secret", DIRECT_MESSAGE)
    alice.say(scope, "fence", CHANNEL)
    for member in (alice, bob):
        check_pushed(member.hear("secret", "fence")[0], scope, first, "secret", DIRECT_MESSAGE)
    mallory.hear("fence")
    mallory.hears_nothing()


def test_joining_a_stranger_s_direct_messages_is_refused(connect, names):
    scope = f"{names('alice')}-{names('bob')}"
    mallory, alice = connect(names("mallory")), connect(names("alice"), scope)
    assert mallory.error("JoinScopeAsync", scope, DIRECT_MESSAGE)
    alice.say(scope, "secret", DIRECT_MESSAGE)
    alice.hear("secret")
    mallory.hears_nothing()


def test_joining_one_kind_of_scope(connect, names):
    first, second = names("alice"), names("bob")
    scope = f"{first}-{second}"
    alice, bob = connect(first), connect(second, scope)
    alice.join(scope, DIRECT_MESSAGE)
    bob.say(scope, "channel", CHANNEL)
    bob.say(scope, "direct", DIRECT_MESSAGE)
    alice.hear("direct")
    assert alice.result("LeaveScopeAsync", scope, DIRECT_MESSAGE) is None
    alice.join(scope, CHANNEL)
    bob.say(scope, "direct", DIRECT_MESSAGE)
    bob.say(scope, "channel", CHANNEL)
    alice.hear("channel")


@pytest.mark.parametrize("message", [
    pytest.param({"scopeType": 0, "scopeId": "", "text": "x"}, id="empty scope"),
    pytest.param({"scopeType": 0, "scopeId": " \t ", "text": "x"}, id="blank scope"),
    pytest.param({"scopeType": 0, "scopeId": "s" * 257, "text": "x"}, id="long scope"),
    pytest.param({"scopeType": 0, "scopeId": "s", "text": "x" * 4097}, id="4097 characters"),
    pytest.param({"scopeType": 0, "scopeId": "s", "text": "\U0001f642" * 2049}, id="4098 UTF-16 units"),
])
def test_policy_violations(connect, message):
    alice = connect("alice")
    assert alice.error("SendAsync", message).startswith(f"{THREW}VALIDATION_ERROR: ")
    assert alice.result("HeartbeatAsync") is None


@pytest.mark.parametrize("text", ["", "x" * 4096, "\U0001f642" * 2048, "\u20ac" * 4096])
def test_texts_at_the_limits(connect, scope, text):
    alice = connect("alice", scope)
    alice.say(scope, text)
    alice.hear(text)


def test_longest_scope_id(connect, scope):
    longest = scope + "\u00e9" * (256 - len(scope))
    alice = connect("alice", longest)
    alice.say(longest, "still fits")
    alice.hear("still fits")


@pytest.mark.parametrize("method, arguments", [
    ("SendAsync", []),
    ("SendAsync", ["text"]),
    ("SendAsync", [{"scopeType": 0, "scopeId": 5, "text": "x"}]),
    ("SendAsync", [{"scopeType": 0, "scopeId": "s", "text": "x"}, "more"]),
    ("JoinScopeAsync", []),
    ("JoinScopeAsync", [7]),
    ("JoinScopeAsync", ["s", 0, 1]),
    ("HeartbeatAsync", ["unexpected"]),
])
def test_arguments_that_do_not_bind(connect, method, arguments):
    alice = connect("alice")
    assert alice.error(method, *arguments) == f"Failed to invoke '{method}' due to an error on the server."
    assert alice.result("HeartbeatAsync") is None


def test_joining_an_empty_scope_fails(connect):
    alice = connect("alice")
    error = alice.error("JoinScopeAsync", "")
    assert error.startswith("An unexpected error occurred invoking 'JoinScopeAsync' on the server.")
    assert alice.result("HeartbeatAsync") is None


@pytest.mark.parametrize("method", ["NoSuchMethod", " ", "ReceiveMessage", "Dispose", "\u00e9"])
def test_unknown_methods(connect, method):
    alice = connect("alice")
    expected = f"Failed to invoke '{method}' due to an error on the server. HubException: Method does not exist."
    assert alice.error(method) == expected


def test_streaming_call_of_a_plain_method(connect):
    alice = connect("alice")
    alice.send({"type": 4, "invocationId": "s", "target": "HeartbeatAsync", "arguments": []})
    error = "The client attempted to invoke the non-streaming 'HeartbeatAsync' method with a streaming invocation."
    assert alice.read_completion("s") == {"type": 3, "invocationId": "s", "error": error}


def test_1000_pipelined_sends(connect, scope):
    """Completions in order, and at every receiver each event once, in the same order."""
    alice = connect("alice", scope)
    receivers = [connect(f"receiver{index}", scope) for index in range(3)]
    ids = [str(index) for index in range(1000)]
    for start in range(0, 1000, 100):
        alice.send(*(sending(scope, id, id=id) for id in ids[start : start + 100]))
    completions = [alice.read_completion(id) for id in ids]
    assert [completion["result"]["chatEvent"]["text"] for completion in completions] == ids
    offsets = [completion["result"]["offset"] for completion in completions]
    assert offsets == sorted(set(offsets)), "offsets of one partition must grow"
    stamps = [completion["result"]["chatEvent"]["createdAtUtc"] for completion in completions]
    assert stamps == sorted(stamps)
    for receiver in (alice, *receivers):
        events = receiver.hear(*ids)
        assert len({event["messageId"] for event in events}) == 1000
        assert [event["offset"] for event in events] == offsets


def close_record(hub: RawHub) -> None:
    """The client says goodbye by a record: the server ends without an error."""
    hub.send({"type": 7})
    assert hub.websocket.read_close() == 1000
    hub.websocket.finish()


def half_a_frame_and_reset(hub: RawHub) -> None:
    hub.websocket.stream.write(b"\x81\xfe\x10\x00\x01\x02\x03\x04 only the beginning")
    hub.websocket.reset()


@pytest.mark.parametrize("leave", [
    pytest.param(close_record, id="close record"),
    pytest.param(RawHub.leave, id="websocket close"),
    pytest.param(lambda hub: hub.websocket.reset(), id="reset"),
    pytest.param(half_a_frame_and_reset, id="reset within a frame"),
    pytest.param(lambda hub: hub.websocket.disconnect(), id="end of stream"),
])
def test_room_goes_on_when_a_member_leaves(connect_websocket, scope, leave):
    connect = connect_websocket
    alice, bob, leaver = connect("alice", scope), connect("bob", scope), connect("carol", scope)
    alice.say(scope, "before")
    leaver.hear("before")
    leave(leaver)
    texts = [f"after {index}" for index in range(20)]
    for text in texts:
        alice.say(scope, text)
    for member in (alice, bob):
        member.hear("before", *texts)
    returned = connect("carol", scope)
    alice.say(scope, "welcome back")
    returned.hear("welcome back")


def test_calls_sent_just_before_leaving_still_count(connect, scope):
    """A send and the close record in one write: the send was accepted, so the room hears it."""
    alice, bob = connect("alice", scope), connect("bob")
    bob.send(sending(scope, "bye", id="1"), {"type": 7})
    alice.hear("bye")


def test_same_user_on_two_connections(connect, scope):
    one, two = connect("alice", scope), connect("alice", scope)
    one.say(scope, "to both")
    one.hear("to both")
    two.hear("to both")
    one.leave()
    two.say(scope, "to the other")
    two.hear("to the other")
