"""A small strict HTTP/1.1 client over plain sockets: what it sends is exactly what the test wrote."""

import contextlib
import json
from dataclasses import dataclass

from byte_stream import WAIT, ByteStream, EndOfStream


@dataclass
class Response:
    """One answer: status code, header fields in order with lower-case names, and the whole body."""

    status: int
    fields: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of the only field `name`; fails if the field is repeated."""
        values = [value for key, value in self.fields if key == name.lower()]
        assert len(values) <= 1, f"{name} is repeated: {values}"
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)


class HTTPConnection(ByteStream):
    """One connection that may carry several requests."""

    def read_response(self, method: str = "GET", wait: float = WAIT) -> Response:
        """Reads one answer; `method` tells whether a body follows."""
        head = self.until(b"\r\n\r\n", wait).decode("ascii")
        status_line, *lines = head[:-4].split("\r\n")
        version, status, *_ = status_line.split(" ", 2)
        assert version == "HTTP/1.1", status_line
        fields = [parse_field(line) for line in lines]
        response = Response(int(status), fields, b"")
        if method != "HEAD" and response.status >= 200 and response.status not in (204, 304):
            response.body = self._read_body(response, wait)
        return response

    def _read_body(self, response: Response, wait: float) -> bytes:
        if response.header("transfer-encoding") == "chunked":
            return self._read_chunks(wait)
        length = response.header("content-length")
        assert length is not None, f"an answer without a length: {response}"
        return self.exactly(int(length), wait)

    def _read_chunks(self, wait: float) -> bytes:
        body = b""
        while size := int(self.until(b"\r\n", wait).split(b";")[0], 16):
            body += self.exactly(size, wait)
            assert self.exactly(2, wait) == b"\r\n"
        assert self.exactly(2, wait) == b"\r\n"
        return body


def parse_field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    assert colon and name and name == name.strip(), f"malformed header line {line!r}"
    return name.lower(), value.strip()


def encode_request(
    method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None
) -> bytes:
    """The bytes of one request; Host and Content-Length are added unless given."""
    fields = {"Host": "127.0.0.1"} | (headers or {})
    if body is not None and not any(name.lower() in ("content-length", "transfer-encoding") for name in fields):
        fields["Content-Length"] = str(len(body))
    lines = [f"{method} {target} HTTP/1.1"] + [f"{name}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8") + (body or b"")


def request(
    address: tuple[str, int],
    method: str,
    target: str,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> Response:
    """One request on a connection of its own."""
    connection = HTTPConnection(address)
    try:
        with contextlib.suppress(EndOfStream):  # a refusal may come before the whole request was read
            connection.write(encode_request(method, target, headers, body))
        return connection.read_response(method)
    finally:
        connection.close()


def post_json(address: tuple[str, int], target: str, value, headers: dict[str, str] | None = None) -> Response:
    """One POST of `value` as JSON."""
    fields = {"Content-Type": "application/json"} | (headers or {})
    return request(address, "POST", target, fields, json.dumps(value).encode())
