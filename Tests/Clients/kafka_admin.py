"""Makes topics on a real cluster, which kcat cannot: Kafka's own protocol, CreateTopics version 2."""

import struct

from byte_stream import ByteStream

CREATE_TOPICS, VERSION = 19, 2
#: How long the brokers may take, in milliseconds.
TIME_OUT = 5000


def make_topics(servers: str, topics: dict[str, int]) -> None:
    """Makes topics with so many partitions, one copy of each, and returns when they are made; asks one broker, without TLS."""
    host, _, port = servers.split(",")[0].rpartition(":")
    stream = ByteStream((host, int(port)))
    try:
        stream.write(request(topics))
        (size,) = struct.unpack(">i", stream.exactly(4))
        codes = error_codes(stream.exactly(size))
    finally:
        stream.close()
    assert codes == dict.fromkeys(topics, 0), codes


def request(topics: dict[str, int]) -> bytes:
    head = struct.pack(">hhi", CREATE_TOPICS, VERSION, 0) + string("tests")
    # Of each: its name, its partitions, one copy, no assignments of our own, no settings.
    each = [string(name) + struct.pack(">ihii", partitions, 1, 0, 0) for name, partitions in topics.items()]
    body = head + struct.pack(">i", len(each)) + b"".join(each) + struct.pack(">i?", TIME_OUT, False)
    return struct.pack(">i", len(body)) + body


def string(text: str) -> bytes:
    return struct.pack(">h", len(text.encode())) + text.encode()


def error_codes(answer: bytes) -> dict[str, int]:
    """The codes by the topics' names; 0 is success."""
    _correlation, _throttle, count = struct.unpack_from(">iii", answer)
    place, codes = 12, {}
    for _ in range(count):
        (length,) = struct.unpack_from(">h", answer, place)
        name = answer[place + 2 : place + 2 + length].decode()
        codes[name], words = struct.unpack_from(">hh", answer, place + 2 + length)
        # A length of -1 stands for no words.
        place += 2 + length + 4 + max(0, words)
    return codes
