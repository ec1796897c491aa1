"""`Examples/NIOHost`, the hub served by swift-nio, with a stock client and with raw requests."""

import pytest
from pysignalr.protocol.json import JSONProtocol
from pysignalr.protocol.messagepack import MessagepackProtocol

from conftest import executable
from event_rules import check_enriched, check_pushed
from raw_http import request
from raw_hub import RawHub
from server_process import ServerProcess
from stateful_hub import negotiate_stateful
from test_stock_pysignalr import Member, chat

BANNER = r"nio-host listening on http://(?P<host>[^:/]+):(?P<port>\d+)"
GOODBYE = {"type": 7, "allowReconnect": True}


@pytest.fixture(scope="module")
def start_host(tmp_path_factory):
    running: list[ServerProcess] = []

    def start() -> ServerProcess:
        directory = str(tmp_path_factory.mktemp("nio-host"))
        running.append(ServerProcess([executable("CHATIFY_NIO_HOST"), "0"], BANNER, {}, directory))
        return running[-1]

    yield start
    try:
        for host in running:
            if not host.was_asked_to_stop:
                host.stop()
    finally:
        for host in running:
            host.kill()


@pytest.fixture(scope="module")
def host(start_host):
    return start_host()


def test_no_more_is_offered_than_is_served(host):
    answer = negotiate_stateful(host.address, "alice")
    assert answer["availableTransports"] == [{"transport": "WebSockets", "transferFormats": ["Text", "Binary"]}]
    assert "useStatefulReconnect" not in answer


@pytest.mark.parametrize("protocol", [JSONProtocol, MessagepackProtocol])
def test_a_stock_client_chats(host, scope, protocol):
    async def scenario(alice: Member, bob: Member) -> None:
        for member in (alice, bob):
            assert await member.result("JoinScopeAsync", scope) is None
        check_enriched(await alice.say(scope, "Grüße durch NIO 😀"), scope, "alice", "Grüße durch NIO 😀")
        for member in (alice, bob):
            check_pushed((await member.hear("Grüße durch NIO 😀"))[0], scope, "alice", "Grüße durch NIO 😀")
        message = await alice.call("NoSuchMethod")
        assert message.error.endswith("HubException: Method does not exist.")

    chat(host, ["alice", "bob"], scenario, protocol)


def test_what_is_not_the_hub_is_refused(host):
    assert request(host.address, "GET", "/").status == 404
    assert request(host.address, "GET", "/hubs/chat/negotiate").status == 405
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    refused = request(host.address, "GET", "/hubs/chat?id=nobody-negotiated-this", upgrade)
    assert refused.status == 404


def test_stopping_tells_clients_to_come_back(start_host):
    host = start_host()
    hub = RawHub(host.address, "alice")
    hub.join("general")
    host.ask_to_stop()
    assert hub.read() == GOODBYE
    assert hub.websocket.read_close() == 1000
    hub.websocket.finish()
    host.expect_exit(0, 20)
