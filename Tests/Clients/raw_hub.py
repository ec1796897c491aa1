"""A hub client over the raw WebSocket: JSON records ended by 0x1e, nothing hidden."""

import json
import time
from urllib.parse import urlencode

from byte_stream import QUIET, WAIT
from raw_websocket import PING, PONG, TEXT, RawWebSocket, RefusedUpgrade

HUB = "/hubs/chat"
SEPARATOR = b"\x1e"
HANDSHAKE = b'{"protocol":"json","version":1}\x1e'
CLOSED_WITH_ERROR = b'{"type":7,"error":"Connection closed with an error."}\x1e'
CHANNEL, DIRECT_MESSAGE = 0, 1


def hub_target(user: str | None = None, **query: str) -> str:
    """The hub's path with the development identity `user` and other query items."""
    items = ({"user": user} if user else {}) | query
    return f"{HUB}?{urlencode(items)}" if items else HUB


def encode_record(record) -> bytes:
    """One record with its separator; bytes are taken as they are."""
    return record if isinstance(record, bytes) else json.dumps(record, ensure_ascii=False).encode() + SEPARATOR


def invocation(target: str, *arguments, id: str | None = None) -> dict:
    """An invocation record; without `id` it is fire and forget."""
    record = {"type": 1, "target": target, "arguments": list(arguments)}
    return record | ({"invocationId": id} if id is not None else {})


def sending(scope: str, text: str, scope_type: int = CHANNEL, id: str | None = None) -> dict:
    """A `SendAsync` invocation record."""
    return invocation("SendAsync", {"scopeType": scope_type, "scopeId": scope, "text": text}, id=id)


class RawHub:
    """One hub connection; records are answered in the order in which they arrived."""

    def __init__(
        self,
        address: tuple[str, int],
        user: str | None = None,
        target: str | None = None,
        handshake: bool = True,
        receive_buffer: int | None = None,
    ):
        self.websocket = RawWebSocket(address, target or hub_target(user), receive_buffer=receive_buffer)
        self.events: list[dict] = []
        self._records: list[bytes] = []
        self._next_id = 0
        if handshake:
            self.send(HANDSHAKE)
            assert self.read_bytes() == b"{}\x1e"

    def send(self, *records) -> None:
        """Sends records in one text message."""
        self.websocket.send(TEXT, b"".join(encode_record(record) for record in records))

    def read_bytes(self, wait: float = WAIT) -> bytes:
        """The next record, whatever it is, with its separator. Whole records only, in text messages only."""
        end = time.monotonic() + wait
        while not self._records:
            message = self.websocket.read_message(max(end - time.monotonic(), 0.001))
            if message.opcode == PING:
                self.websocket.send(PONG, message.payload)
                continue
            assert message.opcode == TEXT, f"expected a record, got {message}"
            assert message.payload.endswith(SEPARATOR), f"not whole records: {message}"
            self._records = [record + SEPARATOR for record in message.payload.split(SEPARATOR)[:-1]]
        return self._records.pop(0)

    def read(self, wait: float = WAIT) -> dict:
        """The next record that is not a ping."""
        end = time.monotonic() + wait
        while True:
            record = json.loads(self.read_bytes(max(end - time.monotonic(), 0.001))[:-1].decode("utf-8"))
            if record["type"] != 6:
                return record

    def invoke(self, target: str, *arguments, wait: float = WAIT) -> dict:
        """Calls a method and answers its completion; events that come before it are kept in `events`."""
        self._next_id += 1
        id = f"call-{self._next_id}"
        self.send(invocation(target, *arguments, id=id))
        return self.read_completion(id, wait)

    def read_completion(self, id: str | None = None, wait: float = WAIT) -> dict:
        """The next completion, which must be that of `id` if given."""
        while (record := self.read(wait))["type"] == 1:
            self._keep(record)
        assert record["type"] == 3, f"expected a completion, got {record}"
        assert id is None or record["invocationId"] == id, f"expected {id!r}, got {record}"
        return record

    def result(self, target: str, *arguments):
        """Calls a method that must succeed and answers its result."""
        completion = self.invoke(target, *arguments)
        assert "error" not in completion, completion
        assert set(completion) == {"type", "invocationId", "result"}, completion
        return completion["result"]

    def error(self, target: str, *arguments) -> str:
        """Calls a method that must fail and answers the error text."""
        completion = self.invoke(target, *arguments)
        assert set(completion) == {"type", "invocationId", "error"}, completion
        return completion["error"]

    def join(self, scope: str, *scope_type: int) -> None:
        assert self.result("JoinScopeAsync", scope, *scope_type) is None

    def say(self, scope: str, text: str, scope_type: int = CHANNEL) -> dict:
        """Sends one message and answers the enriched event."""
        return self.result("SendAsync", {"scopeType": scope_type, "scopeId": scope, "text": text})

    def next_event(self, wait: float = WAIT) -> dict:
        """The next event pushed by the server."""
        if not self.events:
            self._keep(self.read(wait))
        return self.events.pop(0)

    def hear(self, *texts: str) -> list[dict]:
        """Expects events with exactly these texts, in order, and answers them."""
        heard = [self.next_event() for _ in texts]
        assert [event["text"] for event in heard] == list(texts)
        return heard

    def hears_nothing(self) -> None:
        """Expects that no event is there after a fence, nor within a short watch."""
        self.result("HeartbeatAsync")
        assert not self.events, self.events
        try:
            record = self.read(QUIET)
        except TimeoutError:
            return
        raise AssertionError(f"expected nothing, got {record}")

    def expect_fault(self) -> None:
        """Expects the exact record of a protocol fault, then close code 1000 and the end."""
        assert self.read_bytes() == CLOSED_WITH_ERROR
        assert self.websocket.read_close() == 1000
        self.websocket.finish()

    def leave(self) -> None:
        """Ends the connection in the orderly way."""
        self.websocket.drain()
        self.websocket.disconnect()

    def disconnect(self) -> None:
        """Drops the connection."""
        self.websocket.disconnect()

    def _keep(self, record: dict) -> None:
        assert set(record) == {"type", "target", "arguments"}, record
        assert record["type"] == 1 and record["target"] == "ReceiveMessage", record
        assert len(record["arguments"]) == 1, record
        self.events.append(record["arguments"][0])


def refused_status(server, target: str) -> int | None:
    """The status with which an upgrade is refused; None if it is accepted."""
    try:
        RawHub(server.address, target=target).leave()
    except RefusedUpgrade as refusal:
        return refusal.response.status
    return None
