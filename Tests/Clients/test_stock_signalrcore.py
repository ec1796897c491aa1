"""The stock signalrcore client over every transport, used as its users use it (without automatic reconnect)."""

import queue
import threading

import pytest
from signalrcore.protocol.base_hub_protocol import BaseHubProtocol
from signalrcore.types import HttpTransportType

from byte_stream import WAIT
from event_rules import check_enriched, check_pushed
from stock_signalrcore import Member


@pytest.fixture(scope="module")
def server(start_server):
    """A server that pings and answers polls every second.

    The client's stop returns only when its reading thread gets something, and of several records in the answer to a
    poll it takes one, and the next when another poll was answered.
    """
    return start_server(Hub__KeepAliveSeconds="1", Hub__PollTimeoutSeconds="1")


@pytest.fixture(params=list(HttpTransportType), ids=lambda transport: transport.name)
def connect(server, request):
    """Connects users by each transport."""
    yield from connecting(server, request.param)


@pytest.fixture(params=[HttpTransportType.web_sockets, HttpTransportType.server_sent_events], ids=lambda each: each.name)
def connect_fast(server, request):
    """Connects users by the transports that this client reads as fast as they come."""
    yield from connecting(server, request.param)


def connecting(server, transport: HttpTransportType):
    """Connects users; all are stopped at the end, and none may have been closed before."""
    members: list[Member] = []

    def make(user: str, protocol: BaseHubProtocol | None = None) -> Member:
        members.append(Member(server, user, transport, protocol))
        return members[-1]

    yield make
    closed = [member.closed.is_set() for member in members]
    stops = [threading.Thread(target=member.connection.stop) for member in members]
    for stop in stops:
        stop.start()
    for stop in stops:
        stop.join(WAIT)
    assert not any(closed), "the server closed a connection"


def test_join_send_receive_leave(connect, scope):
    alice, bob, outsider = connect("alice"), connect("bob"), connect("carol")
    for member in (alice, bob):
        assert member.result("JoinScopeAsync", scope) is None
    outsider.result("JoinScopeAsync", f"{scope}-other")
    check_enriched(alice.say(scope, "Hello"), scope, "alice", "Hello")
    for member in (alice, bob):
        check_pushed(member.hear("Hello")[0], scope, "alice", "Hello")
    outsider.hears_nothing()
    assert bob.result("LeaveScopeAsync", scope) is None
    alice.say(scope, "to nobody but me")
    alice.hear("to nobody but me")
    bob.hears_nothing()


def test_errors_leave_the_connection_open(connect, scope):
    alice = connect("alice")
    alice.result("JoinScopeAsync", scope)
    for bad in ({"scopeId": "", "text": "x"}, {"scopeId": scope, "text": "x" * 4097}):
        assert "HubException: VALIDATION_ERROR: " in alice.error("SendAsync", {"scopeType": 0} | bad)
    assert alice.error("NoSuchMethod").endswith("HubException: Method does not exist.")
    alice.say(scope, "")
    alice.say(scope, "x" * 4096)
    alice.hear("", "x" * 4096)


def test_joining_twice_is_one_delivery(connect, scope):
    alice = connect("alice")
    alice.result("JoinScopeAsync", scope)
    alice.result("JoinScopeAsync", scope)
    alice.say(scope, "once")
    alice.say(scope, "fence")
    alice.hear("once", "fence")


def test_direct_messages_are_not_seen_by_strangers(connect, names):
    first, second = names("alice"), names("bob")
    scope = f"{first}-{second}"
    alice, bob, mallory = connect(first), connect(second), connect(names("mallory"))
    for member in (alice, bob, mallory):
        member.result("JoinScopeAsync", scope)
    alice.say(scope, "secret", 1)
    alice.say(scope, "fence", 0)
    alice.hear("secret", "fence")
    bob.hear("secret", "fence")
    mallory.hear("fence")


def test_1000_pipelined_sends_at_five_receivers(connect_fast, scope):
    connect = connect_fast
    alice, receivers = connect("alice"), [connect(f"receiver{index}") for index in range(5)]
    for receiver in receivers:
        receiver.result("JoinScopeAsync", scope)
    texts = [str(index) for index in range(1000)]
    answers: queue.Queue = queue.Queue()
    for text in texts:
        alice.connection.send("SendAsync", [{"scopeType": 0, "scopeId": scope, "text": text}], answers.put)
    answered = [answers.get(timeout=WAIT).result["chatEvent"]["text"] for _ in texts]
    assert answered == texts
    for receiver in receivers:
        events = receiver.hear(*texts)
        assert len({event["messageId"] for event in events}) == 1000
