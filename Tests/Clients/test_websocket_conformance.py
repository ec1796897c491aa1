"""The WebSocket server against the written table: frames in, frames and close code out, at an echo endpoint."""

import socket

import pytest

import websocket_cases
import websocket_utf8_cases
from byte_stream import EndOfStream
from raw_http import HTTPConnection, encode_request, request
from raw_websocket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    TEXT,
    Frame,
    RawWebSocket,
    RefusedUpgrade,
    close_payload,
    encode_frame,
)
from websocket_cases import Case

KIB, MIB = 1024, 1024 * 1024
#: Large messages may take this long on a small shared machine, in seconds.
LONG = 30.0


@pytest.fixture
def client(echo_server):
    websocket = RawWebSocket(echo_server.address, "/echo")
    yield websocket
    websocket.disconnect()


def close_normally(client: RawWebSocket) -> None:
    """Closes from the client's side; whatever the server sends before its close frame is a fault."""
    client.send(CLOSE, close_payload(1000))
    assert client.read_close() == 1000
    client.expect_end()


@pytest.mark.parametrize(
    "case", websocket_cases.all_cases() + websocket_utf8_cases.all_cases(), ids=lambda case: case.number
)
def test_case(client, case: Case):
    try:
        for data in case.writes():
            client.stream.write(data, case.chop)
    except EndOfStream:
        assert case.fails, "the server dropped a connection without a fault"
    for opcode, payload in case.answers:
        answer = client.read_message()
        assert (answer.opcode, answer.payload) == (opcode, payload), answer
    if not case.fails:
        close_normally(client)
        return
    assert client.read_close() in case.fails
    if case.number.startswith("7."):
        client.expect_end()
    else:
        client.finish()


def large_payload(opcode: int, size: int) -> bytes:
    """Text with characters of one to four bytes that chops cut, or all byte values."""
    unit = "a\u00e9\u20ac\U0001f642".encode() if opcode == TEXT else bytes(range(256))
    whole = (unit * (size // len(unit) + 1))[: size - size % len(unit)]
    return whole + b"." * (size - len(whole))


def framed(opcode: int, payload: bytes, frame_size: int) -> bytes:
    """The bytes of one message in frames of `frame_size`."""
    starts = range(0, len(payload), frame_size)
    return b"".join(
        encode_frame(
            Frame(opcode if start == 0 else CONTINUATION, payload[start : start + frame_size], start == starts[-1])
        )
        for start in starts
    )


def limit_cases():
    """9.1 to 9.6: (number, opcode, message size, frame size or None, write size or None)."""
    for offset, opcode in ((1, TEXT), (2, BINARY)):
        for index, size in enumerate((64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB), 1):
            yield pytest.param(opcode, size, None, None, id=f"9.{offset}.{index}")
        for index, power in enumerate((6, 8, 10, 12, 14, 16, 18, 20, 22), 1):
            yield pytest.param(opcode, 4 * MIB, 1 << power, None, id=f"9.{offset + 2}.{index}")
        for index, chop in enumerate((64, 128, 256, 512, 1024, 2048), 1):
            yield pytest.param(opcode, MIB, None, chop, id=f"9.{offset + 4}.{index}")


@pytest.mark.parametrize("opcode, size, frame_size, chop", list(limit_cases()))
def test_large_message(client, opcode, size, frame_size, chop):
    payload = large_payload(opcode, size)
    client.stream.write(framed(opcode, payload, frame_size or size), chop)
    echo = client.read_message(LONG)
    assert echo.opcode == opcode and len(echo.payload) == size
    assert echo.payload == payload
    close_normally(client)


@pytest.mark.parametrize("opcode, size", [
    pytest.param(opcode, size, id=f"9.{section}.{index}")
    for section, opcode in ((7, TEXT), (8, BINARY))
    for index, size in enumerate((0, 16, 64, 256, 1024, 4096), 1)
])
def test_round_trips(client, opcode, size):
    payload = large_payload(opcode, size)
    for _ in range(1000):
        client.send(opcode, payload)
        echo = client.read_message()
        assert (echo.opcode, echo.payload) == (opcode, payload)
    close_normally(client)


def test_message_over_16_mib_is_refused_from_its_header(client):
    """10.2: only the header arrives, so a server that waits for the payload would hang here."""
    client.stream.write(b"\x82\xff" + (16 * MIB + 1).to_bytes(8, "big") + b"\x01\x02\x03\x04")
    assert client.read_close() == 1009
    client.finish()


def test_fragments_over_16_mib_together_are_refused(client):
    """10.3: sixteen frames of 1 MiB are allowed, a header that asks for one byte more is not."""
    for index in range(16):
        client.send(BINARY if index == 0 else CONTINUATION, bytes(MIB), fin=False)
    client.stream.write(b"\x80\x81\x01\x02\x03\x04")
    assert client.read_close(LONG) == 1009
    client.finish()


def test_half_closed_client_still_gets_its_echo_or_an_end(client):
    """10.4: a client that ends its sending side is not left hanging."""
    client.send(TEXT, b"last words")
    client.stream.socket.shutdown(socket.SHUT_WR)
    assert client.stream.rest().startswith(b"\x81\x0alast words")


UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def test_sample_key_of_the_standard(echo_server):
    """RFC 6455 section 1.3 gives this key and its answer."""
    response = request(echo_server.address, "GET", "/echo", UPGRADE)
    assert response.status == 101
    assert response.header("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@pytest.mark.parametrize("changes, allowed", [
    pytest.param({"Sec-WebSocket-Version": "12"}, (426,), id="version 12"),
    pytest.param({"Sec-WebSocket-Version": None}, (400, 426), id="no version"),
    pytest.param({"Sec-WebSocket-Key": None}, (400,), id="no key"),
    pytest.param({"Sec-WebSocket-Key": "dGhlIHNhbXBsZQ=="}, (400,), id="short key"),
    pytest.param({"Sec-WebSocket-Key": "not base64 at all!!!!!!!"}, (400,), id="key that is not base64"),
])
def test_wrong_opening_handshakes(echo_server, changes, allowed):
    headers = {name: value for name, value in (UPGRADE | changes).items() if value is not None}
    response = request(echo_server.address, "GET", "/echo", headers)
    assert response.status in allowed
    if response.status == 426:
        assert response.header("sec-websocket-version") == "13"


def test_header_tokens_are_read_in_any_case_and_in_lists(echo_server):
    headers = UPGRADE | {"Upgrade": "WebSocket", "Connection": "keep-alive, upgrade"}
    assert request(echo_server.address, "GET", "/echo", headers).status == 101


def test_frames_in_the_same_write_as_the_upgrade(echo_server):
    """The first frame may arrive together with the request head."""
    connection = HTTPConnection(echo_server.address)
    connection.write(encode_request("GET", "/echo", UPGRADE) + encode_frame(Frame(TEXT, b"eager")))
    assert connection.read_response().status == 101
    assert connection.exactly(7) == b"\x81\x05eager"
    connection.close()


def test_other_paths_are_not_upgraded(echo_server):
    with pytest.raises(RefusedUpgrade) as refusal:
        RawWebSocket(echo_server.address, "/elsewhere")
    assert refusal.value.response.status == 404
