"""Bad neighbours: whatever they do, two well-behaved clients of the same server chat on and never notice."""

import random

import pytest

from byte_stream import EndOfStream
from conversation import Conversation
from hub_transports import TRANSPORTS
from raw_http import HTTPConnection
from raw_hub import HANDSHAKE, RawHub, encode_record, hub_target, invocation, sending
from raw_websocket import BINARY, TEXT, Frame, RawWebSocket, encode_frame


@pytest.fixture
def neighbours(server, scope):
    with Conversation(server, scope) as conversation:
        yield conversation


@pytest.fixture
def silent_sockets(server):
    """Opens plain connections; all are closed at the end."""
    opened: list[HTTPConnection] = []

    def open_some(count: int, beginning: bytes = b"") -> None:
        for _ in range(count):
            opened.append(HTTPConnection(server.address))
            opened[-1].write(beginning)

    yield open_some
    for connection in opened:
        connection.close()


def send_until_closed(websocket: RawWebSocket, opcode: int, payload: bytes, times: int) -> None:
    """Sends messages until the server has had enough."""
    try:
        for _ in range(times):
            websocket.send(opcode, payload)
            if websocket.stream.wait_readable(0.001):
                return
    except EndOfStream:
        pass


def test_200_silent_connections(neighbours, silent_sockets):
    silent_sockets(200)
    neighbours.more(20)


def test_slow_heads(neighbours, silent_sockets):
    silent_sockets(100, b"POST /chat/send HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nX-Slow: ")
    neighbours.more(20)


def test_upgraded_connections_without_handshake(server, neighbours):
    waiting = [RawWebSocket(server.address, hub_target("idle")) for _ in range(100)]
    neighbours.more(20)
    for websocket in waiting:
        websocket.reset()


def test_endless_data_without_separator(server, neighbours):
    for _ in range(5):
        endless = RawHub(server.address, "endless")
        send_until_closed(endless.websocket, TEXT, b"x" * 16384, 256)
        endless.expect_fault()
    neighbours.more()


def test_endless_handshake(server, neighbours):
    endless = RawHub(server.address, "endless", handshake=False)
    send_until_closed(endless.websocket, TEXT, b"x" * 16384, 256)
    endless.websocket.drain()


def test_endless_message_in_fragments(server, neighbours):
    endless = RawHub(server.address, "endless")
    endless.websocket.send(TEXT, b"", fin=False)
    try:
        for _ in range(4096):
            endless.websocket.stream.write(encode_frame(Frame(0, b"x" * 16384, fin=False)))
            if endless.websocket.stream.wait_readable(0.0005):
                break
    except EndOfStream:
        pass
    endless.websocket.drain()


def test_record_just_over_the_limit(server, neighbours):
    large = RawHub(server.address, "large")
    large.send(b'{"type":6,"pad":"' + b"x" * (32769 - 20) + b'"}\x1e')
    large.expect_fault()


@pytest.mark.parametrize("seed", range(8))
def test_garbage_instead_of_http(server, neighbours, seed):
    generator = random.Random(seed)
    for _ in range(20):
        connection = HTTPConnection(server.address)
        try:
            connection.write(generator.randbytes(generator.randrange(1, 5000)) + b"\r\n\r\n")
            connection.rest()
        except EndOfStream:
            pass
        connection.close()


@pytest.mark.parametrize("seed", range(8))
def test_garbage_instead_of_frames(server, neighbours, seed):
    generator = random.Random(seed)
    for _ in range(20):
        hub = RawHub(server.address, "garbage")
        try:
            hub.websocket.stream.write(generator.randbytes(generator.randrange(1, 5000)))
        except EndOfStream:
            pass
        hub.websocket.reset()


@pytest.mark.parametrize("seed", range(8))
def test_garbage_instead_of_records(server, neighbours, scope, seed):
    """Real records with a few bytes changed, in one message, then the connection's own fault or a reset."""
    generator = random.Random(seed)
    records = [encode_record(sending(f"{scope}-x", "text", id="1")), encode_record(invocation("JoinScopeAsync", "x"))]
    for _ in range(20):
        hub = RawHub(server.address, "garbage")
        damaged = bytearray(b"".join(generator.choices(records, k=10)))
        for _ in range(generator.randrange(1, 10)):
            damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        try:
            hub.websocket.send(BINARY, bytes(damaged))
            hub.websocket.stream.wait_readable(0.01)
        except EndOfStream:
            pass
        hub.websocket.reset()


def test_tls_hello(server, neighbours):
    connection = HTTPConnection(server.address)
    connection.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(506))
    try:
        connection.rest()
    except EndOfStream:
        pass


def test_resets_in_the_middle_of_frames(server, neighbours, scope):
    """Members of the same scope vanish while events are on their way to them."""
    record = encode_record(sending(scope + "-x", "x" * 1000, id="1"))
    for index in range(60):
        hub = RawHub(server.address, f"reset{index}")
        hub.join(scope)
        hub.websocket.stream.write(encode_frame(Frame(TEXT, record))[: 10 + index * 15])
        hub.websocket.reset()
    neighbours.more()


@pytest.mark.parametrize("transport", ["ServerSentEvents", "LongPolling"])
def test_members_by_other_transports_vanish(server, neighbours, transport):
    """Members of the neighbours' own scope end without a word, with events and polls on their way."""
    for index in range(30):
        hub = TRANSPORTS[transport](server.address, f"gone{index}")
        hub.join(neighbours.scope)
        hub.drop()
    neighbours.more()


def test_resets_in_the_middle_of_handshakes(server, neighbours):
    for index in range(60):
        websocket = RawWebSocket(server.address, hub_target(f"reset{index}"))
        websocket.stream.write(encode_frame(Frame(TEXT, HANDSHAKE))[:index])
        websocket.reset()
    neighbours.more()


def test_flood_of_pings_that_reads_nothing(server, neighbours):
    """Pongs pile up for a client that does not read: it is held back or closed, and nobody else waits."""
    hub = RawHub(server.address, "flood", receive_buffer=4096)
    pings = encode_frame(Frame(9, b"x" * 125)) * 500
    hub.websocket.stream.socket.settimeout(1)
    try:
        for _ in range(100):
            hub.websocket.stream.socket.sendall(pings)
    except (TimeoutError, ConnectionError):
        pass
    neighbours.more()
    hub.websocket.reset()


def test_flood_of_calls_that_reads_nothing(server, neighbours):
    hub = RawHub(server.address, "flood", receive_buffer=4096)
    calls = encode_frame(Frame(TEXT, encode_record(invocation("NoSuchMethod", id="1")) * 500))
    hub.websocket.stream.socket.settimeout(1)
    try:
        for _ in range(200):
            hub.websocket.stream.socket.sendall(calls)
    except (TimeoutError, ConnectionError):
        pass
    neighbours.more()
    hub.websocket.reset()


def test_slow_reader_is_closed_and_the_room_goes_on(server, neighbours, scope):
    """A member reads nothing while 12 MB pass; the others hear all of it, and the slow one ends."""
    room = f"{scope}-busy"
    slow = RawHub(server.address, "slow")
    speaker, listener = RawHub(server.address, "speaker"), RawHub(server.address, "listener")
    for hub in (slow, speaker, listener):
        hub.join(room, 0)
    for index in range(3000):
        text = f"{index} " + "x" * 4000
        speaker.say(room, text)
        speaker.hear(text)
        listener.hear(text)
    neighbours.more()
    left = slow.websocket.drain()
    assert len(left) < 11_000_000, "the slow reader's queue had no bound"
    speaker.leave()
    listener.leave()
