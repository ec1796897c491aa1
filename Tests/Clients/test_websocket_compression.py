"""Compressed WebSocket messages (RFC 7692): what is agreed, both ways, and what a hostile sender gets."""

import json
import os
import zlib

import pytest

from byte_stream import EndOfStream
from raw_websocket import BINARY, CONTINUATION, PING, PONG, TEXT, Frame, RawWebSocket, encode_frame

OFFER = "permessage-deflate; client_max_window_bits"
AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
COMPRESSED = 4
RECORD_END = "\x1e"


def deflated(payload: bytes, level: int = 9, bits: int = 15) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, -bits)
    data = compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH)
    assert data.endswith(b"\x00\x00\xff\xff")
    return data[:-4]


def inflated(frame: Frame, bits: int = 15) -> bytes:
    """The payload of a frame, inflated with no context if it says that it is compressed."""
    if frame.rsv == 0:
        return frame.payload
    assert frame.rsv == COMPRESSED, frame
    return zlib.decompressobj(-bits).decompress(frame.payload + b"\x00\x00\xff\xff")


def send(client: RawWebSocket, opcode: int, payload: bytes, fin: bool = True, rsv: int = COMPRESSED) -> None:
    client.stream.write(encode_frame(Frame(opcode, payload, fin, rsv), os.urandom(4)))


@pytest.fixture
def client(echo_server):
    websocket = RawWebSocket(echo_server.address, "/echo", offer=OFFER)
    assert websocket.extensions == AGREED
    yield websocket
    websocket.disconnect()


@pytest.fixture(scope="module")
def compressing_server(start_server):
    return start_server(Server__WebSocketCompression="true")


@pytest.mark.parametrize("length", [0, 1, 63, 64, 125, 126, 1000, 65_536, 1_000_000])
@pytest.mark.parametrize("level", [0, 1, 9])
def test_echo(client, length, level):
    payload = (b"chat message " * (length // 13 + 1))[:length]
    send(client, BINARY, deflated(payload, level))
    echo = client.read_frame(30.0)
    assert echo.opcode == BINARY and inflated(echo) == payload
    assert echo.rsv == (COMPRESSED if length >= 64 else 0)


@pytest.mark.parametrize("bits", range(9, 16))
def test_every_window_of_a_client(client, bits):
    payload = os.urandom(400) * 100
    send(client, BINARY, deflated(payload, bits=bits))
    # The server's window is 4 KiB, whatever the client's.
    assert inflated(client.read_frame(), bits=12) == payload


def test_in_fragments_with_a_ping_between(client):
    payload = "Grüße, 😀 und so weiter ".encode() * 50
    data = deflated(payload)
    send(client, TEXT, data[:10], fin=False)
    client.send(PING, b"hello")
    assert client.read_frame() == Frame(PONG, b"hello")
    for index in range(10, len(data) - 1):
        send(client, CONTINUATION, data[index : index + 1], fin=False, rsv=0)
    send(client, CONTINUATION, data[-1:], rsv=0)
    assert inflated(client.read_frame()) == payload


def test_plain_and_compressed_mix(client):
    send(client, TEXT, b"plain", rsv=0)
    assert client.read_message() == Frame(TEXT, b"plain")
    send(client, TEXT, deflated(b"compressed"))
    assert inflated(client.read_frame()) == b"compressed"


@pytest.mark.parametrize(
    "payload, code",
    [
        (b"\xff\xff\xff\xff", 1007),
        (deflated(b"\xff" * 100), 1007),
        (deflated("é".encode() * 100)[:5], 1007),
        (deflated(b" " * (64 << 20)), 1009),
    ],
    ids=["not deflate", "not UTF-8", "cut short", "bomb"],
)
def test_refused(client, payload, code):
    send(client, TEXT, payload)
    assert client.read_close(30.0) == code
    client.finish()


@pytest.mark.parametrize("frame", [Frame(TEXT, b"a", rsv=2), Frame(TEXT, b"a", rsv=6), Frame(PING, b"", rsv=4)], ids=repr)
def test_other_bits_are_refused(client, frame):
    client.stream.write(encode_frame(frame, os.urandom(4)))
    assert client.read_close() == 1002
    client.finish()


def test_not_agreed_is_refused(echo_server):
    client = RawWebSocket(echo_server.address, "/echo")
    send(client, TEXT, deflated(b"hello"))
    assert client.read_close() == 1002
    client.disconnect()


# The hub


def talk(server, offer: str | None, text: str):
    """Joins and says something; answers the event's frames and what was agreed."""
    hub = RawWebSocket(server.address, "/hubs/chat?user=alice", offer=offer)

    def write(*records):
        payload = "".join(json.dumps(record) + RECORD_END for record in records).encode()
        send(hub, TEXT, deflated(payload) if hub.extensions else payload, rsv=COMPRESSED if hub.extensions else 0)

    write({"protocol": "json", "version": 1})
    write(
        {"type": 1, "invocationId": "1", "target": "JoinScopeAsync", "arguments": ["deflate", 0]},
        {
            "type": 1,
            "invocationId": "2",
            "target": "SendAsync",
            "arguments": [{"scopeType": 0, "scopeId": "deflate", "text": text}],
        },
    )
    records, compressed = [], False
    while not any(record.get("target") == "ReceiveMessage" for record in records):
        frame = hub.read_frame()
        compressed = compressed or frame.rsv == COMPRESSED
        records += [json.loads(part) for part in inflated(frame).decode().split(RECORD_END) if part]
    hub.disconnect()
    (event,) = [record for record in records if record.get("target") == "ReceiveMessage"]
    assert event["arguments"][0]["text"] == text
    return hub.extensions, compressed


def test_hub_compresses_for_who_offers_it(compressing_server):
    assert talk(compressing_server, OFFER, "compressed " * 20) == (AGREED, True)
    assert talk(compressing_server, None, "plain " * 20) == (None, False)
    assert talk(compressing_server, "permessage-deflate; server_max_window_bits=9", "declined " * 20) == (None, False)


def test_hub_does_not_compress_by_default(server):
    assert talk(server, OFFER, "plain " * 20) == (None, False)


def test_hub_survives_bombs(compressing_server):
    """A bomb ends its own connection; another one chats on."""
    for payload in (b"a" * (64 << 20), (json.dumps({"type": 6}) + RECORD_END).encode() * 4_000_000):
        hub = RawWebSocket(compressing_server.address, "/hubs/chat?user=mallory", offer=OFFER)
        send(hub, TEXT, deflated((json.dumps({"protocol": "json", "version": 1}) + RECORD_END).encode()))
        assert inflated(hub.read_frame()) == b"{}" + RECORD_END.encode()
        try:
            send(hub, BINARY, deflated(payload))
            hub.drain(30.0)
        except EndOfStream:
            pass
    assert talk(compressing_server, OFFER, "and on " * 20)[0] == AGREED
