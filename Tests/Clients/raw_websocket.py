"""A WebSocket client over plain sockets (RFC 6455): every frame is built by hand, so that wrong ones can be."""

import base64
import hashlib
import os
import struct
from dataclasses import dataclass

from byte_stream import WAIT, ByteStream, EndOfStream
from raw_http import HTTPConnection, Response, encode_request

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


@dataclass(frozen=True)
class Frame:
    """One frame as it travels; `rsv` holds the three reserved bits."""

    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv: int = 0

    def __repr__(self) -> str:
        shown = self.payload if len(self.payload) <= 80 else self.payload[:60] + b"..."
        return f"Frame({self.opcode}, {shown!r}, {len(self.payload)} bytes, fin={self.fin}, rsv={self.rsv})"


def encode_frame(frame: Frame, mask: bytes | None = b"\x1b\xe7\x05\xc9") -> bytes:
    """The bytes of a client's frame in the shortest length form; without a mask if `mask` is None."""
    first = (0x80 if frame.fin else 0) | frame.rsv << 4 | frame.opcode
    flag, length = (0x80 if mask else 0), len(frame.payload)
    if length < 126:
        head = bytes([first, flag | length])
    elif length < 65536:
        head = struct.pack(">BBH", first, flag | 126, length)
    else:
        head = struct.pack(">BBQ", first, flag | 127, length)
    return head + (mask + masked(frame.payload, mask) if mask else frame.payload)


def masked(payload: bytes, mask: bytes) -> bytes:
    """`payload` with the four mask bytes applied over and over."""
    length = len(payload)
    pattern = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(pattern, "little")).to_bytes(length, "little")


def close_payload(code: int | None, reason: str | bytes = b"") -> bytes:
    """The payload of a close frame."""
    reason = reason.encode() if isinstance(reason, str) else reason
    return b"" if code is None else struct.pack(">H", code) + reason


class RefusedUpgrade(Exception):
    """The server answered the upgrade with something other than 101."""

    def __init__(self, response: Response):
        super().__init__(f"{response.status} {response.body[:200]!r}")
        self.response = response


class RawWebSocket:
    """One WebSocket connection of a client."""

    def __init__(
        self,
        address: tuple[str, int],
        target: str,
        headers: dict[str, str] | None = None,
        receive_buffer: int | None = None,
        offer: str | None = None,
    ):
        """Upgrades; `offer` is the value of `Sec-WebSocket-Extensions`, and `extensions` what the server made of it."""
        connection = HTTPConnection(address, receive_buffer)
        key = base64.b64encode(os.urandom(16)).decode()
        upgrade = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": "13",
        }
        if offer is not None:
            upgrade["Sec-WebSocket-Extensions"] = offer
        connection.write(encode_request("GET", target, upgrade | (headers or {})))
        response = connection.read_response()
        if response.status != 101:
            connection.close()
            raise RefusedUpgrade(response)
        check_upgrade(response, key)
        self.extensions = response.header("sec-websocket-extensions")
        assert offer is not None or self.extensions is None, "no extension was offered"
        self.stream: ByteStream = connection

    def send(self, opcode: int, payload: bytes = b"", fin: bool = True, chop: int | None = None) -> None:
        """Sends one masked frame, the bytes cut into writes of `chop` bytes if given."""
        self.stream.write(encode_frame(Frame(opcode, payload, fin), os.urandom(4)), chop)

    def read_frame(self, wait: float = WAIT) -> Frame:
        """Reads one frame of the server, which must be unmasked, final or a data fragment, in the shortest form."""
        first, second = self.stream.exactly(2, wait)
        assert not second & 0x80, "a server must not mask"
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self.stream.exactly(2, wait))
            assert length > 125, "not the shortest length form"
        elif length == 127:
            (length,) = struct.unpack(">Q", self.stream.exactly(8, wait))
            assert length > 65535, "not the shortest length form"
        frame = Frame(first & 0x0F, self.stream.exactly(length, wait), bool(first & 0x80), first >> 4 & 7)
        assert frame.opcode < 8 or (frame.fin and length <= 125), f"malformed control frame {frame}"
        return frame

    def read_message(self, wait: float = WAIT) -> Frame:
        """Reads one control frame, or the fragments of one data message joined."""
        frame = self.read_frame(wait)
        assert frame.rsv == 0 and frame.opcode in (TEXT, BINARY, CLOSE, PING, PONG), frame
        parts, fin = [frame.payload], frame.fin
        while not fin:
            more = self.read_frame(wait)
            assert more.opcode == CONTINUATION and more.rsv == 0, more
            parts.append(more.payload)
            fin = more.fin
        return Frame(frame.opcode, b"".join(parts))

    def read_close(self, wait: float = WAIT) -> int | None:
        """Reads the server's close frame, which must be next, and answers its code; None if it carries none."""
        frame = self.read_frame(wait)
        assert frame.opcode == CLOSE, f"expected a close frame, got {frame}"
        assert len(frame.payload) != 1, "a close frame of one byte"
        frame.payload[2:].decode("utf-8")
        return struct.unpack(">H", frame.payload[:2])[0] if frame.payload else None

    def expect_end(self, wait: float = WAIT) -> None:
        """Expects that the server closes the connection without sending anything more."""
        assert self.stream.rest(wait) == b""

    def finish(self, wait: float = WAIT) -> None:
        """Answers the server's close frame, if it still listens, and expects the end."""
        try:
            self.send(CLOSE, close_payload(1000))
        except EndOfStream:
            pass
        self.expect_end(wait)

    def drain(self, wait: float = WAIT) -> bytes:
        """Says goodbye, if the server still listens, and reads whatever it sends until the end."""
        try:
            self.send(CLOSE, close_payload(1000))
        except EndOfStream:
            pass
        return self.stream.rest(wait)

    def reset(self) -> None:
        self.stream.reset()

    def disconnect(self) -> None:
        self.stream.close()


def check_upgrade(response: Response, key: str) -> None:
    """Checks the server's side of the opening handshake (RFC 6455 section 4.2.2)."""
    digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    assert response.header("sec-websocket-accept") == base64.b64encode(digest).decode()
    assert (response.header("upgrade") or "").lower() == "websocket"
    assert "upgrade" in (response.header("connection") or "").lower()
    assert response.header("sec-websocket-protocol") is None, "no subprotocol was offered"
