"""Streams of history to the client (signalr.md sections 6 and 7): raw, and through stock clients."""

import asyncio
import queue

import pytest
from pysignalr.protocol.messagepack import MessagepackProtocol
from signalrcore.protocol.messagepack_protocol import MessagePackHubProtocol
from signalrcore.types import HttpTransportType

from byte_stream import WAIT
from event_rules import check_event
from hub_transports import TRANSPORTS
from raw_hub import RawHub, sending
from raw_packed_hub import PackedHub
from stock_pysignalr import Member
from test_stock_pysignalr import chat
from test_stock_signalrcore import connecting, server  # noqa: F401, a fixture

ITEM, COMPLETION = 2, 3


def streaming(*arguments, id: str = "s", target: str = "StreamHistoryAsync") -> dict:
    return {"type": 4, "invocationId": id, "target": target, "arguments": list(arguments)}


def read_stream(hub: RawHub, id: str = "s") -> list[dict]:
    """The items of a stream up to its completion, which must be the only other record and say nothing."""
    items = []
    while (record := hub.read())["type"] == ITEM:
        assert set(record) == {"type", "invocationId", "item"} and record["invocationId"] == id, record
        items.append(record["item"])
    assert record == {"type": COMPLETION, "invocationId": id}, record
    return items


def fill(hub: RawHub, scope: str, texts: list[str], at_once: int = 100) -> None:
    """Sends messages and reads their completions, some at once: their answers wait in the server's queue."""
    for start in range(0, len(texts), at_once):
        part = texts[start : start + at_once]
        hub.send(*(sending(scope, text, id=str(start + index)) for index, text in enumerate(part)))
        for _ in part:
            assert "error" not in hub.read_completion()


@pytest.fixture
def connect(server):
    """Connects users over WebSockets."""
    yield from connecting(server, HttpTransportType.web_sockets)


@pytest.fixture(scope="module")
def small_server(start_server):
    """A server that lets little wait to be sent."""
    return start_server(Hub__MaxOutboundBytesPerConnection="65536")


@pytest.fixture
def client(server):
    hub = RawHub(server.address, "alice")
    yield hub
    hub.websocket.disconnect()


def stored(hub: RawHub, scope: str, count: int) -> list[dict]:
    """The history of a scope once it holds `count` messages: it is written behind the answer to a send."""
    for _ in range(200):
        hub.send(streaming(scope))
        if len(items := read_stream(hub)) == count:
            return items
        hub.result("HeartbeatAsync")
    raise AssertionError(f"{len(items)} of {count} messages were stored")


def test_history_is_streamed_oldest_first(client, scope):
    texts = [f"m{index}" for index in range(250)]
    fill(client, scope, texts)
    items = stored(client, scope, 250)
    assert [item["text"] for item in items] == texts
    for item, text in zip(items, texts):
        check_event(item, scope, "alice", text)
        assert "partition" not in item
    since = items[200]["createdAtUtc"]
    expected = [item for item in items if item["createdAtUtc"] >= since]
    client.send(streaming(scope, since, 0))
    assert read_stream(client) == expected
    client.send(streaming(scope, None, "channel", id="\u00fc"))
    assert read_stream(client, "\u00fc") == items


def test_the_same_in_messagepack(server, client, scope):
    fill(client, scope, ["a", "b"])
    stored(client, scope, 2)
    packed = PackedHub(server.address, "bob")
    packed.send([4, {}, "s", "StreamHistoryAsync", [scope, None], []])
    first, second = packed.read(), packed.read()
    assert [first[:3], first[3]["text"], second[3]["text"]] == [[2, {}, "s"], "a", "b"]
    assert packed.read() == [3, {}, "s", 2]
    packed.send([4, {}, "t", "StreamHistoryAsync", [scope, second[3]["createdAtUtc"]], []])
    records = []
    while (record := packed.read())[0] == ITEM:
        records.append(record[3]["text"])
    assert records[-1] == "b" and record == [3, {}, "t", 2]
    packed.websocket.disconnect()


@pytest.mark.parametrize("record, error", [
    (streaming("a", None, 1), "Failed to invoke 'StreamHistoryAsync' because user is unauthorized"),
    (streaming(), "Failed to invoke 'StreamHistoryAsync' due to an error on the server."),
    (streaming("a", target="SendAsync"),
     "The client attempted to invoke the non-streaming 'SendAsync' method with a streaming invocation."),
    (streaming(target="No"),
     "Failed to invoke 'No' due to an error on the server. HubException: Method does not exist."),
    ({"type": 1, "invocationId": "s", "target": "StreamHistoryAsync", "arguments": ["a"]},
     "The client attempted to invoke the streaming 'StreamHistoryAsync' method with a non-streaming invocation."),
])
def test_what_cannot_be_streamed(client, record, error):
    client.send(record)
    assert client.read() == {"type": COMPLETION, "invocationId": "s", "error": error}
    assert client.result("HeartbeatAsync") is None


def test_streams_to_the_server_are_refused_and_ignored(client):
    """No method takes one; what the client sends on it nevertheless concerns nobody."""
    call = {"type": 1, "invocationId": "1", "target": "HeartbeatAsync", "arguments": [], "streamIds": ["up"]}
    items = [{"type": ITEM, "invocationId": "up", "item": number} for number in range(100)]
    client.send(call, *items, {"type": COMPLETION, "invocationId": "up", "error": "aborted"})
    error = "Failed to invoke 'HeartbeatAsync' due to an error on the server."
    assert client.read() == {"type": COMPLETION, "invocationId": "1", "error": error}
    assert client.result("HeartbeatAsync") is None


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_every_transport_carries_more_than_may_be_queued(small_server, scope, transport):
    writer = RawHub(small_server.address, "alice")
    texts = [f"{index:05}" + "x" * 4000 for index in range(300)]
    fill(writer, scope, texts, at_once=8)
    stored(writer, scope, len(texts))
    hub = TRANSPORTS[transport](small_server.address, "bob")
    hub.send(streaming(scope))
    assert [item["text"] for item in read_stream(hub)] == texts
    assert hub.result("HeartbeatAsync") is None
    hub.leave()
    writer.websocket.disconnect()


def test_a_reader_that_stops_holds_up_its_stream_and_nothing_else(server, scope):
    """More than any buffer on the way holds; the connection lives on and loses nothing."""
    writer = RawHub(server.address, "alice")
    texts = [f"{index:05}" + "x" * 4000 for index in range(2000)]
    fill(writer, scope, texts)
    stored(writer, scope, len(texts))
    slow = RawHub(server.address, "bob", receive_buffer=4096)
    slow.join(f"{scope}-live")
    slow.send(streaming(scope), streaming("a", target="No", id="marker"))
    # The answers of the others prove that the server is at work while nobody reads the stream.
    for index in range(50):
        writer.say(f"{scope}-live", f"live {index}")
    heard, items = [], []
    while (record := slow.read())["type"] != COMPLETION or record["invocationId"] != "s":
        if record["type"] == ITEM:
            items.append(record["item"]["text"])
        elif record["type"] == 1:
            heard.append(record["arguments"][0]["text"])
    assert items == texts
    while len(heard) < 50:
        heard.append(slow.next_event()["text"])
    assert heard == [f"live {index}" for index in range(50)]
    for hub in (writer, slow):
        hub.websocket.disconnect()


def test_a_cancelled_stream_stops(server, scope):
    writer = RawHub(server.address, "alice")
    fill(writer, scope, [f"{index:05}" + "x" * 4000 for index in range(2000)])
    stored(writer, scope, 2000)
    slow = RawHub(server.address, "bob", receive_buffer=4096)
    slow.send(streaming(scope))
    assert slow.read()["type"] == ITEM
    slow.send({"type": 5, "invocationId": "s"}, {"type": 5, "invocationId": "unknown"})
    count = 1
    while (record := slow.read())["type"] == ITEM:
        count += 1
    assert record == {"type": COMPLETION, "invocationId": "s"}
    assert count < 2000
    slow.result("HeartbeatAsync")
    slow.websocket.reset()
    writer.websocket.disconnect()


@pytest.mark.parametrize("protocol", [None, MessagepackProtocol])
def test_pysignalr_streams(server, client, scope, protocol):
    fill(client, scope, ["a", "b", "c"])
    stored(client, scope, 3)

    async def scenario(member: Member) -> None:
        received: asyncio.Queue = asyncio.Queue()

        async def failed(message) -> None:
            await received.put(message.error)

        async def next_item(item) -> None:
            await received.put(item["text"])

        async def complete(_) -> None:
            await received.put(None)

        await member.client.stream("StreamHistoryAsync", [scope, None], next_item, complete, failed)
        assert [await asyncio.wait_for(received.get(), WAIT) for _ in range(4)] == ["a", "b", "c", None]
        await member.client.stream("StreamHistoryAsync", [scope, None, 1], next_item, complete, failed)
        error = "Failed to invoke 'StreamHistoryAsync' because user is unauthorized"
        assert await asyncio.wait_for(received.get(), WAIT) == error

    chat(server, ["bob"], scenario, protocol)


@pytest.mark.parametrize("protocol", [None, MessagePackHubProtocol])
def test_signalrcore_streams(connect, client, scope, protocol):
    fill(client, scope, ["a", "b", "c"])
    stored(client, scope, 3)
    member = connect("bob", protocol and protocol())
    received: queue.Queue = queue.Queue()
    # The client drops items that come before the call of `subscribe`, so its request leaves only after that.
    transport, requests = member.connection.transport, []
    send, transport.send = transport.send, requests.append
    member.connection.stream("StreamHistoryAsync", [scope, None]).subscribe({
        "next": lambda item: received.put(item["text"]),
        "complete": lambda _: received.put(None),
        "error": received.put,
    })
    transport.send = send
    for request in requests:
        transport.send(request)
    assert [received.get(timeout=WAIT) for _ in range(4)] == ["a", "b", "c", None]
    assert member.result("HeartbeatAsync") is None
