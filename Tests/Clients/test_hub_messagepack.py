"""MessagePack on the wire (signalr.md section 10): exact bytes, every way to cut them, and what must be refused."""

import datetime
import json

import msgpack
import pytest

from byte_stream import EndOfStream
from event_rules import FIELDS
from raw_http import request
from hub_transports import negotiate, open_stream, parse_event, post, read_chunk, read_stream_head
from raw_hub import RawHub, hub_target
from raw_packed_hub import (
    COMPLETION, HANDSHAKE, INVOCATION, RESULT, PackedHub, encode_record, framed, invocation, varint,
)
from raw_websocket import BINARY, CONTINUATION, TEXT

HEARTBEAT = encode_record(invocation("HeartbeatAsync", id="1"))
HEARTBEAT_DONE = [COMPLETION, {}, "1", RESULT, None]
LIMIT = 32768


@pytest.fixture
def silent(server):
    hub = PackedHub(server.address, "alice", handshake=False)
    yield hub
    hub.websocket.disconnect()


@pytest.fixture
def client(server):
    hub = PackedHub(server.address, "alice")
    yield hub
    hub.websocket.disconnect()


@pytest.fixture
def bystander(server):
    """Another connection that must not notice anything."""
    hub = PackedHub(server.address, "bob")
    yield hub
    assert hub.result("HeartbeatAsync") is None
    hub.websocket.disconnect()


def check_packed(event: dict, sender: str, text: str, extra: frozenset = frozenset({"partition", "offset"})) -> None:
    """An event has the fields of the JSON; its time is a time stamp."""
    assert set(event) == FIELDS | extra, event
    assert event["senderId"] == sender and event["text"] == text and event["scopeType"] == 0
    assert isinstance(event["createdAtUtc"], msgpack.Timestamp), event
    age = datetime.datetime.now(datetime.timezone.utc) - event["createdAtUtc"].to_datetime()
    assert abs(age) < datetime.timedelta(minutes=5)


@pytest.mark.parametrize("version", [0, 1, 2])
def test_handshake_and_first_call_in_one_message(silent, version):
    silent.send(b'{"protocol":"messagepack","version":%d}\x1e' % version, HEARTBEAT)
    assert silent.read_handshake() == b"{}\x1e"
    assert silent.read() == HEARTBEAT_DONE


def test_long_polling_carries_it(server):
    target = hub_target("alice", id=negotiate(server.address))
    assert request(server.address, "GET", target).body == b""
    assert post(server.address, target, HANDSHAKE + HEARTBEAT).status == 200
    received = b""
    while len(received) < 4 + len(encode_record(HEARTBEAT_DONE)) - 1:
        received += request(server.address, "GET", target).body
    assert received == b"{}\x1e" + encode_record(HEARTBEAT_DONE)


def test_server_sent_events_refuse_it(server):
    target = hub_target("alice", id=negotiate(server.address))
    stream = open_stream(server.address, target)
    read_stream_head(stream)
    assert read_chunk(stream) == b":\r\n"
    assert post(server.address, target, HANDSHAKE).status == 200
    assert json.loads(parse_event(read_chunk(stream))[:-1]) == {
        "error": "Cannot use the 'messagepack' protocol on the current transport. "
                 "The transport does not support 'Binary' transfer format."
    }
    stream.close()


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_byte_by_byte_in_messages(silent, opcode):
    for byte in HANDSHAKE:
        silent.websocket.send(opcode, bytes([byte]))
    for byte in HEARTBEAT:
        silent.websocket.send(BINARY, bytes([byte]))
    assert silent.read_handshake() == b"{}\x1e"
    assert silent.read() == HEARTBEAT_DONE


def test_byte_by_byte_in_writes_and_fragments(silent):
    silent.websocket.send(BINARY, HANDSHAKE + HEARTBEAT[:3], fin=False, chop=1)
    silent.websocket.send(CONTINUATION, HEARTBEAT[3:] + HEARTBEAT, chop=1)
    assert silent.read_handshake() == b"{}\x1e"
    assert [silent.read(), silent.read()] == [HEARTBEAT_DONE, HEARTBEAT_DONE]


def test_the_version_is_checked(silent):
    silent.send(b'{"protocol":"messagepack","version":99}\x1e')
    error = "The server does not support version 99 of the 'messagepack' protocol."
    assert json.loads(silent.websocket.read_message().payload[:-1]) == {"error": error}


def test_join_send_receive_beside_json(client, server, scope):
    plain = RawHub(server.address, "bob")
    plain.join(scope)
    assert client.invoke("JoinScopeAsync", scope) == [COMPLETION, {}, "call", RESULT, None]
    answer = client.result("SendAsync", {"scopeType": 0, "scopeId": scope, "text": "Grüße 😀\x1e"})
    assert set(answer) == {"chatEvent", "partition", "offset"}
    check_packed(answer["chatEvent"], "alice", "Grüße 😀\x1e", frozenset())
    (event,) = client.hear("Grüße 😀\x1e")
    check_packed(event, "alice", "Grüße 😀\x1e")
    (same,) = plain.hear("Grüße 😀\x1e")
    assert {**event, "createdAtUtc": None} == {**same, "createdAtUtc": None}
    written = datetime.datetime.fromisoformat(same["createdAtUtc"].replace("Z", "+00:00"))
    assert event["createdAtUtc"].to_datetime() == written
    plain.say(scope, "from json")
    client.hear("from json")
    plain.leave()


def test_pipelined_calls_are_answered_in_order(client, scope):
    client.result("JoinScopeAsync", scope)
    texts = [str(index) for index in range(300)]
    client.send(*(invocation("SendAsync", {"scopeId": scope, "text": text}, id=text) for text in texts))
    answered, heard = [], []
    while len(answered) + len(heard) < 600:
        record = client.read()
        if record[0] == COMPLETION:
            assert record[3] == RESULT
            answered.append(record[2])
        else:
            heard.append(record[4][0]["text"])
    assert answered == texts and heard == texts


def test_errors_are_completions_of_kind_1(client):
    missing = client.invoke("NoSuchMethod")
    assert missing[3:] == [1, "Failed to invoke 'NoSuchMethod' due to an error on the server. "
                              "HubException: Method does not exist."]
    assert client.invoke("JoinScopeAsync", 1)[3:] == [
        1, "Failed to invoke 'JoinScopeAsync' due to an error on the server."
    ]
    assert client.result("HeartbeatAsync") is None


@pytest.mark.parametrize("record", [
    [1, {}, None, "NoSuchMethod", []],
    [1, {"a": "b"}, None, "HeartbeatAsync", [], [], "of the future", {"x": [1]}],
    [6], [6, None], [77, "unknown"], [5, {}, "unknown"], [3, {}, "unknown", 2], [2, {}, "unknown", 1],
])
def test_records_that_are_not_answered(client, record):
    client.send(record, HEARTBEAT)
    assert client.read() == HEARTBEAT_DONE


def test_numbers_and_lengths_of_any_width(client):
    wide = b"\xdc\x00\x06\xcc\x01\xde\x00\x00\xdb\x00\x00\x00\x011\xda\x00\x0eHeartbeatAsync\xdd\x00\x00\x00\x00\xdc\x00\x00"
    client.send(varint(len(wide))[:1].replace(bytes([len(wide)]), bytes([len(wide) | 0x80, 0])) + wide)
    assert client.read() == HEARTBEAT_DONE


@pytest.mark.parametrize("body", [
    pytest.param(b"", id="nothing"),
    pytest.param(b"\xc0", id="nil for an array"),
    pytest.param(b"\x90", id="no type"),
    pytest.param(b"\x91\xc1", id="no value"),
    pytest.param(msgpack.packb([1, {}, None, "HeartbeatAsync", None]), id="nil for arguments"),
    pytest.param(msgpack.packb([1, {}, None, "HeartbeatAsync", [], None]), id="nil for stream ids"),
    pytest.param(msgpack.packb([1, {}, None, "HeartbeatAsync"]), id="arguments missing"),
    pytest.param(msgpack.packb([1, {}, None, "T", [{1: 2}]]), id="a key that is no string"),
    pytest.param(msgpack.packb([1, {}, None, "T", [msgpack.ExtType(1, b"x")]]), id="extension"),
    pytest.param(msgpack.packb([1, {}, None, "T", []])[:-1] + b"\x91\xd4\xff\x00", id="wrong time stamp"),
    pytest.param(msgpack.packb([1, {}, None, b"T", []]), id="binary for a string"),
    pytest.param(msgpack.packb([1, {}, None, "T", []]) + b"\x01", id="trailing bytes"),
    pytest.param(msgpack.packb([1, {}, None, "T", []])[:-1] + b"\xdd\xff\xff\xff\xff", id="array beyond the data"),
    pytest.param(msgpack.packb([1, {}, None, "T", []])[:-1] + b"\x91\xdf\xff\xff\xff\xff", id="map beyond the data"),
    pytest.param(msgpack.packb([1, {}, None, "T", []])[:-1] + b"\x91\xc6\x7f\xff\xff\xff", id="bytes beyond the data"),
    pytest.param(b"\x95\x01\xdf\xff\xff\xff\xff\xc0\xa1T\x90", id="headers beyond the data"),
    pytest.param(msgpack.packb([1, {}, None, "T", []])[:-1] + b"\x91\xa2\xc3(", id="invalid UTF-8"),
    pytest.param(msgpack.packb([1, {}, None, "T", []])[:-1] + b"\x91" * 30_000 + b"\xc0", id="depth"),
    pytest.param(msgpack.packb([1, {}, None, "T", []])[:-1] + b"\x91" + b"\xdd\x00\x00\x70\x00" * 5_000, id="nested claims"),
    pytest.param(msgpack.packb([3, {}, "1", 9]), id="unknown kind of result"),
    pytest.param(b'{"type":6}', id="json"),
])
def test_malformed_records_close_the_connection(client, bystander, body):
    client.send(HEARTBEAT, framed(body), HEARTBEAT)
    assert client.read() == HEARTBEAT_DONE
    client.expect_fault()


@pytest.mark.parametrize("prefix", [
    varint(LIMIT), varint(2**31 - 1), varint(2**31), b"\xff\xff\xff\xff\x7f", b"\x80\x80\x80\x80\x80", b"\xff" * 12,
])
def test_lengths_over_the_limit_close_the_connection_at_once(client, bystander, prefix):
    client.websocket.send(BINARY, prefix)
    client.expect_fault()


def test_a_record_of_the_limit_is_taken(client):
    body = msgpack.packb([1, {}, "1", "NoSuchMethod", [b"x" * 32_000]])
    pad = LIMIT - 3 - len(body)
    body = msgpack.packb([1, {}, "1", "NoSuchMethod", [b"x" * (32_000 + pad)]])
    assert len(framed(body)) == LIMIT
    client.send(framed(body), HEARTBEAT)
    assert [client.read()[3], client.read()] == [1, HEARTBEAT_DONE]
    client.send(framed(msgpack.packb([1, {}, "1", "NoSuchMethod", [b"x" * (32_001 + pad)]])))
    client.expect_fault()


def test_noise_harms_nobody(server, bystander, seed):
    import random

    source = random.Random(seed)
    for _ in range(40):
        hub = PackedHub(server.address, "mallory")
        try:
            hub.websocket.send(BINARY, source.randbytes(source.randint(1, 600)))
            hub.websocket.send(BINARY, framed(source.randbytes(source.randint(1, 60))))
        except EndOfStream:
            pass
        hub.websocket.disconnect()
    assert bystander.result("HeartbeatAsync") is None


def test_a_rejected_record_is_not_an_invocation(client):
    """`[type]` alone is enough for pings; an unknown type is passed over whatever follows."""
    client.send([INVOCATION + 98, None, [[[]]]], HEARTBEAT)
    assert client.read() == HEARTBEAT_DONE
