"""Keep-alive and time-outs of the hub (signalr.md section 8; section 11, case 9), with the shortest settings."""

import json
import time

import pytest

from raw_hub import RawHub
from raw_websocket import PING, PONG

PING_RECORD = b'{"type":6}\x1e'


@pytest.fixture
def client(short_server):
    hub = RawHub(short_server.address, "alice")
    yield hub
    hub.websocket.disconnect()


def test_idle_connection_gets_pings(client):
    """Keep-alive is 1 s, checked once a second: two pings within 5 s, and none at once."""
    start = time.monotonic()
    assert [client.read_bytes(5), client.read_bytes(5)] == [PING_RECORD, PING_RECORD]
    assert 1.0 <= time.monotonic() - start <= 5.0


def test_client_that_falls_silent_is_dropped(client):
    """The client time-out of 2 s runs from its first ping on."""
    client.send(PING_RECORD)
    start = time.monotonic()
    client.websocket.stream.rest(8)
    assert 1.5 <= time.monotonic() - start <= 6.0


def test_pinging_client_is_kept(client):
    end = time.monotonic() + 5
    while time.monotonic() < end:
        client.send(PING_RECORD)
        assert client.read_bytes(3) == PING_RECORD
    assert client.result("HeartbeatAsync") is None


def test_any_data_counts_as_a_sign_of_life(client):
    client.send(PING_RECORD)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        client.send({"type": 5, "invocationId": "nobody"})
        assert client.read_bytes(3) == PING_RECORD


def test_client_that_never_pings_is_kept(client):
    """Stock signalrcore without automatic reconnect never pings; it must not be dropped when idle."""
    assert [client.read_bytes(5) for _ in range(4)] == [PING_RECORD] * 4
    assert client.result("HeartbeatAsync") is None


def test_websocket_pings_are_answered_meanwhile(client):
    client.websocket.send(PING, b"are you there")
    answer = client.websocket.read_message()
    assert (answer.opcode, answer.payload) == (PONG, b"are you there")


def test_missing_handshake(short_server):
    silent = RawHub(short_server.address, "alice", handshake=False)
    start = time.monotonic()
    assert json.loads(silent.read_bytes(6)[:-1]) == {"error": "Handshake was canceled."}
    assert 0.5 <= time.monotonic() - start <= 5.0
    silent.websocket.drain()


def test_handshake_that_never_ends(short_server):
    silent = RawHub(short_server.address, "alice", handshake=False)
    silent.send(b'{"protocol":"json",')
    assert json.loads(silent.read_bytes(6)[:-1]) == {"error": "Handshake was canceled."}
    silent.websocket.drain()
