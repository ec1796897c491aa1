"""Hub clients over long polling and server-sent events, as raw as the one over a WebSocket."""

import contextlib
import selectors
import time

from byte_stream import WAIT, EndOfStream
from raw_http import HTTPConnection, Response, encode_request, request
from raw_hub import HANDSHAKE, HUB, SEPARATOR, RawHub, encode_record, hub_target


def negotiate(address: tuple[str, int], user: str | None = "alice") -> str:
    """Negotiates a connection and answers its token."""
    query = f"?negotiateVersion=1&user={user}" if user else "?negotiateVersion=1"
    response = request(address, "POST", f"{HUB}/negotiate{query}", body=b"")
    assert response.status == 200, response
    return response.json()["connectionToken"]


def post(address: tuple[str, int], target: str, *records) -> Response:
    """Posts records in one body."""
    return request(address, "POST", target, {"Content-Type": "text/plain"}, b"".join(map(encode_record, records)))


def start_poll(address: tuple[str, int], target: str) -> HTTPConnection:
    """Sends a poll whose answer is read later."""
    connection = HTTPConnection(address)
    connection.write(encode_request("GET", target))
    return connection


def first_answered(polls: list[HTTPConnection]) -> HTTPConnection:
    """The first of these to be answered, which is taken from the list."""
    with selectors.DefaultSelector() as selector:
        for poll in polls:
            selector.register(poll.socket, selectors.EVENT_READ, poll)
        ready = selector.select(WAIT)
    assert ready, "no poll was answered"
    polls.remove(ready[0][0].data)
    return ready[0][0].data


def waiting_poll(address: tuple[str, int], target: str) -> HTTPConnection:
    """A poll that is known to wait at the server: it has replaced another, or the other way round."""
    polls = [start_poll(address, target), start_poll(address, target)]
    assert first_answered(polls).read_response().status == 204
    return polls[0]


def open_stream(address: tuple[str, int], target: str, version: str = "1.1") -> HTTPConnection:
    """Asks for server-sent events; nothing is read yet."""
    connection = HTTPConnection(address)
    head = encode_request("GET", target, {"Accept": "text/event-stream", "Cache-Control": "no-cache"})
    connection.write(head.replace(b"HTTP/1.1", f"HTTP/{version}".encode(), 1))
    return connection


class PostingHub(RawHub):
    """A hub connection whose data goes out by requests of its own."""

    def __init__(self, address: tuple[str, int], user: str | None, handshake: bool):
        self.address = address
        self.token = negotiate(address, user)
        self.target = hub_target(user, id=self.token)
        self.events: list[dict] = []
        self._records: list[bytes] = []
        self._rest = b""
        self._next_id = 0
        self.begin()
        if handshake:
            self.send(HANDSHAKE)
            assert self.read_bytes() == b"{}\x1e"

    def begin(self) -> None:
        """Asks for what the server has to say."""
        raise NotImplementedError

    def receive(self, end: float) -> bytes:
        """Waits for data until `end`; `EndOfStream` once the connection is over."""
        raise NotImplementedError

    def send(self, *records) -> None:
        """Posts records in one body."""
        response = post(self.address, self.target, *records)
        assert (response.status, response.body) == (200, b""), response

    def read_bytes(self, wait: float = WAIT) -> bytes:
        """The next record, whatever it is, with its separator."""
        end = time.monotonic() + wait
        while not self._records:
            self._rest += self.receive(end)
            *records, self._rest = self._rest.split(SEPARATOR)
            self._records = [record + SEPARATOR for record in records]
        return self._records.pop(0)

    def expect_over(self) -> None:
        """Expects that the server has nothing more to say, and knows the connection no more."""
        try:
            record = self.read_bytes()
        except EndOfStream:
            assert post(self.address, self.target, b"").status == 404
            return
        raise AssertionError(f"expected the end, got {record}")

    def disconnect(self) -> None:
        self._receiver.close()

    def drop(self) -> None:
        """Resets the connection on which the server's data comes."""
        self._receiver.reset()


class PollingHub(PostingHub):
    """A long-polling connection. A poll waits at the server whenever this waits, and longer."""

    def begin(self) -> None:
        self._receiver = HTTPConnection(self.address)
        self._is_polling = False
        first = self.poll(time.monotonic() + WAIT)
        assert (first.status, first.body) == (200, b""), first

    def wait_at_server(self) -> None:
        """Begins a poll, and returns when it is there."""
        self._receiver.close()
        self._receiver = waiting_poll(self.address, self.target)
        self._is_polling = True

    def poll(self, end: float) -> Response:
        """The answer to one poll."""
        if not self._is_polling:
            self._receiver.write(encode_request("GET", f"{self.target}&_=1700000000000"))
            self._is_polling = True
        response = self._receiver.read_response(wait=max(end - time.monotonic(), 0.001))
        self._is_polling = False
        return response

    def receive(self, end: float) -> bytes:
        response = self.poll(end)
        if response.status == 204:
            raise EndOfStream
        assert response.status == 200, response
        return response.body

    def leave(self) -> None:
        assert request(self.address, "DELETE", self.target).status == 202
        self.disconnect()


class StreamHub(PostingHub):
    """A connection by server-sent events."""

    def begin(self) -> None:
        self._receiver = open_stream(self.address, self.target)
        self.head = read_stream_head(self._receiver)
        assert self.head.status == 200, self.head
        assert read_chunk(self._receiver) == b":\r\n"

    def receive(self, end: float) -> bytes:
        chunk = read_chunk(self._receiver, max(end - time.monotonic(), 0.001))
        if not chunk:
            with contextlib.suppress(EndOfStream):
                raise AssertionError(f"after the end: {self._receiver.exactly(1)}")
            raise EndOfStream
        return parse_event(chunk)

    def leave(self) -> None:
        self.disconnect()


def read_stream_head(connection: HTTPConnection) -> Response:
    """The head of an answer whose body goes on."""
    return connection.read_response("HEAD")


def read_chunk(connection: HTTPConnection, wait: float = WAIT) -> bytes:
    """One chunk of a body; empty at its end."""
    size = int(connection.until(b"\r\n", wait), 16)
    data = connection.exactly(size + 2)
    assert data.endswith(b"\r\n"), data
    return data[:-2]


def parse_event(event: bytes) -> bytes:
    """The data of one server-sent event."""
    assert event.endswith(b"\r\n\r\n"), event
    lines = event[:-4].split(b"\r\n")
    assert all(line.startswith(b"data: ") for line in lines), event
    return b"\n".join(line[6:] for line in lines)


#: How to connect by each transport.
TRANSPORTS = {
    "WebSockets": RawHub,
    "ServerSentEvents": lambda address, user: StreamHub(address, user, True),
    "LongPolling": lambda address, user: PollingHub(address, user, True),
}
