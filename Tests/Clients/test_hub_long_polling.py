"""Long polling, request by request (signalr.md sections 3 and 4; section 11, case 13)."""

import contextlib
import json
import time

import pytest

from byte_stream import WAIT, EndOfStream
from conversation import Conversation
from hub_transports import (
    PollingHub,
    first_answered,
    negotiate,
    open_stream,
    post,
    read_stream_head,
    start_poll,
    waiting_poll,
)
from problem_rules import check_problem
from raw_http import HTTPConnection, encode_request, request
from raw_hub import CLOSED_WITH_ERROR, HANDSHAKE, RawHub, encode_record, hub_target, invocation, refused_status, sending
from server_process import poll_until

MALFORMED = b'{"error":"An unexpected error occurred during connection handshake."}\x1e'
UNSUPPORTED = b'{"error":"The protocol \'x\' is not supported."}\x1e'
HEARTBEAT_DONE = b'{"type":3,"invocationId":"1","result":null}\x1e'


@pytest.fixture(scope="module")
def quick_server(start_server):
    """A server whose polls are short, and whose pings and time-outs would show."""
    return start_server(Hub__PollTimeoutSeconds="3", Hub__KeepAliveSeconds="1", Hub__ClientTimeoutSeconds="2")


@pytest.fixture
def target(server) -> str:
    """The path of a negotiated connection."""
    return hub_target("alice", id=negotiate(server.address))


def get(server, target: str):
    return request(server.address, "GET", target)


def test_first_poll_is_answered_at_once(server, target):
    response = get(server, target)
    assert (response.status, response.body) == (200, b"")
    assert response.header("content-length") == "0"


def test_answers_are_not_to_be_kept(server, target):
    assert get(server, target).status == 200
    assert post(server.address, target, HANDSHAKE).status == 200
    response = get(server, target)
    assert response.body == b"{}\x1e"
    assert response.header("content-type") == "application/octet-stream"
    assert response.header("content-length") == "3"
    assert response.header("pragma") == "no-cache" and response.header("expires")
    assert {item.strip() for item in response.header("cache-control").split(",")} == {"no-cache", "no-store"}


def test_post_before_the_first_poll(server, target):
    answer = post(server.address, target, HANDSHAKE)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.header("content-type") == "text/plain"
    assert get(server, target).body == b""
    assert get(server, target).body == b"{}\x1e"


def test_poll_waits_for_data(server, target):
    assert get(server, target).status == 200
    poll = waiting_poll(server.address, target)
    assert post(server.address, target, HANDSHAKE).status == 200
    assert poll.read_response().body == b"{}\x1e"


def test_handshake_byte_by_byte_over_many_posts(server, target):
    for byte in HANDSHAKE + encode_record(invocation("HeartbeatAsync", id="1")):
        assert post(server.address, target, bytes([byte])).status == 200
    body = b""
    assert get(server, target).body == b""
    while not body.endswith(HEARTBEAT_DONE):
        body += get(server, target).body
    assert body == b"{}\x1e" + HEARTBEAT_DONE


def test_newest_of_many_polls_gets_the_data(server, target):
    """Each poll that another replaces is answered 204; one is left, and gets everything."""
    assert get(server, target).status == 200
    polls = [start_poll(server.address, target) for _ in range(20)]
    for _ in range(19):
        response = first_answered(polls).read_response()
        assert (response.status, response.body) == (204, b"")
    assert post(server.address, target, HANDSHAKE).status == 200
    assert polls[0].read_response().body == b"{}\x1e"


def test_delete(server, target):
    assert get(server, target).status == 200
    poll = waiting_poll(server.address, target)
    assert request(server.address, "DELETE", target).status == 202
    assert poll.read_response().status == 204
    for method in ("GET", "POST", "DELETE"):
        problem = check_problem(request(server.address, method, target, body=b"" if method == "POST" else None), 404)
        assert problem["detail"] == "No Connection with that ID"


def test_poll_ends_in_time_without_pings_and_no_client_is_timed_out(quick_server):
    """Three seconds of waiting pass the keep-alive interval and the client's time-out."""
    client = PollingHub(quick_server.address, "alice", True)
    client.send({"type": 6})
    response = client.poll(time.monotonic() + WAIT)
    assert (response.status, response.body) == (200, b"")
    assert client.result("HeartbeatAsync") is None
    client.leave()


def test_client_that_does_not_poll_is_removed(start_server):
    """Posts do not count: whoever fetches nothing is not there."""
    address = start_server(Hub__DisconnectTimeoutSeconds="1").address
    target = hub_target("alice", id=negotiate(address))
    assert post(address, target, HANDSHAKE).status == 200
    poll_until(lambda: post(address, target, {"type": 6}).status == 404, "the end of the connection")


def delete_what_has_ended(server, target: str) -> None:
    """Clients do so even when they were told of the end, and some report whatever is not well."""
    assert get(server, target).status == 204
    assert request(server.address, "DELETE", target).status == 202
    for method in ("GET", "DELETE"):
        assert request(server.address, method, target).status == 404


def test_client_close_record_ends_the_polls(server, target):
    assert post(server.address, target, HANDSHAKE, {"type": 7}).status == 200
    assert get(server, target).body == b""
    assert get(server, target).body == b"{}\x1e"
    assert get(server, target).status == 204
    delete_what_has_ended(server, target)


def test_client_that_closes_while_it_polls(server, target):
    """What clients do when they are stopped: a poll waits, they post their last record, and delete the connection."""
    assert post(server.address, target, HANDSHAKE).status == 200
    assert [get(server, target).body for _ in range(2)] == [b"", b"{}\x1e"]
    poll = waiting_poll(server.address, target)
    assert post(server.address, target, {"type": 7}).status == 200
    assert poll.read_response().status == 204
    delete_what_has_ended(server, target)


@pytest.mark.parametrize("sent, last", [
    pytest.param(b"garbage\x1e", MALFORMED, id="garbage"),
    pytest.param(b'{"protocol":"x","version":1}\x1e', UNSUPPORTED, id="protocol"),
    pytest.param(HANDSHAKE + b"[]\x1e", b"{}\x1e" + CLOSED_WITH_ERROR, id="no object"),
    pytest.param(HANDSHAKE + b" " * 32768, b"{}\x1e" + CLOSED_WITH_ERROR, id="record too long"),
])
def test_faults_are_told_then_the_connection_is_over(server, target, sent, last):
    assert post(server.address, target, sent).status == 200
    assert get(server, target).body == b""
    assert get(server, target).body == last
    assert post(server.address, target, {"type": 6}).status == 404
    assert get(server, target).status == 204
    delete_what_has_ended(server, target)


def test_body_beyond_the_limit(server, target, scope):
    client = PollingHub(server.address, "alice", True)
    with Conversation(server, scope):
        check_problem(request(server.address, "POST", client.target, body=b" " * (1 << 20) + b" "), 413)
    assert client.result("HeartbeatAsync") is None
    client.leave()


def test_many_records_in_one_body(server, scope):
    """A body that is longer than a record may be, and more calls than wait for their turn."""
    client = PollingHub(server.address, "alice", True)
    client.join(scope)
    texts = [str(index) for index in range(500)]
    client.send(*(sending(scope, text) for text in texts))
    client.hear(*texts)
    client.leave()


def test_posts_on_many_connections_keep_their_order(server, scope):
    """One after the other, on connections that other loops may serve."""
    client = PollingHub(server.address, "alice", True)
    client.join(scope)
    texts = [str(index) for index in range(60)]
    for text in texts:
        assert post(server.address, client.target, sending(scope, text)).status == 200
    client.hear(*texts)
    client.leave()


def test_post_storm(server, scope):
    """Posts at once from many connections: each is answered, and what was accepted is said once."""
    client = PollingHub(server.address, "alice", True)
    client.join(scope)
    with Conversation(server, f"{scope}-other"):
        posts = [HTTPConnection(server.address) for _ in range(100)]
        for index, connection in enumerate(posts):
            connection.write(encode_request("POST", client.target, body=encode_record(sending(scope, str(index)))))
        statuses = [connection.read_response("POST").status for connection in posts]
    assert set(statuses) <= {200, 429}, statuses
    accepted = {str(index) for index, status in enumerate(statuses) if status == 200}
    assert {client.next_event()["text"] for _ in accepted} == accepted
    client.hears_nothing()
    client.leave()


def test_slow_client_is_closed_at_the_bound(start_server, scope):
    server = start_server(Hub__MaxOutboundBytesPerConnection="65536")
    slow, fast = PollingHub(server.address, "slow", True), RawHub(server.address, "fast")
    slow.join(scope)
    texts = [f"{index:04}" + "x" * 4000 for index in range(30)]
    for text in texts:
        fast.say(scope, text)
    records = []
    with contextlib.suppress(EndOfStream):
        while True:
            records.append(json.loads(slow.read_bytes()[:-1]))
    heard = [record["arguments"][0]["text"] for record in records[:-1]]
    assert heard == texts[: len(heard)] and 10 <= len(heard) < 30
    assert records[-1]["type"] == 7 and records[-1]["allowReconnect"] is True
    assert fast.result("HeartbeatAsync") is None
    fast.leave()


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_missing_and_unknown_ids(server, method):
    body = b"" if method == "POST" else None
    problem = check_problem(request(server.address, method, hub_target("alice"), body=body), 400)
    assert problem["detail"] == "Connection ID required"
    for id in ("unknown", "x" * 500, "", "\u00e9"):
        problem = check_problem(request(server.address, method, hub_target("alice", id=id), body=body), 404)
        assert problem["detail"] == "No Connection with that ID"


def test_connection_id_is_no_token(server):
    response = request(server.address, "POST", "/hubs/chat/negotiate?negotiateVersion=1&user=alice", body=b"").json()
    assert get(server, hub_target("alice", id=response["connectionId"])).status == 404
    assert get(server, hub_target("alice", id=response["connectionToken"])).status == 200


def test_token_of_another_user(server, target):
    stolen = target.replace("user=alice", "user=mallory")
    for _ in range(2):
        for method in ("GET", "POST"):
            assert request(server.address, method, stolen, body=b"x\x1e" if method == "POST" else None).status == 403
        assert post(server.address, target, b"").status == 200
    assert request(server.address, "DELETE", stolen).status == 403
    assert post(server.address, target, HANDSHAKE).status == 200
    assert [get(server, target).body for _ in range(2)] == [b"", b"{}\x1e"]


def test_other_transports_on_the_id(server):
    client = PollingHub(server.address, "alice", True)
    stream = open_stream(server.address, client.target)
    assert check_problem(stream.read_response(), 400)["detail"] == "Cannot change transports mid-connection"
    assert refused_status(server, client.target) == 400
    assert client.result("HeartbeatAsync") is None
    client.leave()


def test_polls_on_other_transports(server):
    websocket = hub_target("alice", id=negotiate(server.address))
    client = RawHub(server.address, target=websocket)
    events = hub_target("alice", id=negotiate(server.address))
    stream = open_stream(server.address, events)
    assert read_stream_head(stream).status == 200
    for target in (websocket, events):
        assert get(server, target).status == 400
        assert request(server.address, "DELETE", target).status == 400
    assert client.result("HeartbeatAsync") is None
    client.leave()
    stream.close()


def test_delete_before_any_transport(server, target):
    assert request(server.address, "DELETE", target).status == 400
    assert get(server, target).status == 200


def test_polls_beside_other_requests_on_one_connection(server, target):
    """Pipelined: the answer to what comes after a poll waits for that of the poll."""
    assert get(server, target).status == 200
    connection = HTTPConnection(server.address)
    connection.write(encode_request("GET", target) + encode_request("GET", "/health/live"))
    assert post(server.address, target, HANDSHAKE).status == 200
    assert connection.read_response().body == b"{}\x1e"
    assert connection.read_response().json()["status"] == "healthy"
