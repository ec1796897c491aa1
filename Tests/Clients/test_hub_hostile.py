"""What costs a sender little and might cost the server much: each is bounded, and hurts nobody else."""

import contextlib
import re

import pytest

from byte_stream import EndOfStream
from conversation import Conversation
from http_chat import page, stored
from hub_transports import TRANSPORTS, PollingHub, negotiate, open_stream, post, read_stream_head
from metrics_page import MetricsPage
from problem_rules import check_problem
from raw_http import HTTPConnection, encode_request, request
from raw_hub import HANDSHAKE, HUB, RawHub, encode_record, hub_target, invocation, sending
from raw_packed_hub import PackedHub, framed
from raw_packed_hub import invocation as packed_invocation
from raw_websocket import CLOSE, TEXT, Frame, RawWebSocket, RefusedUpgrade, close_payload, encode_frame
from server_process import poll_until
from test_websocket_compression import COMPRESSED, OFFER, deflated, inflated

NEVER = "I-am-a-secret"
#: Seconds for what is much work for a server that shares its machine.
PATIENCE = 60.0


def streaming(scope: str, id: str) -> dict:
    return {"type": 4, "invocationId": id, "target": "StreamHistoryAsync", "arguments": [scope]}


# Memory


def test_calls_that_wait_take_no_more_than_their_bytes(start_server):
    """As values 32 KiB of empty pairs would take 20 times as much, for as long as a call in front of them likes to wait."""
    server = start_server(Hub__ResumeWaitSeconds="60")
    pairs = b"\x96\x01\x80\xa1x\xacNoSuchMethod\x91\xde\x3e\x80" + b"\xa0\xc0" * 16_000 + b"\x90"
    assert len(framed(pairs)) < 32_768
    before = server.memory
    hubs = [PackedHub(server.address, f"hoarder{number}") for number in range(6)]
    for hub in hubs:
        # Positions of the future, which the server waits for; of the right partition is one of three.
        for partition in range(3):
            position = {"partition": partition, "offset": 1 << 40}
            hub.send(packed_invocation("ResumeScopeAsync", "nowhere", position, 0, id="wait"))
        for _ in range(13):
            hub.send(framed(pairs))
        # Streams wait behind nothing, so that the answer tells that all before it was taken.
        hub.send([4, {}, "marker", "NoSuchStream", [], []])
    for hub in hubs:
        while hub.read(PATIENCE)[2] != "marker":
            pass
    # 78 calls of 32 KiB; as values they would take 50 MiB.
    assert server.memory - before < 25
    for hub in hubs:
        hub.websocket.disconnect()


def test_streams_that_nobody_reads_hold_little(start_durable, tmp_path, scope):
    """Each stream holds a page of history while its client does not read on."""
    server = start_durable(tmp_path)
    writer = RawHub(server.address, "writer")
    text = "\u6f22" * 4096
    for start in range(0, 100, 5):
        writer.send(*(sending(scope, text, id=str(start + index)) for index in range(5)))
        for _ in range(5):
            assert "error" not in writer.read_completion(wait=PATIENCE)
    stored(server, scope, 100)
    before = server.memory
    readers = [RawHub(server.address, f"reader{number}", receive_buffer=4096) for number in range(20)]
    for reader in readers:
        reader.send(*(streaming(scope, str(number)) for number in range(8)))
    for reader in readers:
        assert reader.read(PATIENCE)["type"] == 2
    # Reads are done in their order, so that this one is behind those of the streams.
    assert len(page(server, scope, limit=1)["messages"]) == 1
    # 160 streams; with pages of 100 messages they would hold 190 MiB.
    assert server.memory - before < 110
    for hub in (writer, *readers):
        hub.websocket.disconnect()


def test_connections_without_sockets_count(start_server):
    """One TCP connection could open any number of long-polling connections."""
    server = start_server(Server__MaxConnections="20", Server__ShutdownGraceSeconds="1")
    connection = HTTPConnection(server.address)

    def ask(method: str, target: str, body: bytes | None = None):
        connection.write(encode_request(method, target, body=body))
        return connection.read_response(method)

    def negotiated():
        return ask("POST", f"{HUB}/negotiate?negotiateVersion=1&user=crowd", b"")

    def polled() -> str:
        return hub_target("crowd", id=negotiated().json()["connectionToken"])

    late = polled()
    opened = [polled() for _ in range(20)]
    assert {ask("POST", target, HANDSHAKE).status for target in opened} == {200}
    assert check_problem(ask("POST", late, HANDSHAKE), 503)["detail"] == "This server has too many connections."
    check_problem(ask("GET", late), 503)
    # Nor is another let in as far as that.
    check_problem(negotiated(), 503)
    check_problem(open_stream(server.address, late).read_response(), 503)
    with pytest.raises(RefusedUpgrade) as refusal:
        RawHub(server.address, "another")
    check_problem(refusal.value.response, 503)
    assert MetricsPage(server).value("chat_ws_active_sessions") == 20
    assert ask("DELETE", opened[0]).status == 202
    # The token that was refused is still good.
    assert [ask("GET", late).body, ask("POST", late, HANDSHAKE).status, ask("GET", late).body] == [b"", 200, b"{}\x1e"]
    assert ask("GET", opened[1]).body == b""
    assert ask("GET", opened[1]).body == b"{}\x1e"
    connection.close()


def test_streams_of_events_that_nobody_reads_are_closed(start_server, scope):
    server = start_server(Hub__MaxOutboundBytesPerConnection="65536")
    before = server.memory
    stuck = []
    for number in range(10):
        target = hub_target(f"stuck{number}", id=negotiate(server.address, f"stuck{number}"))
        stream = HTTPConnection(server.address, 4096)
        stream.write(encode_request("GET", target, {"Accept": "text/event-stream"}))
        assert read_stream_head(stream).status == 200
        assert post(server.address, target, HANDSHAKE, invocation("JoinScopeAsync", scope, 0)).status == 200
        stuck.append((stream, target))
    speaker = RawHub(server.address, "speaker")

    def all_are_closed() -> bool:
        # Few at once, as their answers wait in the speaker's own queue.
        speaker.send(*(sending(scope, "x" * 4000, id=str(number)) for number in range(5)))
        for _ in range(5):
            assert "error" not in speaker.read_completion(wait=PATIENCE)
        return all(post(server.address, target, {"type": 6}).status == 404 for _, target in stuck)

    poll_until(all_are_closed, "the end of all who do not read", PATIENCE)
    assert server.memory - before < 64
    for stream, _ in stuck:
        stream.close()
    speaker.leave()


# Time


def test_little_that_inflates_to_much_holds_nobody_up(start_server):
    """A few kilobytes of pings that inflate to megabytes: the others of the loop have their turn in between."""
    server = start_server("--loops", "1", Server__WebSocketCompression="true")
    neighbour = RawHub(server.address, "neighbour")
    # A reader that is itself held up may find all done, though the server was fair: it gets some tries.
    assert any(has_turn_in_between(server, neighbour) for _ in range(10)), "all is inflated before anybody else has a turn"
    neighbour.leave()


def has_turn_in_between(server, neighbour) -> bool:
    """Whether somebody else is answered twice while one client's megabytes of pings are worked off."""
    mallory = RawWebSocket(server.address, hub_target("mallory"), offer=OFFER)
    mallory.stream.write(encode_frame(Frame(TEXT, HANDSHAKE)))
    assert inflated(mallory.read_frame()) == b"{}\x1e"
    pings = encode_frame(Frame(TEXT, deflated(encode_record({"type": 6}) * 80_000), rsv=COMPRESSED))
    assert len(pings) < 4096
    begin, end = (encode_frame(Frame(TEXT, encode_record(invocation("HeartbeatAsync", id=id)))) for id in "be")
    mallory.stream.write(begin + pings * 15 + end)
    assert b'"invocationId":"b"' in inflated(mallory.read_frame(PATIENCE))
    # What the server sends is written between two turns. It has not come to the end when it answers somebody else.
    for _ in range(2):
        assert neighbour.invoke("HeartbeatAsync", wait=PATIENCE)["result"] is None
    is_under_way = not mallory.stream.wait_readable(0.001)
    mallory.reset()
    assert neighbour.invoke("HeartbeatAsync", wait=PATIENCE)["result"] is None
    return is_under_way


def test_streams_opened_one_after_another(server, scope):
    """More than may run at once, and cancelled at once: each is answered once, and the others chat on."""
    hub = RawHub(server.address, "impatient")
    hub.say(scope, "something to stream")
    with Conversation(server, f"{scope}-other"):
        for start in range(0, 1000, 50):
            for number in range(start, start + 50):
                hub.send(streaming(scope, str(number)), {"type": 5, "invocationId": str(number)})
            answered = set()
            while len(answered) < 50:
                record = hub.read(PATIENCE)
                if record["type"] == 3:
                    answered.add(record["invocationId"])
                    assert "error" not in record or "At most 8 streams" in record["error"], record
            assert answered == {str(number) for number in range(start, start + 50)}
    hub.leave()


# Requests


def test_thousands_of_posts_on_one_id(server, scope):
    """Each is answered; what was accepted is done once, and nothing else."""
    client = PollingHub(server.address, "stormy", True)
    connections = [HTTPConnection(server.address) for _ in range(20)]
    with Conversation(server, scope):
        for number, connection in enumerate(connections):
            records = [encode_record(invocation("HeartbeatAsync", id=f"{number}-{index}")) for index in range(100)]
            connection.write(b"".join(encode_request("POST", client.target, body=record) for record in records))
        accepted = set()
        for number, connection in enumerate(connections):
            for index in range(100):
                status = connection.read_response("POST", PATIENCE).status
                assert status in (200, 429), status
                accepted |= {f"{number}-{index}"} if status == 200 else set()
            connection.close()
        assert accepted
        answered = [client.read_completion(wait=PATIENCE)["invocationId"] for _ in accepted]
    assert len(answered) == len(set(answered)) and set(answered) == accepted
    assert client.result("HeartbeatAsync") is None
    client.leave()


def test_bodies_that_never_end(server, scope):
    """What is not there whole is not taken, and keeps nobody waiting: neither the connection that it is for nor others."""
    client = PollingHub(server.address, "patient", True)
    head = encode_request("POST", client.target, {"Content-Length": "1000000"}, b"")
    half = [HTTPConnection(server.address) for _ in range(50)]
    with Conversation(server, scope):
        for connection in half:
            connection.write(head + encode_record(invocation("NoSuchMethod", id="half")) + b" " * 100_000)
        assert client.result("HeartbeatAsync") is None
    for connection in half:
        connection.reset()
    assert client.result("HeartbeatAsync") is None
    client.leave()


@pytest.mark.parametrize("transport", ["ServerSentEvents", "LongPolling"])
def test_posts_while_the_connection_closes(server, transport):
    """Before the client's close record they count, behind it they are told that there is no such connection."""
    for _ in range(5):
        client = TRANSPORTS[transport](server.address, "leaving")
        connections = [HTTPConnection(server.address) for _ in range(12)]
        for number, connection in enumerate(connections):
            record = {"type": 7} if number == 6 else invocation("HeartbeatAsync", id=str(number))
            connection.write(encode_request("POST", client.target, body=encode_record(record)))
        statuses = [connection.read_response("POST").status for connection in connections]
        accepted = {str(number) for number, status in enumerate(statuses) if status == 200} - {"6"}
        assert set(statuses) <= {200, 404} and statuses[6] == 200, statuses
        answered = []
        with contextlib.suppress(EndOfStream):
            while True:
                answered.append(client.read_completion()["invocationId"])
        assert sorted(answered) == sorted(accepted)
        client.disconnect()


def test_all_transports_race_for_one_token(server, scope):
    """One of them gets the connection; the rest are told why not, and the one that has it works."""
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    with Conversation(server, scope):
        for number in range(30):
            target = hub_target("torn", id=negotiate(server.address, "torn"))
            requests = [
                encode_request("GET", target, upgrade),
                encode_request("GET", target, {"Accept": "text/event-stream"}),
                encode_request("GET", target),
                encode_request("POST", target, body=HANDSHAKE),
            ]
            requests = requests[number % 4 :] + requests[: number % 4]
            connections = [HTTPConnection(server.address) for _ in requests]
            for connection, data in zip(connections, requests):
                connection.write(data)
            # The poll may wait for the handshake's answer, which the post brings if they have the connection.
            statuses = [connection.read_response("HEAD").status for connection in connections]
            assert set(statuses) <= {101, 200, 400, 404, 405, 409}, statuses
            sockets, streams = statuses.count(101), statuses.count(200)
            assert (sockets, streams) in ((1, 0), (0, 1), (0, 2)), statuses
            for connection in connections:
                connection.close()


# What clients do who are stopped, or come back


def wait_for_nobody(server) -> None:
    poll_until(lambda: MetricsPage(server).value("chat_ws_active_sessions") == 0, "the end of all connections", PATIENCE)


def test_stopping_while_connecting(start_server):
    """At every stage of every transport (signalr.md section 11, case 15): nothing is left behind."""
    server = start_server(Hub__DisconnectTimeoutSeconds="1")
    for _ in range(5):
        negotiate(server.address)
        websocket = RawWebSocket(server.address, hub_target("alice", id=negotiate(server.address)))
        websocket.disconnect()
        closing = RawWebSocket(server.address, hub_target("alice"))
        closing.stream.write(encode_frame(Frame(TEXT, HANDSHAKE)) + encode_frame(Frame(CLOSE, close_payload(1000))))
        closing.drain()
        half = RawWebSocket(server.address, hub_target("alice"))
        half.send(TEXT, HANDSHAKE[:10])
        half.reset()
        stream = open_stream(server.address, hub_target("alice", id=negotiate(server.address)))
        assert read_stream_head(stream).status == 200
        stream.close()
        early = open_stream(server.address, hub_target("alice", id=negotiate(server.address)))
        early.reset()
        target = hub_target("alice", id=negotiate(server.address))
        assert request(server.address, "GET", target).status == 200
        assert request(server.address, "DELETE", target).status == 202
        target = hub_target("alice", id=negotiate(server.address))
        assert post(server.address, target, HANDSHAKE).status == 200
    wait_for_nobody(server)


def test_everybody_comes_back_after_a_restart(start_server, scope):
    """Old ids are unknown; a storm of new connections is served, each whole."""
    first = start_server()
    old = [hub_target("alice", id=negotiate(first.address)) for _ in range(2)]
    client = RawHub(first.address, target=old[0])
    client.leave()
    first.stop()
    # Without pings between what is read here.
    second = start_server("--port", str(first.address[1]), Hub__KeepAliveSeconds="3600")
    for target in old:
        for method in ("GET", "POST", "DELETE"):
            check_problem(request(second.address, method, target, body=b"" if method == "POST" else None), 404)
        with pytest.raises(RefusedUpgrade) as refusal:
            RawHub(second.address, target=target)
        assert refusal.value.response.status == 404
    storm = [RawWebSocket(second.address, hub_target(f"user{number}")) for number in range(200)]
    join = encode_record(invocation("JoinScopeAsync", scope, 0, id="1"))
    for websocket in storm:
        websocket.send(TEXT, HANDSHAKE + join)
    for websocket in storm:
        answer = b""
        while not answer.endswith(b'{"type":3,"invocationId":"1","result":null}\x1e'):
            answer += websocket.read_message(PATIENCE).payload
        assert answer.startswith(b"{}\x1e")
    speaker = RawHub(second.address, "speaker")
    speaker.say(scope, "welcome back")
    for websocket in storm:
        assert b"welcome back" in websocket.read_message(PATIENCE).payload
        websocket.reset()
    speaker.leave()


# Limits and secrets


def test_whoever_is_refused_does_not_fill_the_log(start_server):
    server = start_server("--loops", "1", Server__MaxConnections="1")
    only = HTTPConnection(server.address)
    only.write(encode_request("GET", "/health/live"))
    assert only.read_response().status == 200
    for _ in range(200):
        refused = HTTPConnection(server.address)
        assert refused.rest() == b""
        refused.close()

    def counts() -> list[int]:
        lines = [line for line in server.stderr_lines if "Connections refused" in line]
        return [int(re.search(r"count=(\d+)", line)[1]) for line in lines]

    poll_until(lambda: sum(counts()) == 200, "the count of all", PATIENCE)
    assert len(counts()) < 100, "a line for each"
    only.close()


def test_resuming_beyond_the_scopes_of_a_connection(start_server, scope):
    server = start_server(Hub__MaxScopesPerConnection="2", Hub__ResumeWaitSeconds="0")
    client = RawHub(server.address, "alice")
    for number in range(2):
        client.join(f"{scope}-{number}", 0)
    position = {"partition": 0, "offset": 0}
    assert "at most 2 scopes" in client.error("ResumeScopeAsync", f"{scope}-2", position, 0)
    assert set(client.result("ResumeScopeAsync", f"{scope}-0", position, 0)) == {"recovered", "replayed"}
    client.say(f"{scope}-2", "not joined")
    client.say(f"{scope}-0", "joined")
    client.hear("joined")
    client.leave()


def test_limits_on_targets_and_headers_of_the_hub(server):
    """Refused before any of it is used, and with the connection ended."""
    endless = hub_target("alice", id="x" * 9000)
    many = {f"X-{number}": "y" for number in range(200)}
    for target, headers, status in ((endless, {}, 414), (hub_target("alice"), many, 431)):
        connection = HTTPConnection(server.address)
        with contextlib.suppress(EndOfStream):
            connection.write(encode_request("GET", target, headers))
        check_problem(connection.read_response(), status)
        assert connection.rest() == b""


def test_no_secret_is_logged(start_server, scope):
    """Tokens, query strings and texts, on every transport and in what is refused, at the finest level of the log."""
    server = start_server("--log-level", "trace", Server__ShutdownGraceSeconds="1")
    secrets = [NEVER]
    for transport in ("ServerSentEvents", "LongPolling"):
        client = TRANSPORTS[transport](server.address, "alice")
        secrets.append(client.token)
        client.send(sending(scope, NEVER), invocation("RefreshTokenAsync", NEVER, id="1"), b'["' + NEVER.encode() + b'"]\x1e')
        assert client.read()["type"] in (3, 7)
        client.disconnect()
    secrets.append(negotiate(server.address))
    target = hub_target("alice", id=secrets[-1], access_token=NEVER)
    credentials = {"Authorization": f"Bearer {NEVER}", "Cookie": NEVER}
    for method in ("GET", "POST", "DELETE", "PUT"):
        request(server.address, method, target.replace("alice", "mallory"), credentials, b"" if method == "POST" else None)
    client = RawHub(server.address, target=target)
    client.send(sending(scope, NEVER), b"[" + NEVER.encode() + b"]\x1e")
    client.expect_fault()
    for line in (f"GET {target} HTTP/1.1", f"GET {HUB}?{NEVER} HTTP/9.9", f"{NEVER}\x01 / HTTP/1.1"):
        connection = HTTPConnection(server.address)
        connection.write(line.encode() + b"\r\n\r\n")
        connection.rest()
    server.stop()
    said = "\n".join(server.stdout_lines + server.stderr_lines)
    assert "listening" in said
    assert [secret for secret in secrets if secret in said] == []
