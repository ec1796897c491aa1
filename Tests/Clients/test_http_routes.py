"""Routes, errors and headers of the HTTP side (contracts.md section 3)."""

import pytest

from problem_rules import CORRELATION_ID, check_correlation, check_problem
from raw_http import HTTPConnection, encode_request, post_json, request

GOOD_ID = "corr_0b9f1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3"
JSON = {"Content-Type": "application/json"}

#: (method, target, headers, body, status): one answer of every kind.
ANSWERS = [
    pytest.param("GET", "/health/live", {}, None, 200, id="200"),
    pytest.param("POST", "/chat/send", JSON, b"not json", 400, id="400"),
    pytest.param("GET", "/hubs/chat/negotiate", {"Origin": "https://evil.example"}, None, 403, id="403"),
    pytest.param("GET", "/nowhere", {}, None, 404, id="404"),
    pytest.param("GET", "/chat/send", {}, None, 405, id="405"),
    pytest.param("POST", "/chat/send", JSON | {"Content-Length": "1048577"}, None, 413, id="413"),
    pytest.param("GET", "/" + "x" * 20000, {}, None, 414, id="414"),
    pytest.param("POST", "/chat/send", {"Content-Type": "text/plain"}, b"{}", 415, id="415"),
    pytest.param("GET", "/health/live", {"X-Large": "x" * 40000}, None, 431, id="431 size"),
    pytest.param("GET", "/health/live", {f"X-{index}": "x" for index in range(300)}, None, 431, id="431 count"),
]


@pytest.mark.parametrize("method, target, headers, body, status", ANSWERS)
def test_status_and_correlation(server, method, target, headers, body, status):
    response = request(server.address, method, target, headers, body)
    if status == 200:
        assert response.status == 200
        check_correlation(response)
    else:
        check_problem(response, status)


#: Answers to requests whose head could be read.
READABLE = [answer for answer in ANSWERS if answer.id not in ("414", "431 size", "431 count")]


@pytest.mark.parametrize("method, target, headers, body, status", READABLE)
def test_correlation_id_is_echoed(server, method, target, headers, body, status):
    response = request(server.address, method, target, {"X-Correlation-ID": GOOD_ID} | headers, body)
    assert response.status == status
    assert response.header("x-correlation-id") == GOOD_ID


@pytest.mark.parametrize("value", [
    "", "corr_", "corr_123", GOOD_ID + "x", GOOD_ID[5:], "x" * 5000, f"{GOOD_ID}, {GOOD_ID}"
])
def test_malformed_correlation_id_is_replaced(server, value):
    response = request(server.address, "GET", "/health/live", {"X-Correlation-ID": value})
    assert response.status == 200
    assert check_correlation(response) != value


def test_new_correlation_ids_differ(server):
    ids = {check_correlation(request(server.address, "GET", "/health/live")) for _ in range(10)}
    assert len(ids) == 10 and all(CORRELATION_ID.fullmatch(id) for id in ids)


def test_upgrade_answer_carries_a_correlation_id(server):
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "X-Correlation-ID": GOOD_ID,
    }
    response = request(server.address, "GET", "/hubs/chat?user=alice", upgrade)
    assert response.status == 101 and response.header("x-correlation-id") == GOOD_ID


@pytest.mark.parametrize("method, target, allowed", [
    ("GET", "/chat/send", "POST"),
    ("DELETE", "/chat/send", "POST"),
    ("POST", "/chat/history/0/x", "GET"),
    ("DELETE", "/health/live", "GET"),
    ("BREW", "/health/live", "GET"),
])
def test_wrong_methods(server, method, target, allowed):
    response = request(server.address, method, target, {}, b"" if method == "POST" else None)
    check_problem(response, 405)
    assert allowed in [token.strip() for token in response.header("allow").split(",")]


@pytest.mark.parametrize("target", [
    "/", "/chat", "/chat/send/more", "/chat/history/0", "/health", "/health/live/x", "/HUBS"
])
def test_unknown_paths(server, target):
    assert check_problem(request(server.address, "GET", target), 404)["instance"].startswith("/")


@pytest.mark.parametrize("target", ["/health/live", "/health/ready", "/health/startup"])
def test_health(server, target):
    response = request(server.address, "GET", target)
    assert response.status == 200
    assert response.header("content-type").split(";")[0] == "application/json"
    assert isinstance(response.json(), dict)


@pytest.mark.parametrize("target", ["/health/live", "/chat/history/0/head-test", "/nowhere"])
def test_head_is_get_without_a_body(server, target):
    connection = HTTPConnection(server.address)
    connection.write(encode_request("HEAD", target) + encode_request("GET", target))
    head, get = connection.read_response("HEAD"), connection.read_response("GET")
    connection.close()
    assert (head.status, head.header("content-type")) == (get.status, get.header("content-type"))
    assert int(head.header("content-length")) > 0, "the length that GET would have"


def test_own_origin_is_accepted(server):
    headers = {"Origin": server.origin, "Host": server.origin.removeprefix("http://")}
    assert request(server.address, "GET", "/health/live", headers).status == 200


def test_development_identity_of_a_request_without_a_user(server, scope):
    body = {"scopeType": 0, "scopeId": scope, "text": "x"}
    first = post_json(server.address, "/chat/send", body).json()["chatEvent"]["senderId"]
    assert first.startswith("anonymous-")


def test_user_may_come_in_the_query(server, scope):
    body = {"scopeType": 0, "scopeId": scope, "text": "x"}
    answer = post_json(server.address, "/chat/send?user=caf%C3%A9+bar", body)
    assert answer.json()["chatEvent"]["senderId"] == "caf\u00e9 bar"
