"""HTTP/1.1 itself (RFC 9110, RFC 9112): connections, bodies, limits, smuggling attempts, slow clients."""

import json
import time

import pytest

from byte_stream import EndOfStream
from problem_rules import check_correlation, check_problem
from raw_http import HTTPConnection, encode_request

MIB = 1024 * 1024
LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def connection(server):
    opened = HTTPConnection(server.address)
    yield opened
    opened.close()


def send_head(length: str) -> bytes:
    """The head of a send whose body is framed by the header line `length`."""
    lines = ["POST /chat/send HTTP/1.1", "Host: x", "X-User-Id: alice", "Content-Type: application/json", length]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def message(scope: str, size: int | None = None) -> bytes:
    """A valid body, filled up with white space to `size` bytes."""
    body = json.dumps({"scopeType": 0, "scopeId": scope, "text": "x"}).encode()
    return body + b" " * ((size or len(body)) - len(body))


def chunked(body: bytes, size: int) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def test_keep_alive(connection):
    for _ in range(5):
        connection.write(LIVE)
        assert connection.read_response().status == 200


def test_pipelined_requests_are_answered_in_order(connection, scope):
    ids = [f"corr_00000000-0000-4000-8000-00000000000{index}" for index in range(3)]
    user = {"X-User-Id": "alice", "Content-Type": "application/json"}
    connection.write(
        encode_request("POST", "/chat/send", user | {"X-Correlation-ID": ids[0]}, message(scope))
        + encode_request("GET", "/nowhere", {"X-Correlation-ID": ids[1]})
        + encode_request("GET", "/health/live", {"X-Correlation-ID": ids[2]})
    )
    responses = [connection.read_response() for _ in ids]
    assert [response.status for response in responses] == [200, 404, 200]
    assert [response.header("x-correlation-id") for response in responses] == ids


def test_request_byte_by_byte(connection, scope):
    connection.write(send_head(f"Content-Length: {len(message(scope))}") + message(scope), chop=1)
    assert connection.read_response().status == 200


def test_connection_close_is_obeyed(connection):
    connection.write(encode_request("GET", "/health/live", {"Connection": "close"}))
    response = connection.read_response()
    assert response.status == 200 and "close" in response.header("connection").lower()
    assert connection.rest() == b""


def test_http_1_0_is_closed_after_the_answer(connection):
    connection.write(b"GET /health/live HTTP/1.0\r\n\r\n")
    assert connection.read_response().status == 200
    assert connection.rest() == b""


def test_empty_line_before_a_request_is_forgiven(connection):
    connection.write(b"\r\n" + LIVE)
    assert connection.read_response().status == 200


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_chunked_body(connection, scope, size):
    connection.write(send_head("Transfer-Encoding: chunked") + chunked(message(scope), size) + LIVE)
    assert connection.read_response().json()["chatEvent"]["scopeId"] == scope
    assert connection.read_response().status == 200


def test_chunk_extensions_and_trailers_are_dropped(connection, scope):
    body = message(scope)
    chunks = b"%X;name=value\r\n%s\r\n0\r\nX-Trailer: x\r\n\r\n" % (len(body), body)
    connection.write(send_head("Transfer-Encoding: chunked") + chunks + LIVE)
    assert [connection.read_response().status for _ in range(2)] == [200, 200]


def test_expect_continue(connection, scope):
    body = message(scope)
    connection.write(send_head(f"Content-Length: {len(body)}\r\nExpect: 100-continue"))
    assert connection.read_response().status == 100
    connection.write(body)
    assert connection.read_response().status == 200


def test_largest_body(connection, scope):
    connection.write(send_head(f"Content-Length: {MIB}") + message(scope, MIB))
    assert connection.read_response().status == 200


def test_body_over_the_limit_is_refused_from_its_head(connection):
    connection.write(send_head(f"Content-Length: {MIB + 1}"))
    check_problem(connection.read_response(), 413)
    assert connection.rest() == b""


def test_chunked_body_over_the_limit(connection):
    """Sent until the server answers; it must do so soon after 1 MiB, not at the end."""
    connection.write(send_head("Transfer-Encoding: chunked"))
    sent = 0
    try:
        while sent < 16 * MIB and not connection.wait_readable(0.0005):
            connection.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
            sent += 65536
    except EndOfStream:
        pass
    check_problem(connection.read_response(), 413)
    assert sent < 16 * MIB


def test_huge_chunk_size_is_refused_before_its_bytes(connection):
    connection.write(send_head("Transfer-Encoding: chunked") + b"7fffffffffffffff\r\n")
    assert connection.read_response().status in (400, 413)
    assert connection.rest() == b""


@pytest.mark.parametrize("target, status", [(b"/" + b"x" * 8000, 404), (b"/" + b"x" * 100000, 414)])
def test_long_targets(connection, target, status):
    connection.write(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    check_problem(connection.read_response(), status)


def test_endless_request_line(connection):
    try:
        connection.write(b"GET /")
        for _ in range(256):
            connection.write(b"x" * 4096)
            if connection.wait_readable(0.0005):
                break
    except EndOfStream:
        pass
    check_problem(connection.read_response(), 414)


def test_endless_headers(connection):
    connection.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n")
    try:
        for index in range(4096):
            connection.write(b"X-%d: %s\r\n" % (index, b"x" * 1000))
            if connection.wait_readable(0.0005):
                break
    except EndOfStream:
        pass
    check_problem(connection.read_response(), 431)


LENGTH_5 = b"Content-Length: 5\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
BAD_REQUESTS = {
    "length and chunked": (LENGTH_5 + b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "chunked and length": (b"Transfer-Encoding: chunked\r\n" + LENGTH_5, b"0\r\n\r\n"),
    "two lengths": (LENGTH_5 + b"Content-Length: 6\r\n", b"12345"),
    "list of lengths": (b"Content-Length: 5, 6\r\n", b"12345"),
    "signed length": (b"Content-Length: +5\r\n", b"12345"),
    "negative length": (b"Content-Length: -5\r\n", b"12345"),
    "length with a space": (b"Content-Length: 1 2\r\n", b"12345"),
    "hexadecimal length": (b"Content-Length: 0x5\r\n", b"12345"),
    "empty length": (b"Content-Length:\r\n", b""),
    "length beyond 64 bits": (b"Content-Length: 18446744073709551621\r\n", b"12345"),
    "unknown coding": (b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
    "coding after chunked": (b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"),
    "chunked twice": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "vertical tab before chunked": (b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n"),
    "space before the colon": (b"Content-Length : 5\r\n", b"12345"),
    "folded line": (b"X-Folded: a\r\n Content-Length: 5\r\n", b"12345"),
    "bare line feed": (b"X-A: b\nContent-Length: 5\r\n", b"12345"),
    "bare carriage return": (b"X-A: b\rContent-Length: 5\r\n", b"12345"),
    "zero byte in a value": (b"X-A: b\x00c\r\n", b""),
    "zero byte in a name": (b"X-\x00A: b\r\n", b""),
    "no colon": (b"Content-Length\r\n", b""),
    "empty name": (b": value\r\n", b""),
    "two hosts": (b"Host: y\r\n", b""),
    "chunk size that is no number": (b"Transfer-Encoding: chunked\r\n", b"zz\r\n12345\r\n0\r\n\r\n"),
    "chunk size with a sign": (b"Transfer-Encoding: chunked\r\n", b"+5\r\n12345\r\n0\r\n\r\n"),
    "chunk size with a prefix": (b"Transfer-Encoding: chunked\r\n", b"0x5\r\n12345\r\n0\r\n\r\n"),
    "chunk size beyond 64 bits": (b"Transfer-Encoding: chunked\r\n", b"10000000000000005\r\n12345\r\n0\r\n\r\n"),
    "chunk without its end": (b"Transfer-Encoding: chunked\r\n", b"5\r\n1234567\r\n0\r\n\r\n"),
    "chunk ended by a line feed": (b"Transfer-Encoding: chunked\r\n", b"5\n12345\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_ambiguous_requests_end_the_connection(connection, name):
    """One answer, 400 (501 for an unknown coding), then the end: what follows is never read as a request."""
    fields, body = BAD_REQUESTS[name]
    head = b"POST /chat/send HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + fields + b"\r\n"
    try:
        connection.write(head + body + SMUGGLED)
    except EndOfStream:
        pass
    check_problem(connection.read_response(), 501 if name in ("unknown coding", "coding after chunked") else 400)
    assert connection.rest() == b""


@pytest.mark.parametrize("request_bytes, status", [
    (b"GET /health/live HTTP/1.1\r\n\r\n", 400),
    (b"GET /health/live HTTP/2.0\r\nHost: x\r\n\r\n", 505),
    (b"GET /health/live HTTP/1.1 \r\nHost: x\r\n\r\n", 400),
    (b"GET  /health/live HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    (b"GET /health/live\r\nHost: x\r\n\r\n", 400),
    (b"G\x00T /health/live HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    (b"GET /health/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    (b"GET /health/live HTTP/1.1\nHost: x\n\n", 400),
    (b"GET relative HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
])
def test_malformed_heads(connection, request_bytes, status):
    connection.write(request_bytes)
    response = connection.read_response()
    assert response.status == status
    check_correlation(response)
    assert connection.rest() == b""


def test_answers_before_a_malformed_request_are_given(connection):
    connection.write(LIVE + b"garbage\r\n\r\n")
    assert connection.read_response().status == 200
    check_problem(connection.read_response(), 400)
    assert connection.rest() == b""


@pytest.mark.parametrize("beginning", [
    b"G",
    b"GET /health/live HTTP/1.1\r\nHost:",
    send_head("Content-Length: 100") + b"{",
    send_head("Transfer-Encoding: chunked") + b"5\r\n12",
])
def test_slow_request_is_ended(short_server, beginning):
    """The request time-out is 1 s: 408 or a plain close, and not before it is over."""
    connection = HTTPConnection(short_server.address)
    start = time.monotonic()
    connection.write(beginning)
    answer = connection.rest(6)
    assert time.monotonic() - start >= 0.5
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")


def test_trickled_head_is_ended(short_server):
    """A byte now and then does not extend the time that a request has."""
    connection = HTTPConnection(short_server.address)
    start = time.monotonic()
    connection.write(b"GET /health/live HTTP/1.1\r\nX-Slow: ")
    try:
        while not connection.wait_readable(0.2):
            assert time.monotonic() - start < 6, "still accepted"
            connection.write(b"x")
        assert connection.rest().startswith(b"HTTP/1.1 408 ")
    except EndOfStream:
        pass
