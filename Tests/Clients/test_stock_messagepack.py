"""The stock pysignalr and signalrcore clients with MessagePack, beside clients with JSON."""

import queue

import pytest
from pysignalr.protocol.messagepack import MessagepackProtocol
from signalrcore.protocol.messagepack_protocol import MessagePackHubProtocol
from signalrcore.types import HttpTransportType

from byte_stream import WAIT
from event_rules import check_enriched, check_pushed
from raw_hub import RawHub
from stock_pysignalr import Member
from test_stock_pysignalr import chat
from test_stock_signalrcore import connecting, server  # noqa: F401, a fixture


@pytest.fixture
def connect(server):
    """Connects users over WebSockets."""
    yield from connecting(server, HttpTransportType.web_sockets)


def test_pysignalr(server, scope):
    async def scenario(alice: Member, bob: Member) -> None:
        for member in (alice, bob):
            assert await member.result("JoinScopeAsync", scope) is None
        check_enriched(await alice.say(scope, "Grüße 😀"), scope, "alice", "Grüße 😀")
        for member in (alice, bob):
            check_pushed((await member.hear("Grüße 😀"))[0], scope, "alice", "Grüße 😀")
        message = await alice.call("SendAsync", {"scopeType": 0, "scopeId": scope, "text": "x" * 4097})
        assert "HubException: VALIDATION_ERROR: " in message.error
        message = await alice.call("NoSuchMethod")
        assert message.error.endswith("HubException: Method does not exist.")
        assert await bob.result("LeaveScopeAsync", scope) is None
        await alice.say(scope, "to nobody but me")
        await alice.hear("to nobody but me")
        await bob.hears_nothing()

    chat(server, ["alice", "bob"], scenario, MessagepackProtocol)


def test_signalrcore(connect, server, scope):
    alice, bob = connect("alice", MessagePackHubProtocol()), connect("bob", MessagePackHubProtocol())
    plain = RawHub(server.address, "carol")
    plain.join(scope)
    for member in (alice, bob):
        assert member.result("JoinScopeAsync", scope) is None
    check_enriched(alice.say(scope, "Grüße 😀"), scope, "alice", "Grüße 😀")
    for member in (alice, bob):
        check_pushed(member.hear("Grüße 😀")[0], scope, "alice", "Grüße 😀")
    check_pushed(plain.hear("Grüße 😀")[0], scope, "alice", "Grüße 😀")
    assert "HubException: VALIDATION_ERROR: " in alice.error("SendAsync", {"scopeId": scope, "text": "x" * 4097})
    assert bob.result("LeaveScopeAsync", scope) is None
    alice.say(scope, "to nobody but me")
    alice.hear("to nobody but me")
    bob.hears_nothing()
    plain.leave()


def test_signalrcore_pipelines_300_sends(connect, scope):
    alice, bob = connect("alice", MessagePackHubProtocol()), connect("bob", MessagePackHubProtocol())
    bob.result("JoinScopeAsync", scope)
    texts = [str(index) for index in range(300)]
    answers: queue.Queue = queue.Queue()
    for text in texts:
        alice.connection.send("SendAsync", [{"scopeType": 0, "scopeId": scope, "text": text}], answers.put)
    assert [answers.get(timeout=WAIT).result["chatEvent"]["text"] for _ in texts] == texts
    bob.hear(*texts)
