"""The hub's records on the wire (signalr.md section 11, cases 3 to 8): exact bytes where the documents fix them."""

import json

import pytest

from byte_stream import EndOfStream
from raw_hub import HANDSHAKE, SEPARATOR, RawHub, encode_record, invocation, sending
from raw_websocket import BINARY, CONTINUATION, PING, PONG, TEXT

HEARTBEAT = encode_record(invocation("HeartbeatAsync", id="1"))
HEARTBEAT_DONE = b'{"type":3,"invocationId":"1","result":null}\x1e'


@pytest.fixture
def silent(server):
    """A connection that has not sent its handshake."""
    hub = RawHub(server.address, "alice", handshake=False)
    yield hub
    hub.websocket.disconnect()


@pytest.fixture
def client(server):
    hub = RawHub(server.address, "alice")
    yield hub
    hub.websocket.disconnect()


def test_handshake_and_first_call_in_one_frame(silent):
    silent.send(HANDSHAKE, HEARTBEAT)
    assert silent.read_bytes() == b"{}\x1e"
    assert silent.read_bytes() == HEARTBEAT_DONE


def test_handshake_byte_by_byte_in_messages(silent):
    for byte in HANDSHAKE:
        silent.websocket.send(TEXT, bytes([byte]))
    assert silent.read_bytes() == b"{}\x1e"


def test_handshake_byte_by_byte_in_writes(silent):
    silent.websocket.send(TEXT, HANDSHAKE + HEARTBEAT, chop=1)
    assert [silent.read_bytes(), silent.read_bytes()] == [b"{}\x1e", HEARTBEAT_DONE]


@pytest.mark.parametrize("handshake", [
    b'{"protocol":"json","version":0}\x1e',
    b'{"protocol":"json","version":2}\x1e',
    b'{"version":1,"unknown":{"a":[1]},"protocol":"json"}\x1e',
    b' { "protocol" : "json" , "version" : 1 } \x1e',
])
def test_accepted_handshakes(silent, handshake):
    silent.send(handshake)
    assert silent.read_bytes() == b"{}\x1e"
    assert silent.result("HeartbeatAsync") is None


@pytest.mark.parametrize("handshake, error", [
    (b'{"protocol":"smoke","version":1}\x1e', "The protocol 'smoke' is not supported."),
    (b'{"protocol":"json","version":99}\x1e', "The server does not support version 99 of the 'json' protocol."),
    (b'garbage\x1e', "An unexpected error occurred during connection handshake."),
    (b'[]\x1e', "An unexpected error occurred during connection handshake."),
    (b'{"protocol":"json"}\x1e', "An unexpected error occurred during connection handshake."),
    (b'{"version":1}\x1e', "An unexpected error occurred during connection handshake."),
    (b'\xff\xfe\x1e', "An unexpected error occurred during connection handshake."),
])
def test_refused_handshakes(silent, handshake, error):
    silent.websocket.send(BINARY, handshake)
    assert json.loads(silent.read_bytes()[:-1]) == {"error": error}
    assert silent.websocket.read_close() in (1000, 1002, 1008)
    silent.websocket.finish()


def test_several_records_in_one_message(client):
    client.send(*(invocation("HeartbeatAsync", id=str(index)) for index in range(5)))
    assert [client.read_completion()["invocationId"] for _ in range(5)] == list("01234")


def test_one_record_over_two_messages(client):
    client.websocket.send(TEXT, HEARTBEAT[:20])
    client.websocket.send(TEXT, HEARTBEAT[20:])
    assert client.read_bytes() == HEARTBEAT_DONE


def test_fragments_that_cut_a_character(client, scope):
    client.join(scope)
    record = encode_record(sending(scope, "caf\u00e9 \u20ac \U0001f642", id="1"))
    websocket = client.websocket
    cuts = [record.index(character) + 1 for character in ("\u00e9".encode(), "\u20ac".encode(), "\U0001f642".encode())]
    edges = [0, *cuts, len(record)]
    for start, end in zip(edges, edges[1:]):
        websocket.send(TEXT if start == 0 else CONTINUATION, record[start:end], fin=end == len(record))
        websocket.send(PING, b"between")
    records, pongs = [], 0
    while len(records) < 2 or pongs < 4:
        message = websocket.read_message()
        pongs += message.opcode == PONG
        records += [json.loads(record) for record in message.payload.split(SEPARATOR)[:-1]]
    assert pongs == 4
    (event,) = [record for record in records if record["type"] == 1]
    assert event["arguments"][0]["text"] == "caf\u00e9 \u20ac \U0001f642"


def test_many_records_larger_together_than_the_limit_of_one(client):
    records = [invocation("HeartbeatAsync", id=str(index)) for index in range(800)]
    assert sum(len(encode_record(record)) for record in records) > 32768
    client.send(*records)
    assert [client.read_completion()["invocationId"] for _ in range(800)] == [str(index) for index in range(800)]


def test_binary_messages_are_read_too(client):
    client.websocket.send(BINARY, HEARTBEAT)
    assert client.read_bytes() == HEARTBEAT_DONE


def padded_heartbeat(size: int) -> bytes:
    """A heartbeat record of exactly `size` bytes with its separator."""
    frame = b'{"type":1,"target":"HeartbeatAsync","arguments":[],"invocationId":"1","pad":"%s"}\x1e'
    return frame % (b"x" * (size - len(frame) + 2))


def test_largest_record(client):
    record = padded_heartbeat(32768)
    assert len(record) == 32768
    client.websocket.send(TEXT, record)
    assert client.read_bytes() == HEARTBEAT_DONE


def test_record_over_the_limit(server, client):
    other = RawHub(server.address, "bob")
    client.websocket.send(TEXT, padded_heartbeat(32769))
    client.expect_fault()
    assert other.result("HeartbeatAsync") is None
    other.leave()


def test_limit_counts_a_record_not_a_message(client):
    record = padded_heartbeat(20000)
    client.websocket.send(TEXT, record * 3)
    assert [client.read_bytes() for _ in range(3)] == [HEARTBEAT_DONE] * 3


def test_endless_record(client):
    """Closed although the record never ends: at the latest when the limit is passed, long before 4 MiB."""
    try:
        for _ in range(256):
            client.websocket.send(TEXT, b"x" * 16384)
            if client.websocket.stream.wait_readable(0.001):
                break
    except EndOfStream:
        pass
    client.expect_fault()


@pytest.mark.parametrize("record", [
    b'{"arguments":[],"invocationId":"1","target":"HeartbeatAsync","type":1}\x1e',
    b'{"type":1,"target":"HeartbeatAsync","arguments":[],"invocationId":"1","extra":{"a":[1,{"b":null}]}}\x1e',
    b'{"type":1,"headers":{"a":"b"},"target":"HeartbeatAsync","arguments":[],"invocationId":"1"}\x1e',
    b'{"type":1,"target":"heartbeatASYNC","arguments":[],"invocationId":"1","streamIds":[]}\x1e',
    b' \r\n{ "type" : 1 , "target" : "HeartbeatAsync" ,\t"arguments" : [ ] , "invocationId" : "1" } \x1e',
    b'{"type":1,"target":"\\u0048eartbeatAsync","arguments":[],"invocationId":"1"}\x1e',
])
def test_shapes_of_a_record(client, record):
    client.send(record)
    assert client.read_bytes() == HEARTBEAT_DONE


@pytest.mark.parametrize("written, text", [
    (b'"\xf0\x9f\x99\x82"', "\U0001f642"),
    (b'"\\ud83d\\ude42"', "\U0001f642"),
    (b'"cut \\ud83d"', "cut \ufffd"),
    (b'"\\ude42\\ud83d\\n\\ud83d\\ud83d\\ude42\\uDE42"', "\ufffd\ufffd\n\ufffd\U0001f642\ufffd"),
    (b'"a\\u001eb"', "a\x1eb"),
    (b'"\\u0000\\u0001\\u001f\x7f"', "\x00\x01\x1f\x7f"),
    (b'"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'),
    (b'"\xe2\x80\xa8\xe2\x80\xa9<script>&\'"', "\u2028\u2029<script>&'"),
    (b'""', ""),
])
def test_texts_come_back_as_they_went(client, scope, written, text):
    client.join(scope)
    argument = b'{"scopeType":0,"scopeId":"%s","text":%s}' % (scope.encode(), written)
    client.send(b'{"type":1,"target":"SendAsync","arguments":[%s],"invocationId":"s"}\x1e' % argument)
    records = [client.read(), client.read()]
    (completion,) = [record for record in records if record["type"] == 3]
    (event,) = [record for record in records if record["type"] == 1]
    assert completion["result"]["chatEvent"]["text"] == text
    assert event["arguments"][0]["text"] == text


@pytest.mark.parametrize("id", ["0", "\u00e9\u20ac\U0001f642", 'quo"te\\', "a\x1eb\n", " ", "x" * 1000])
def test_invocation_id_comes_back_unchanged(client, id):
    client.send(json.dumps(invocation("HeartbeatAsync", id=id)).encode() + b"\x1e")
    assert client.read() == {"type": 3, "invocationId": id, "result": None}


@pytest.mark.parametrize("id", [b"", b',"invocationId":null', b',"invocationId":""'])
@pytest.mark.parametrize("call", [
    b'"target":"HeartbeatAsync","arguments":[]',
    b'"target":"NoSuchMethod","arguments":[]',
    b'"target":"JoinScopeAsync","arguments":[""]',
    b'"target":"JoinScopeAsync","arguments":[1,2,3]',
])
def test_fire_and_forget_is_never_answered(client, id, call):
    client.send(b'{"type":1,%s%s}\x1e' % (call, id), HEARTBEAT)
    assert client.read_bytes() == HEARTBEAT_DONE


def test_fire_and_forget_send_is_delivered(client, scope):
    client.join(scope)
    client.send(sending(scope, "without an id"))
    client.hear("without an id")


@pytest.mark.parametrize("record", [
    b'{"type":42,"anything":[1]}\x1e',
    b'{"type":6}\x1e',
    b'{"type":5,"invocationId":"nobody"}\x1e',
    b'{"type":2,"invocationId":"nobody","item":1}\x1e',
    b'{"type":3,"invocationId":"nobody"}\x1e',
    b'{"type":3,"invocationId":"nobody","result":{"a":1}}\x1e',
    b'{"type":3,"invocationId":"nobody","error":"Client didn\'t provide a result."}\x1e',
    b'{"type":8,"sequenceId":7}\x1e',
])
def test_records_that_are_ignored(client, record):
    client.send(record, HEARTBEAT)
    assert client.read_bytes() == HEARTBEAT_DONE


@pytest.mark.parametrize("record", [
    b'not json\x1e',
    b'\x1e',
    b'[]\x1e',
    b'null\x1e',
    b'"text"\x1e',
    b'{}\x1e',
    b'{"type":"1","target":"HeartbeatAsync","arguments":[]}\x1e',
    b'{"type":1,"target":7,"arguments":[]}\x1e',
    b'{"type":1,"target":"HeartbeatAsync","arguments":{}}\x1e',
    b'{"type":1,"target":"HeartbeatAsync","arguments":[],"invocationId":5}\x1e',
    b'{"type":1,"target":"HeartbeatAsync"}\x1e',
    b'{"type":1,"arguments":[],"invocationId":"1"}\x1e',
    b'{"type":3,"invocationId":"1","result":1,"error":"both"}\x1e',
    b'{"type":1,"target":"HeartbeatAsync","arguments":[]} trailing\x1e',
    b'{"type":1,"target":"HeartbeatAsync","arguments":[' + b"[" * 5000 + b"]" * 5000 + b"]}\x1e",
    b'{"type":1,"target":"Heart\xffbeat","arguments":[]}\x1e',
])
def test_protocol_faults_close_the_connection(client, record):
    client.websocket.send(BINARY, record)
    client.expect_fault()


def test_calls_before_a_fault_are_answered(client):
    client.send(HEARTBEAT, b"not json\x1e")
    assert client.read_bytes() == HEARTBEAT_DONE
    client.expect_fault()


def test_websocket_ping(client):
    client.websocket.send(PING, b"payload")
    answer = client.websocket.read_message()
    assert (answer.opcode, answer.payload) == (PONG, b"payload")
