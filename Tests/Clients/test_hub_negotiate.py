"""Negotiate and attaching by id (signalr.md section 11, cases 1 and 2)."""

import json

import pytest

from raw_http import request
from raw_hub import HANDSHAKE, HUB, RawHub, hub_target, refused_status
from server_process import poll_until


def negotiate(server, query: str = "?user=alice", method: str = "POST"):
    return request(server.address, method, f"{HUB}/negotiate{query}", body=b"" if method == "POST" else None)


@pytest.mark.parametrize("query, version", [
    ("?user=alice", 0),
    ("?user=alice&negotiateVersion=0", 0),
    ("?user=alice&negotiateVersion=1", 1),
    ("?user=alice&negotiateVersion=99", 1),
])
def test_negotiate_versions(server, query, version):
    response = negotiate(server, query)
    assert response.status == 200
    assert response.header("content-type").split(";")[0] == "application/json"
    answer = response.json()
    assert set(answer) == {"negotiateVersion", "connectionId", "availableTransports"} | (
        {"connectionToken"} if version else set()
    )
    assert answer["negotiateVersion"] == version and type(answer["negotiateVersion"]) is int


def test_transports_on_offer(server):
    """The best first, because clients try them in order, and text first, because clients take the first format."""
    transports = negotiate(server).json()["availableTransports"]
    offered = {entry["transport"]: entry["transferFormats"] for entry in transports}
    assert list(offered) == ["WebSockets", "ServerSentEvents", "LongPolling"]
    assert offered["WebSockets"] in (["Text"], ["Text", "Binary"])
    assert offered["ServerSentEvents"] == ["Text"]
    assert offered["LongPolling"] == offered["WebSockets"]


def test_version_that_is_not_a_number(server):
    response = negotiate(server, "?negotiateVersion=one")
    assert response.status == 200
    assert response.json() == {"error": "The client requested a non-integer protocol version."}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_negotiate_is_only_posted(server, method):
    response = negotiate(server, method=method)
    assert response.status == 405
    assert "POST" in response.header("allow")


def test_body_and_content_type_are_ignored(server):
    headers = {"Content-Type": "text/plain"}
    response = request(server.address, "POST", f"{HUB}/negotiate?user=alice", headers, b"anything")
    assert response.status == 200 and response.json()["connectionId"]


def test_ids_are_unique_and_safe_in_urls(server):
    answers = [negotiate(server, "?user=alice&negotiateVersion=1").json() for _ in range(30)]
    keys = [answer[name] for answer in answers for name in ("connectionId", "connectionToken")]
    assert len(set(keys)) == 60
    assert all(key.replace("-", "").replace("_", "").isalnum() and key.isascii() for key in keys)
    assert all(len(answer["connectionToken"]) >= 22 for answer in answers), "a token of fewer than 128 bits"


def test_version_0_attaches_by_connection_id(server):
    id = negotiate(server).json()["connectionId"]
    client = RawHub(server.address, target=hub_target("alice", id=id))
    assert client.result("HeartbeatAsync") is None
    client.leave()


def test_version_1_attaches_by_token_only(server):
    answer = negotiate(server, "?user=alice&negotiateVersion=1").json()
    assert refused_status(server, hub_target("alice", id=answer["connectionId"])) == 404
    client = RawHub(server.address, target=hub_target("alice", id=answer["connectionToken"]))
    assert client.result("HeartbeatAsync") is None
    client.leave()


@pytest.mark.parametrize("id", ["unknown", "x" * 500, "../../etc/passwd", "\u00e9"])
def test_unknown_id(server, id):
    assert refused_status(server, hub_target("alice", id=id)) == 404


def test_no_id_makes_a_connection(server):
    client = RawHub(server.address, "alice")
    assert client.result("HeartbeatAsync") is None
    client.leave()


def test_same_id_twice(server):
    target = hub_target("alice", id=negotiate(server).json()["connectionId"])
    client = RawHub(server.address, target=target)
    assert refused_status(server, target) == 409
    assert client.result("HeartbeatAsync") is None, "the first must not notice"
    client.leave()


def test_id_after_close(server):
    target = hub_target("alice", id=negotiate(server).json()["connectionId"])
    RawHub(server.address, target=target).leave()
    poll_until(lambda: refused_status(server, target) == 404, "404 for a closed connection's id")


def test_id_of_another_user_is_refused(server):
    id = negotiate(server, "?user=alice").json()["connectionId"]
    assert refused_status(server, hub_target("mallory", id=id)) in (401, 403, 404)


def test_post_on_a_websocket_id(server):
    target = hub_target("alice", id=negotiate(server).json()["connectionId"])
    client = RawHub(server.address, target=target)
    headers = {"Content-Type": "text/plain"}
    assert request(server.address, "POST", target, headers, HANDSHAKE).status == 405
    assert client.result("HeartbeatAsync") is None
    client.leave()


def test_foreign_origin_is_refused(server):
    headers = {"Origin": "https://evil.example"}
    refused = request(server.address, "POST", f"{HUB}/negotiate", headers, b"")
    assert refused.status == 403, json.dumps(refused.fields)
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    assert request(server.address, "GET", HUB, upgrade | headers).status == 403
