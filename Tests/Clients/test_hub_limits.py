"""Limits that settings put on connections and scopes (contracts.md section 8)."""

import pytest

from raw_http import request
from raw_hub import HUB, RawHub, encode_record, invocation
from raw_websocket import TEXT, RefusedUpgrade
from server_process import poll_until


@pytest.fixture(scope="module")
def tight_server(start_server):
    return start_server(
        Hub__MaximumReceiveMessageSize="1024",
        Hub__MaxScopesPerConnection="3",
        Server__MaxConnectionsPerUser="2",
    )


def test_scopes_per_connection(tight_server, scope, names):
    client = RawHub(tight_server.address, names("alice"))
    for index in range(3):
        client.join(f"{scope}-{index}", 0)
    assert "JoinScopeAsync" in client.error("JoinScopeAsync", f"{scope}-3", 0)
    client.join(f"{scope}-0", 0)
    assert client.result("LeaveScopeAsync", f"{scope}-0", 0) is None
    client.join(f"{scope}-3", 0)
    client.leave()


def test_connections_per_user(tight_server, names):
    user = names("alice")
    first, second = RawHub(tight_server.address, user), RawHub(tight_server.address, user)
    with pytest.raises(RefusedUpgrade) as refusal:
        RawHub(tight_server.address, user)
    assert refusal.value.response.status in (403, 409, 429, 503)
    RawHub(tight_server.address, names("bob")).leave()
    first.leave()

    def connects_again() -> bool:
        try:
            RawHub(tight_server.address, user).leave()
        except RefusedUpgrade:
            return False
        return True

    poll_until(connects_again, "room for a new connection of the user")
    assert second.result("HeartbeatAsync") is None
    second.leave()


@pytest.mark.parametrize("version", ["?", "?negotiateVersion=1&"])
def test_negotiation_of_one_connection_too_many(tight_server, names, version):
    """Clients stop at such an answer and show its text; a refused transport would only make them try the next."""
    user = names("alice")
    clients = [RawHub(tight_server.address, user) for _ in range(2)]
    target = f"{HUB}/negotiate{version}user={user}"
    response = request(tight_server.address, "POST", target, body=b"")
    assert (response.status, response.header("content-type")) == (200, "application/json")
    assert response.json() == {"error": "This user has too many connections."}
    clients.pop().leave()

    def negotiates_again() -> bool:
        return "error" not in request(tight_server.address, "POST", target, body=b"").json()

    poll_until(negotiates_again, "room for a new connection of the user")
    clients.pop().leave()


def test_smaller_record_limit(tight_server, names):
    client = RawHub(tight_server.address, names("alice"))
    call = encode_record(invocation("HeartbeatAsync", id="1"))
    exact = call[:-1] + b" " * (1024 - len(call)) + b"\x1e"
    client.websocket.send(TEXT, exact)
    assert client.read_completion("1")["result"] is None
    client.websocket.send(TEXT, b" " + exact)
    client.expect_fault()


def test_refused_upgrades_leave_no_trace(tight_server, names):
    """An upgrade that fails after the user was let in gives the place back."""
    user = names("alice")
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "12",
    }
    for _ in range(5):
        assert request(tight_server.address, "GET", f"/hubs/chat?user={user}", upgrade).status == 426
    RawHub(tight_server.address, user).leave()
