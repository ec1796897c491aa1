"""The stock signalrcore client over WebSockets, used as its users use it (without automatic reconnect)."""

import logging
import queue
import threading

import pytest
from signalrcore.hub_connection_builder import HubConnectionBuilder
from signalrcore.protocol.base_hub_protocol import BaseHubProtocol

from byte_stream import QUIET, WAIT
from event_rules import check_enriched, check_pushed


class Member:
    """One started signalrcore connection with what it received."""

    def __init__(self, server, user: str, protocol: BaseHubProtocol | None = None):
        self.events: queue.Queue[dict] = queue.Queue()
        self.errors: queue.Queue = queue.Queue()
        self.closed = threading.Event()
        opened = threading.Event()
        builder = (
            HubConnectionBuilder()
            .with_url(f"{server.origin}/hubs/chat?user={user}", options={"verify_ssl": False})
            .configure_logging(logging.CRITICAL)
        )
        self.connection = (builder.with_hub_protocol(protocol) if protocol else builder).build()
        self.connection.on("ReceiveMessage", lambda arguments: self.events.put(arguments[0]))
        self.connection.on_open(opened.set)
        self.connection.on_close(self.closed.set)
        self.connection.on_error(self.errors.put)
        self.connection.start()
        assert opened.wait(WAIT), "the connection did not open"

    def result(self, method: str, *arguments):
        """Invokes a method that must succeed and answers its result."""
        answers: queue.Queue = queue.Queue()
        self.connection.send(method, list(arguments), answers.put)
        try:
            return answers.get(timeout=WAIT).result
        except queue.Empty:
            errors = list(self.errors.queue)
            raise AssertionError(f"{method} was not answered; errors: {[str(error) for error in errors]}") from None

    def error(self, method: str, *arguments) -> str:
        """Invokes a method that must fail and answers the error text."""
        self.connection.send(method, list(arguments))
        return self.errors.get(timeout=WAIT).error

    def say(self, scope: str, text: str, scope_type: int = 0) -> dict:
        return self.result("SendAsync", {"scopeType": scope_type, "scopeId": scope, "text": text})

    def hear(self, *texts: str) -> list[dict]:
        heard = [self.events.get(timeout=WAIT) for _ in texts]
        assert [event["text"] for event in heard] == list(texts)
        return heard

    def hears_nothing(self) -> None:
        self.result("HeartbeatAsync")
        with pytest.raises(queue.Empty):
            self.events.get(timeout=QUIET)


@pytest.fixture(scope="module")
def server(start_server):
    """A server that pings every second: the client's stop returns only when its reading thread gets something."""
    return start_server(Hub__KeepAliveSeconds="1")


@pytest.fixture
def connect(server):
    """Connects users; all are stopped at the end, and none may have been closed before."""
    members: list[Member] = []

    def make(user: str, protocol: BaseHubProtocol | None = None) -> Member:
        members.append(Member(server, user, protocol))
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


def test_1000_pipelined_sends_at_five_receivers(connect, scope):
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
