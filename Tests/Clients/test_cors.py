"""Browsers with pages of other origins (signalr.md section 3; section 11, case 14)."""

import pytest

from hub_transports import negotiate, open_stream, read_stream_head
from problem_rules import check_problem
from raw_http import HTTPConnection, Response, encode_request, post_json, request
from raw_hub import HUB, hub_target

FRIEND = "https://friend.example"
# What clients send of their own, and what their users or a tracer of requests may add.
HEADERS = ["x-requested-with,x-signalr-user-agent", "authorization,content-type", "x-user-id,traceparent,x-team"]
PATHS = [HUB, f"{HUB}/negotiate", "/chat/send", "/chat/history/0/general"]


@pytest.fixture(scope="module")
def open_server(start_server):
    """A server that lets the pages of two origins in."""
    return start_server(Server__AllowedOrigins=f"{FRIEND},http://localhost:3000", RateLimit__SendMessage__Threshold="1")


def preflight(server, path: str, origin: str = FRIEND, method: str = "POST", asked: str | None = None) -> Response:
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    headers |= {"Access-Control-Request-Headers": asked} if asked else {}
    return request(server.address, "OPTIONS", path, headers)


def items(response: Response, name: str) -> set[str]:
    return {item.strip().lower() for item in (response.header(name) or "").split(",")}


def check_open(response: Response, origin: str = FRIEND) -> Response:
    """The page may read the answer, and the answer says whom it was for."""
    assert response.header("access-control-allow-origin") == origin, response
    assert response.header("access-control-allow-credentials") == "true", response
    assert response.header("vary") == "Origin", response
    return response


def check_shut(response: Response) -> Response:
    assert not [name for name, _ in response.fields if name.startswith("access-control-")], response
    assert response.header("vary") == "Origin", response
    return response


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_preflight(open_server, path, method):
    response = check_open(preflight(open_server, path, method=method))
    assert (response.status, response.body) == (204, b"")
    assert items(response, "access-control-allow-methods") == {"get", "post", "delete"}
    assert response.header("access-control-allow-headers") is None


@pytest.mark.parametrize("asked", HEADERS)
def test_preflight_of_headers(open_server, asked):
    response = check_open(preflight(open_server, HUB, asked=asked))
    assert items(response, "access-control-allow-headers") == set(asked.split(","))
    check_shut(preflight(open_server, HUB, "https://evil.example", asked=asked))


@pytest.mark.parametrize("origin", ["http://localhost:3000", "HTTPS://Friend.Example"])
def test_origin_is_repeated_as_it_was_sent(open_server, origin):
    check_open(preflight(open_server, HUB, origin), origin)


@pytest.mark.parametrize("origin", [
    "https://evil.example",
    "null",
    "http://friend.example",
    "https://friend.example:8443",
    "https://friend.example.evil",
])
def test_other_origins_are_refused(open_server, origin):
    for response in (
        preflight(open_server, HUB, origin),
        request(open_server.address, "POST", f"{HUB}/negotiate", {"Origin": origin}, b""),
        request(open_server.address, "GET", hub_target("alice", id="x"), {"Origin": origin}),
        post_json(open_server.address, "/chat/send", {}, {"Origin": origin}),
    ):
        check_problem(check_shut(response), 403)


def test_requests_without_origin_are_answered_as_ever(open_server):
    assert check_shut(request(open_server.address, "POST", f"{HUB}/negotiate", body=b"")).status == 200


def test_options_without_a_preflight_s_headers(open_server):
    for headers in ({}, {"Origin": FRIEND}):
        assert request(open_server.address, "OPTIONS", HUB, headers).status == 405


def test_unknown_path(open_server):
    check_problem(check_open(preflight(open_server, "/nowhere")), 404)


def test_answers_and_errors_can_be_read(open_server, names, scope):
    """Among them one that is given before the routes see the request, and one with a time to wait."""
    user = names("alice")
    message = {"scopeType": 0, "scopeId": scope, "text": "x"}
    origin = {"Origin": FRIEND, "X-User-Id": user}

    def ask(method: str, target: str, body: bytes | None = None) -> Response:
        return request(open_server.address, method, target, origin, body)

    id = negotiate(open_server.address, user)
    answers = {
        200: post_json(open_server.address, "/chat/send", message, origin),
        429: post_json(open_server.address, "/chat/send", message, origin),
        400: ask("GET", HUB),
        404: ask("GET", hub_target(None, id="unknown")),
        405: ask("GET", f"{HUB}/negotiate"),
        413: ask("POST", hub_target(None, id=id), b" " * (1 << 20) + b" "),
        415: ask("POST", "/chat/send", b"x"),
    }
    for status, response in answers.items():
        assert check_open(response).status == status
        assert {"x-correlation-id", "retry-after"} <= items(response, "access-control-expose-headers")
    assert int(answers[429].header("retry-after")) > 0


def test_long_polling(open_server):
    target = hub_target("alice", id=negotiate(open_server.address))
    for method, status in (("GET", 200), ("POST", 200), ("DELETE", 202), ("DELETE", 404)):
        body = b"" if method == "POST" else None
        assert check_open(request(open_server.address, method, target, {"Origin": FRIEND}, body)).status == status


def test_stream_of_events(open_server):
    target = hub_target("alice", id=negotiate(open_server.address))
    connection = HTTPConnection(open_server.address)
    connection.write(encode_request("GET", target, {"Accept": "text/event-stream", "Origin": FRIEND}))
    assert check_open(read_stream_head(connection)).status == 200
    connection.close()
    check_problem(check_shut(open_stream(open_server.address, hub_target("alice", id="unknown")).read_response()), 404)


@pytest.mark.parametrize("version, id, status", [("12", None, 426), ("13", "unknown", 404)])
def test_refused_upgrades(open_server, version, id, status):
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": version,
        "Origin": FRIEND,
    }
    target = hub_target("alice", **({"id": id} if id else {}))
    check_problem(check_open(request(open_server.address, "GET", target, upgrade)), status)
