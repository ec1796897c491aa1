"""A hub client that speaks MessagePack over the raw WebSocket, with bytes made by hand where they matter."""

import time

import msgpack

from byte_stream import WAIT
from raw_hub import hub_target
from raw_websocket import BINARY, RawWebSocket

HANDSHAKE = b'{"protocol":"messagepack","version":1}\x1e'
INVOCATION, STREAM_ITEM, COMPLETION, STREAM_INVOCATION, CANCEL, PING, CLOSE = range(1, 8)
ERROR, VOID, RESULT = 1, 2, 3


def varint(value: int) -> bytes:
    """The length in front of a record: seven bits a byte, the least significant first."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def framed(body: bytes) -> bytes:
    return varint(len(body)) + body


def encode_record(record) -> bytes:
    """One record behind its length; bytes are taken as they are."""
    return record if isinstance(record, bytes) else framed(msgpack.packb(record))


def invocation(target: str, *arguments, id: str | None = None) -> list:
    return [INVOCATION, {}, id, target, list(arguments), []]


def split_records(data: bytes) -> list[bytes]:
    """The bodies of whole records."""
    bodies = []
    while data:
        length = shift = size = 0
        while True:
            byte = data[size]
            length |= (byte & 0x7F) << shift
            shift, size = shift + 7, size + 1
            if byte < 0x80:
                break
        assert len(data) >= size + length, f"not whole records: {data!r}"
        bodies.append(data[size : size + length])
        data = data[size + length :]
    return bodies


class PackedHub:
    """One hub connection; records are answered in the order in which they arrived."""

    def __init__(self, address: tuple[str, int], user: str, handshake: bool = True):
        self.websocket = RawWebSocket(address, hub_target(user))
        self.events: list[dict] = []
        self._records: list[bytes] = []
        if handshake:
            self.send(HANDSHAKE)
            assert self.read_handshake() == b"{}\x1e"

    def send(self, *records) -> None:
        """Sends records in one binary message."""
        self.websocket.send(BINARY, b"".join(encode_record(record) for record in records))

    def read_handshake(self) -> bytes:
        message = self.websocket.read_message()
        assert message.opcode == BINARY, message
        return message.payload

    def read(self, wait: float = WAIT) -> list:
        """The next record that is not a ping. Whole records only, in binary messages only."""
        end = time.monotonic() + wait
        while True:
            while not self._records:
                message = self.websocket.read_message(max(end - time.monotonic(), 0.001))
                assert message.opcode == BINARY, f"expected a record, got {message}"
                self._records = split_records(message.payload)
            record = msgpack.unpackb(self._records.pop(0))
            if record != [PING]:
                return record

    def invoke(self, target: str, *arguments) -> list:
        """Calls a method and answers its completion; events that come before it are kept in `events`."""
        self.send(invocation(target, *arguments, id="call"))
        while (record := self.read())[0] == INVOCATION:
            self._keep(record)
        assert record[:3] == [COMPLETION, {}, "call"], record
        return record

    def result(self, target: str, *arguments):
        """Calls a method that must succeed and answers its result."""
        completion = self.invoke(target, *arguments)
        assert completion[3] in (VOID, RESULT), completion
        return completion[4] if completion[3] == RESULT else None

    def hear(self, *texts: str) -> list[dict]:
        """Expects events with exactly these texts, in order, and answers them."""
        while len(self.events) < len(texts):
            self._keep(self.read())
        heard, self.events = self.events[: len(texts)], self.events[len(texts) :]
        assert [event["text"] for event in heard] == list(texts)
        return heard

    def expect_fault(self) -> None:
        """Expects the exact record of a protocol fault, then close code 1000 and the end."""
        message = self.websocket.read_message()
        assert message.opcode == BINARY, message
        assert message.payload == encode_record([CLOSE, "Connection closed with an error.", False])
        assert self.websocket.read_close() == 1000
        self.websocket.finish()

    def _keep(self, record: list) -> None:
        assert record[:4] == [INVOCATION, {}, None, "ReceiveMessage"] and record[5] == [], record
        assert len(record) == 6 and len(record[4]) == 1, record
        self.events.append(record[4][0])
