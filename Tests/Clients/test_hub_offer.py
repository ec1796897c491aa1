"""What a hub serves is what it offers, and nothing else comes in (signalr.md sections 2 and 3)."""

import json

import pytest

from hub_transports import TRANSPORTS, negotiate, open_stream, post, read_stream_head
from problem_rules import check_problem
from raw_http import Response, request
from raw_hub import HANDSHAKE, RawHub, hub_target
from raw_websocket import RefusedUpgrade
from server_process import run_to_end, the_line
from stateful_hub import negotiate_stateful

#: The values of the setting that are tried, and what they mean.
SETTINGS = {
    "WebSockets": ["WebSockets"],
    "serversentevents": ["ServerSentEvents"],
    "LongPolling,": ["LongPolling"],
    "LongPolling, WEBSOCKETS": ["WebSockets", "LongPolling"],
    "LongPolling,ServerSentEvents": ["ServerSentEvents", "LongPolling"],
}


@pytest.fixture(scope="module", params=SETTINGS)
def choosy(start_server, request):
    """A server that serves some transports, and the names of those."""
    return start_server(Hub__Transports=request.param), SETTINGS[request.param]


def ask_for_web_socket(server, target: str) -> Response:
    try:
        RawHub(server.address, target=target, handshake=False).disconnect()
    except RefusedUpgrade as refusal:
        return refusal.response
    raise AssertionError("the WebSocket was let in")


def ask_for_stream(server, target: str) -> Response:
    connection = open_stream(server.address, target)
    try:
        return connection.read_response()
    finally:
        connection.close()


#: How to ask for what is expected to be refused.
DOORS = {
    "WebSockets": ask_for_web_socket,
    "ServerSentEvents": ask_for_stream,
    "LongPolling": lambda server, target: request(server.address, "GET", target),
}


def test_what_is_served_is_offered_the_best_first(choosy):
    server, served = choosy
    offered = negotiate_stateful(server.address, "alice")["availableTransports"]
    assert [entry["transport"] for entry in offered] == served


def test_stateful_reconnect_is_for_web_sockets(choosy):
    server, served = choosy
    answer = negotiate_stateful(server.address, "alice")
    assert answer.get("useStatefulReconnect") is (True if "WebSockets" in served else None), answer


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_what_is_served_works_and_nothing_else_gets_in(choosy, scope, transport):
    server, served = choosy
    if transport in served:
        client = TRANSPORTS[transport](server.address, "alice")
        client.join(scope)
        client.say(scope, "Hello")
        client.hear("Hello")
        client.leave()
        return
    for target in (hub_target("alice", id=negotiate(server.address)), hub_target("alice")):
        problem = check_problem(DOORS[transport](server, target), 404)
        assert problem["detail"] == f"This hub does not serve {transport}."


def test_who_posts_first_comes_to_poll(choosy):
    server, served = choosy
    answer = post(server.address, hub_target("alice", id=negotiate(server.address)), HANDSHAKE)
    if "LongPolling" in served:
        assert answer.status == 200
    else:
        check_problem(answer, 404)


@pytest.mark.parametrize("value", ["", " ", "WebSockets,CarrierPigeons", "all"])
@pytest.mark.parametrize("flags", [(), ("--check-config",)], ids=["start", "check"])
def test_a_wrong_list_stops_the_start(chatify_server_path, tmp_path, flags, value):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"Chatify": {"Hub": {"Transports": value.split(",")}}}))
    command = [chatify_server_path, "--in-memory", "--port", "0", *flags]
    in_file = the_line(run_to_end([*command, "--config", str(path)], {}, str(tmp_path)))
    in_environment = the_line(run_to_end(command, {"Chatify__Hub__Transports": value}, str(tmp_path)))
    for line in (in_file, in_environment):
        assert f'Chatify:Hub:Transports="{value}"' in line, line
        assert line.endswith("a list of one or more of WebSockets, ServerSentEvents, LongPolling"), line


def test_a_right_list_may_start(chatify_server_path, tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"Chatify": {"Hub": {"Transports": ["LongPolling", "websockets"]}}}))
    result = run_to_end([chatify_server_path, "--check-config", "--config", str(path)], {}, str(tmp_path))
    assert (result.returncode, result.stderr) == (0, ""), result
