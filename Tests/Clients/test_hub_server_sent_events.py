"""Server-sent events on the wire (signalr.md sections 3 and 4; section 11, case 13)."""

import json

import pytest

from byte_stream import EndOfStream
from hub_transports import StreamHub, negotiate, open_stream, parse_event, post, read_chunk, read_stream_head
from problem_rules import check_correlation, check_problem
from raw_http import HTTPConnection, Response, encode_request, request
from raw_hub import CLOSED_WITH_ERROR, HANDSHAKE, RawHub, hub_target, refused_status
from server_process import poll_until

MALFORMED = b'{"error":"An unexpected error occurred during connection handshake."}\x1e'


@pytest.fixture(scope="module")
def quick_server(start_server):
    """A server that pings often and does not wait long for silent clients."""
    return start_server(Hub__KeepAliveSeconds="1", Hub__ClientTimeoutSeconds="2")


@pytest.fixture
def target(server) -> str:
    """The path of a negotiated connection."""
    return hub_target("alice", id=negotiate(server.address))


def test_stream_opens_with_a_comment_before_anything_is_sent(server, target):
    stream = open_stream(server.address, target)
    head = read_stream_head(stream)
    assert head.status == 200
    assert head.header("content-type") == "text/event-stream"
    assert {item.strip() for item in head.header("cache-control").split(",")} == {"no-cache", "no-store"}
    assert head.header("content-length") is None and head.header("content-encoding") is None
    assert head.header("transfer-encoding") == "chunked" and head.header("connection") == "close"
    check_correlation(head)
    assert read_chunk(stream) == b":\r\n"
    stream.close()


def test_records_are_events(server, target):
    stream = open_stream(server.address, target)
    read_stream_head(stream)
    assert read_chunk(stream) == b":\r\n"
    answer = post(server.address, target, HANDSHAKE)
    assert (answer.status, answer.body) == (200, b"")
    assert read_chunk(stream) == b"data: {}\x1e\r\n\r\n"
    stream.close()


@pytest.mark.parametrize("accept", ["text/event-stream", "Text/Event-Stream;q=0.9", "text/html, text/event-stream"])
def test_accept_asks_for_the_stream(server, target, accept):
    assert request_head(server, target, accept).header("content-type") == "text/event-stream"


def request_head(server, target: str, accept: str) -> Response:
    """The head of the answer to a GET with that Accept."""
    connection = HTTPConnection(server.address)
    connection.write(encode_request("GET", target, {"Accept": accept}))
    head = read_stream_head(connection)
    connection.close()
    return head


def test_http_1_0_gets_no_chunks(server, target):
    """As a proxy may ask; the end of the connection is that of the stream."""
    stream = open_stream(server.address, target, "1.0")
    head = read_stream_head(stream)
    assert head.header("transfer-encoding") is None and head.header("connection") == "close"
    assert post(server.address, target, HANDSHAKE + b"[]\x1e").status == 200
    assert stream.rest() == b":\r\ndata: {}\x1e\r\n\r\ndata: " + CLOSED_WITH_ERROR + b"\r\n\r\n"


@pytest.mark.parametrize("sent, last", [
    pytest.param(b"garbage\x1e", MALFORMED, id="garbage"),
    pytest.param(HANDSHAKE + b" " * 32768, CLOSED_WITH_ERROR, id="record too long"),
])
def test_faults_are_told_then_the_stream_ends(server, sent, last):
    client = StreamHub(server.address, "alice", False)
    client.send(sent)
    record = client.read_bytes()
    assert (client.read_bytes() if record == b"{}\x1e" else record) == last
    client.expect_over()


def test_client_close_record_ends_the_stream(server):
    client = StreamHub(server.address, "alice", True)
    client.send({"type": 7})
    client.expect_over()


def test_handshake_that_does_not_come(short_server):
    client = StreamHub(short_server.address, "alice", False)
    assert client.read_bytes() == b'{"error":"Handshake was canceled."}\x1e'
    client.expect_over()


def test_idle_stream_is_pinged(quick_server):
    client = StreamHub(quick_server.address, "alice", True)
    assert [json.loads(client.read_bytes()[:-1]) for _ in range(3)] == [{"type": 6}] * 3
    assert client.result("HeartbeatAsync") is None
    client.leave()


def test_client_that_pinged_and_fell_silent_is_dropped(quick_server):
    client = StreamHub(quick_server.address, "alice", True)
    client.send({"type": 6})
    with pytest.raises(EndOfStream):
        while True:
            assert json.loads(client.read_bytes()[:-1]) == {"type": 6}


def test_client_that_drops_the_stream_is_forgotten(server):
    client = StreamHub(server.address, "alice", True)
    client.leave()
    poll_until(lambda: post(client.address, client.target, {"type": 6}).status == 404, "the end of the connection")


def test_one_stream_per_id(server):
    client = StreamHub(server.address, "alice", True)
    check_problem(open_stream(server.address, client.target).read_response(), 409)
    assert refused_status(server, client.target) == 400
    assert client.result("HeartbeatAsync") is None
    client.leave()


def test_stream_on_a_websocket_id(server, target):
    client = RawHub(server.address, target=target)
    check_problem(open_stream(server.address, target).read_response(), 400)
    assert client.result("HeartbeatAsync") is None
    client.leave()


@pytest.mark.parametrize("target, status", [
    (hub_target("alice"), 400),
    (hub_target("alice", id="unknown"), 404),
    (hub_target("alice", id=""), 404),
])
def test_missing_and_unknown_ids(server, target, status):
    check_problem(open_stream(server.address, target).read_response(), status)


def test_stream_and_posts_of_another_user(server, target):
    stolen = target.replace("user=alice", "user=mallory")
    check_problem(open_stream(server.address, stolen).read_response(), 403)
    stream = open_stream(server.address, target)
    read_stream_head(stream)
    read_chunk(stream)
    check_problem(post(server.address, stolen, HANDSHAKE), 403)
    assert post(server.address, target, HANDSHAKE).status == 200
    assert parse_event(read_chunk(stream)) == b"{}\x1e"
    stream.close()


def test_what_the_client_sends_on_the_stream_is_dropped(server):
    client = StreamHub(server.address, "alice", True)
    client._receiver.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n" + b"\x00" * 10_000)
    assert client.result("HeartbeatAsync") is None
    client.leave()


def test_connection_goes_on_for_other_requests_after_a_refusal(server):
    """Only a stream takes the connection over."""
    connection = open_stream(server.address, hub_target("alice", id="unknown"))
    assert connection.read_response().status == 404
    connection.write(encode_request("GET", "/health/live"))
    assert connection.read_response().status == 200
    assert request(server.address, "GET", "/health/live").status == 200
    connection.close()
