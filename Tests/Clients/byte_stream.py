"""A plain TCP socket on which every read and write has a deadline."""

import socket
import struct
import time

#: Seconds that a test waits for something that must happen.
WAIT = 8.0
#: Seconds that a test watches for something that must not happen, after a fence has passed.
QUIET = 0.2


class EndOfStream(Exception):
    """The peer closed or reset the connection."""


class ByteStream:
    """Bytes of one connection, read in exact amounts or up to a delimiter."""

    def __init__(self, address: tuple[str, int], receive_buffer: int | None = None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(WAIT)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()

    def write(self, data: bytes, chop: int | None = None) -> None:
        """Writes `data`, in pieces of `chop` bytes if given; raises `EndOfStream` if the peer is gone."""
        self.socket.settimeout(WAIT)
        try:
            for start in range(0, len(data), chop) if chop else (0,):
                self.socket.sendall(data[start : start + chop] if chop else data)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise EndOfStream from error

    def exactly(self, count: int, wait: float = WAIT) -> bytes:
        """Reads `count` bytes; raises `TimeoutError` after `wait` seconds."""
        end = time.monotonic() + wait
        while len(self._buffer) < count:
            self._fill(end)
        return self._take(count)

    def until(self, delimiter: bytes, wait: float = WAIT) -> bytes:
        """Reads up to and including `delimiter`."""
        end = time.monotonic() + wait
        while (at := self._buffer.find(delimiter)) < 0:
            self._fill(end)
        return self._take(at + len(delimiter))

    def rest(self, wait: float = WAIT) -> bytes:
        """Reads everything until the peer closes; raises `TimeoutError` if it does not."""
        end = time.monotonic() + wait
        try:
            while True:
                self._fill(end)
        except EndOfStream:
            return self._take(len(self._buffer))

    def wait_readable(self, wait: float) -> bool:
        """Answers whether bytes (not an end) arrived within `wait` seconds."""
        try:
            if not self._buffer:
                self._fill(time.monotonic() + wait)
        except TimeoutError:
            return False
        return True

    def reset(self) -> None:
        """Drops the connection with a TCP reset instead of an orderly end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        self.socket.close()

    def _fill(self, end: float) -> None:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"nothing more arrived; so far: {bytes(self._buffer[:300])!r}")
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(1 << 18)
        except TimeoutError as error:
            raise TimeoutError(f"nothing more arrived; so far: {bytes(self._buffer[:300])!r}") from error
        except ConnectionResetError as error:
            raise EndOfStream from error
        if not data:
            raise EndOfStream(f"closed by the peer after {bytes(self._buffer[:300])!r}")
        self._buffer += data

    def _take(self, count: int) -> bytes:
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data
