"""Stateful reconnect (signalr.md section 9): a connection outlives its socket, and nothing is lost or said twice."""

import json
import zlib

import pytest

from hub_transports import negotiate
from raw_http import request
from raw_hub import CLOSED_WITH_ERROR, RawHub, hub_target, invocation, refused_status, sending
from raw_packed_hub import COMPLETION
from raw_packed_hub import invocation as packed_invocation
from raw_websocket import TEXT, RawWebSocket
from server_process import poll_until
from stateful_hub import ACK, SEQUENCE, StatefulHub, StatefulPackedHub, negotiate_stateful


@pytest.fixture(scope="module", params=["1", "2"])
def looped_server(request, start_server):
    """A server with one loop, and one with two, of which the kernel chooses one for each socket."""
    return start_server("--loops", request.param)


@pytest.fixture
def looped_pair(looped_server, names):
    """A client that can come back, and another one."""
    hub, other = StatefulHub(looped_server.address, names("alice")), RawHub(looped_server.address, names("bob"))
    yield hub, other
    hub.leave()
    other.leave()


@pytest.fixture(scope="module")
def brief_server(start_server):
    """A server that waits a second for another socket, and a second for what is to be said on it."""
    return start_server(Hub__StatefulReconnectWindowSeconds="1", Hub__HandshakeTimeoutSeconds="1")


@pytest.fixture(scope="module")
def tight_server(start_server):
    """A server that keeps little for a client."""
    return start_server(Hub__MaxOutboundBytesPerConnection="65536")


@pytest.fixture
def client(server, names):
    hub = StatefulHub(server.address, names("alice"))
    yield hub
    hub.disconnect()


@pytest.fixture
def speaker(server, names):
    hub = RawHub(server.address, names("bob"))
    yield hub
    hub.disconnect()


def is_gone(server, hub: StatefulHub) -> bool:
    """Whether the server has given the connection up; asked by somebody who is not let in either way."""
    return refused_status(server, hub.target_of("somebody-else")) == 404


# Agreeing


@pytest.mark.parametrize("query, agreed", [
    ({"useStatefulReconnect": "true"}, True),
    ({"useStatefulReconnect": "True"}, True),
    ({"useStatefulReconnect": "false"}, False),
    ({"useStatefulReconnect": ""}, False),
    ({}, False),
])
def test_only_clients_that_ask_are_told(server, query, agreed):
    target = hub_target("alice", negotiateVersion="1", **query).replace("?", "/negotiate?")
    answer = request(server.address, "POST", target, body=b"").json()
    assert answer.get("useStatefulReconnect") == (True if agreed else None)


def test_a_window_of_zero_agrees_with_nobody(start_server):
    server = start_server(Hub__StatefulReconnectWindowSeconds="0")
    assert "useStatefulReconnect" not in negotiate_stateful(server.address, "alice")


def test_a_handshake_of_version_1_is_a_connection_like_any_other(server, names):
    hub = StatefulHub(server.address, names("alice"), handshake=b'{"protocol":"json","version":1}\x1e')
    assert hub.result("HeartbeatAsync") is None
    assert refused_status(server, hub.target_of(hub.user)) == 409
    hub.lose()
    poll_until(lambda: is_gone(server, hub), "the end of the connection")


def test_a_client_that_did_not_ask_cannot_come_back(server, names):
    user = names("alice")
    token = negotiate(server.address, user)
    hub = RawHub(server.address, target=hub_target(user, id=token))
    assert refused_status(server, hub_target(user, id=token)) == 409
    assert hub.result("HeartbeatAsync") is None
    hub.leave()


def test_acknowledgements_of_one_who_did_not_agree_are_ignored(server):
    hub = RawHub(server.address, "alice")
    hub.send({"type": ACK, "sequenceId": 99}, {"type": SEQUENCE, "sequenceId": 99})
    assert hub.result("HeartbeatAsync") is None
    hub.leave()


# Coming back


def test_what_is_said_in_the_gap_arrives_once(looped_pair, scope):
    """Round after round over new sockets, which the kernel gives to one loop or another."""
    hub, speaker = looped_pair
    hub.join(scope)
    for index in range(10):
        speaker.say(scope, f"before {index}")
        hub.hear(f"before {index}")
        if index % 3 == 0:
            hub.acknowledge()
        hub.lose()
        for part in range(3):
            speaker.say(scope, f"gap {index} {part}")
        hub.come_back()
        hub.hear(*(f"gap {index} {part}" for part in range(3)))
        assert hub.result("HeartbeatAsync") is None
    hub.hears_nothing()


def test_much_said_in_the_gap(looped_pair, scope):
    hub, speaker = looped_pair
    hub.join(scope)
    hub.lose()
    texts = [f"{index} " + "x" * 2000 for index in range(100)]
    for text in texts:
        speaker.say(scope, text)
    hub.come_back()
    hub.hear(*texts)
    hub.hears_nothing()


def test_what_is_sent_twice_counts_once(looped_pair, scope):
    """A client that does not know what arrived says everything again."""
    hub, listener = looped_pair
    listener.join(scope)
    for index in range(5):
        hub.send(*(sending(scope, f"{index} {part}") for part in range(20)))
        hub.lose()
        hub.come_back()
        assert hub.result("HeartbeatAsync") is None
    listener.hear(*(f"{index} {part}" for index in range(5) for part in range(20)))
    listener.hears_nothing()


def test_pipelined_calls_over_a_loss_are_each_answered_once(looped_server, names, scope):
    """More calls than may wait for their turn, so that the server pauses its reading meanwhile."""
    hub = StatefulHub(looped_server.address, names("alice"))
    hub.send(*(sending(scope, str(index), id=f"send-{index}") for index in range(200)))
    hub.lose()
    hub.come_back()
    for index in range(200):
        hub.read_completion(f"send-{index}")
    hub.lose()
    hub.come_back()
    assert hub.result("HeartbeatAsync") is None
    hub.leave()


def test_much_sent_over_a_second_socket(looped_pair, scope):
    """More than may wait between two loops, in pieces."""
    hub, listener = looped_pair
    listener.join(scope)
    hub.come_back()
    texts = [f"{index} " + "y" * 2000 for index in range(200)]
    for start in range(0, 200, 20):
        hub.send(*(sending(scope, text) for text in texts[start : start + 20]))
    listener.hear(*texts)


def test_the_newer_socket_wins(client, speaker, scope):
    """The old one still stands; it is closed, and what was said on neither is said on the new one."""
    client.join(scope)
    old = client.websocket
    client.come_back()
    old.drain()
    speaker.say(scope, "on the new one")
    client.hear("on the new one")
    old.disconnect()


def test_what_is_acknowledged_is_not_said_again(client, speaker, scope):
    client.join(scope)
    speaker.say(scope, "heard")
    client.hear("heard")
    client.acknowledge()
    assert client.result("HeartbeatAsync") is None
    # The fence itself is not acknowledged: it alone is said again.
    client.lose()
    client.replace_socket()
    client.send({"type": SEQUENCE, "sequenceId": len(client.sent) + 1})
    assert client.read_sequence() == client.received
    assert client.read_repeated()["type"] == 3
    client.hears_nothing()


def test_the_server_acknowledges(client):
    for _ in range(5):
        client.result("HeartbeatAsync")
    client.wait_for_acknowledgement()
    assert client.acknowledged == 5
    client.lose()
    client.come_back()
    client.result("HeartbeatAsync")
    client.wait_for_acknowledgement()
    assert client.acknowledged == 6


def test_half_a_record_is_forgotten_with_its_socket(client, scope):
    client.websocket.send(TEXT, b'{"type":1,"target":"Heart')
    client.lose()
    client.come_back()
    assert client.result("HeartbeatAsync") is None


def test_message_pack(looped_server, names, scope):
    hub, speaker = StatefulPackedHub(looped_server.address, names("alice")), RawHub(looped_server.address, names("bob"))
    assert hub.result("JoinScopeAsync", scope) is None
    hub.websocket.reset()
    for part in range(3):
        speaker.say(scope, f"gap {part}")
    hub.replace_socket()
    hub.send([SEQUENCE, 1], packed_invocation("JoinScopeAsync", scope, id="call"))
    assert hub.read() == [SEQUENCE, 1]
    assert hub.read()[:3] == [COMPLETION, {}, "call"]
    hub.hear(*(f"gap {part}" for part in range(3)))
    hub.send([ACK, 4])
    assert hub.result("HeartbeatAsync") is None
    hub.websocket.reset()
    hub.replace_socket()
    assert hub.read() == [SEQUENCE, 5]
    hub.websocket.disconnect()
    speaker.leave()


def read_inflated(websocket: RawWebSocket) -> list[dict]:
    """The records of one message, which may be compressed."""
    frame = websocket.read_frame()
    assert frame.opcode == TEXT and frame.fin, frame
    tail = b"\x00\x00\xff\xff"
    payload = zlib.decompressobj(-15).decompress(frame.payload + tail) if frame.rsv else frame.payload
    return [json.loads(record) for record in payload.split(b"\x1e")[:-1]]


def test_compression_is_agreed_on_for_each_socket(start_server, names, scope):
    server = start_server(Server__WebSocketCompression="true")
    hub, speaker = StatefulHub(server.address, names("alice")), RawHub(server.address, names("bob"))
    hub.join(scope)
    hub.lose()
    speaker.say(scope, "in the gap " + "x" * 500)
    hub.websocket = RawWebSocket(server.address, hub.target_of(hub.user), offer="permessage-deflate")
    assert hub.websocket.extensions
    hub.websocket.send(TEXT, b'{"type":9,"sequenceId":2}\x1e')
    records = []
    while len(records) < 3:
        records += [record for record in read_inflated(hub.websocket) if record["type"] != ACK]
    assert [record["type"] for record in records] == [SEQUENCE, 3, 1]
    hub.lose()
    hub.come_back()
    hub.hear("in the gap " + "x" * 500)
    hub.leave()
    speaker.leave()


# Ends


def test_the_connection_is_given_up_when_nobody_comes(brief_server, names):
    hub = StatefulHub(brief_server.address, names("alice"))
    hub.lose()
    poll_until(lambda: is_gone(brief_server, hub), "the end of the connection")
    assert refused_status(brief_server, hub.target_of(hub.user)) == 404


def test_a_socket_on_which_no_sequence_comes(brief_server, names):
    hub = StatefulHub(brief_server.address, names("alice"))
    hub.lose()
    hub.replace_socket()
    assert hub.read_sequence() == 1
    hub.expect_fault()
    assert is_gone(brief_server, hub)


@pytest.mark.parametrize("ending", ["close frame", "close record"])
def test_a_client_that_leaves_is_gone(server, names, ending):
    hub = StatefulHub(server.address, names("alice"))
    if ending == "close record":
        hub.send({"type": 7})
    hub.leave()
    poll_until(lambda: is_gone(server, hub), "the end of the connection")


def test_a_server_stops_with_lost_connections(start_server, names):
    server = start_server()
    hubs = [StatefulHub(server.address, names(f"u{index}")) for index in range(3)]
    for hub in hubs[:2]:
        hub.lose()
    hubs[2].come_back()
    server.ask_to_stop()
    assert hubs[2].read() == {"type": 7, "allowReconnect": True}
    hubs[2].leave()
    server.expect_exit(0)


def test_a_client_that_acknowledges_nothing_ends_as_a_slow_one(tight_server, names, scope):
    hub, speaker = StatefulHub(tight_server.address, names("alice")), RawHub(tight_server.address, names("bob"))
    hub.join(scope)
    for index in range(40):
        speaker.say(scope, f"{index} " + "x" * 2000)
    while (record := hub.read())["type"] == 1:
        pass
    assert record["type"] == 7 and record["allowReconnect"] is True and "keep up" in record["error"]
    hub.leave()
    assert is_gone(tight_server, hub)
    speaker.leave()


def test_a_client_that_acknowledges_hears_any_amount(tight_server, names, scope):
    hub, speaker = StatefulHub(tight_server.address, names("alice")), RawHub(tight_server.address, names("bob"))
    hub.join(scope)
    for index in range(100):
        speaker.say(scope, f"{index} " + "x" * 2000)
        hub.hear(f"{index} " + "x" * 2000)
        hub.acknowledge()
    assert hub.result("HeartbeatAsync") is None
    hub.leave()
    speaker.leave()


def test_too_much_said_in_the_gap(tight_server, names, scope):
    hub, speaker = StatefulHub(tight_server.address, names("alice")), RawHub(tight_server.address, names("bob"))
    hub.join(scope)
    hub.lose()
    for index in range(40):
        speaker.say(scope, f"{index} " + "x" * 2000)
    poll_until(lambda: is_gone(tight_server, hub), "the end of the connection")
    assert speaker.result("HeartbeatAsync") is None
    speaker.leave()


# Hostile


def test_the_token_of_another_user(client, names, server):
    assert refused_status(server, client.target_of(names("eve"))) == 403
    assert client.result("HeartbeatAsync") is None
    client.lose()
    assert refused_status(server, client.target_of(names("eve"))) == 403
    client.come_back()
    assert client.result("HeartbeatAsync") is None


def test_a_token_without_a_handshake_takes_no_second_socket(server, names):
    user = names("alice")
    token = negotiate_stateful(server.address, user)["connectionToken"]
    target = hub_target(user, id=token)
    first = RawHub(server.address, target=target, handshake=False)
    assert refused_status(server, target) == 409
    first.websocket.disconnect()


@pytest.mark.parametrize("records", [
    [{"type": SEQUENCE, "sequenceId": 3}],
    [{"type": SEQUENCE, "sequenceId": 0}],
    [{"type": SEQUENCE, "sequenceId": -1}],
    [{"type": SEQUENCE, "sequenceId": 9007199254740991}],
    [{"type": SEQUENCE, "sequenceId": "2"}],
    [{"type": SEQUENCE}],
    [{"type": ACK, "sequenceId": 2}],
    [{"type": ACK, "sequenceId": 9007199254740991}],
    [{"type": ACK}],
])
@pytest.mark.parametrize("socket", ["first", "second"])
def test_numbers_of_what_never_was(server, speaker, names, records, socket):
    """One message each way was sent."""
    hub = StatefulHub(server.address, names("alice"))
    hub.result("HeartbeatAsync")
    if socket == "second":
        hub.lose()
        hub.come_back()
    RawHub.send(hub, *records)
    while (record := hub.read_bytes()) == b'{"type":8,"sequenceId":1}\x1e':
        pass
    assert record == CLOSED_WITH_ERROR
    hub.websocket.drain()
    assert is_gone(server, hub)
    assert speaker.result("HeartbeatAsync") is None


def test_a_sequence_from_the_future_on_a_new_socket(client, server):
    client.result("HeartbeatAsync")
    client.lose()
    client.replace_socket()
    RawHub.send(client, {"type": SEQUENCE, "sequenceId": 3})
    assert client.read_sequence() == 1
    while json.loads((record := client.read_bytes())[:-1])["type"] in (3, ACK):
        pass
    assert record == CLOSED_WITH_ERROR
    client.websocket.drain()
    assert is_gone(server, client)


def test_a_sequence_before_any_message(client):
    RawHub.send(client, {"type": SEQUENCE, "sequenceId": 1})
    assert client.result("HeartbeatAsync") is None


def test_a_sequence_said_twice(client, speaker, scope):
    """It says again what was said: nothing of it counts a second time."""
    speaker.join(scope)
    client.send(sending(scope, "once"))
    speaker.hear("once")
    again = {"type": SEQUENCE, "sequenceId": 1}
    RawHub.send(client, again, again, sending(scope, "once"), again, sending(scope, "once"))
    assert client.result("HeartbeatAsync") is None
    speaker.hears_nothing()


def test_what_comes_before_the_sequence_is_ignored(client, speaker, scope):
    speaker.join(scope)
    client.lose()
    client.replace_socket()
    RawHub.send(client, sending(scope, "early"), {"type": 7}, {"type": ACK, "sequenceId": 99}, invocation("X", id="x"))
    RawHub.send(client, {"type": SEQUENCE, "sequenceId": 1}, sending(scope, "in time"))
    assert client.read_sequence() == 1
    client.sent.append({})
    speaker.hear("in time")
    speaker.hears_nothing()
    assert client.result("HeartbeatAsync") is None


def test_many_sockets_at_once(server, names):
    """Each takes the place of the one before, whatever loop it is on; the last one is served."""
    hub = StatefulHub(server.address, names("alice"))
    sockets = [RawWebSocket(server.address, hub.target_of(hub.user)) for _ in range(30)]
    hub.come_back()
    assert hub.result("HeartbeatAsync") is None
    for socket in sockets:
        socket.drain()
    assert hub.result("HeartbeatAsync") is None
    hub.leave()


def test_a_socket_that_comes_and_goes_at_once(server, names):
    hub = StatefulHub(server.address, names("alice"))
    for _ in range(30):
        hub.replace_socket()
        hub.lose()
    hub.come_back()
    assert hub.result("HeartbeatAsync") is None
    hub.leave()
