"""The written table of WebSocket cases, numbered like the Autobahn suite (6 is in websocket_utf8_cases)."""

from dataclasses import dataclass

from raw_websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Frame, close_payload, encode_frame

PROTOCOL_ERROR = frozenset({1002})
BAD_TEXT = frozenset({1007})


@dataclass(frozen=True)
class Case:
    """What a client sends and what an echo endpoint must answer.

    `sends` are frames, or bytes that go out as they are. They travel in one write, or one write for each frame
    (`each`), or in writes of `chop` bytes. `answers` come in this order with nothing between them. Then the server must
    close with one of the codes `fails`; if that is empty, the client closes with 1000 and the server answers that.
    """

    number: str
    sends: tuple[Frame | bytes, ...]
    answers: tuple[tuple[int, bytes], ...] = ()
    fails: frozenset[int] = frozenset()
    chop: int | None = None
    each: bool = False

    def writes(self) -> list[bytes]:
        """The bytes of each write before chopping."""
        pieces = [send if isinstance(send, bytes) else encode_frame(send) for send in self.sends]
        return pieces if self.each else [b"".join(pieces)]


def text(payload: bytes, fin: bool = True, rsv: int = 0) -> Frame:
    return Frame(TEXT, payload, fin, rsv)


def more(payload: bytes, fin: bool = False, rsv: int = 0) -> Frame:
    return Frame(CONTINUATION, payload, fin, rsv)


def framing_cases():
    """Section 1: one message of each kind at the borders of the length forms."""
    sizes = [0, 125, 126, 127, 128, 65535, 65536]
    for section, opcode, letter in (("1.1", TEXT, b"*"), ("1.2", BINARY, b"\xfe")):
        for index, size in enumerate(sizes, 1):
            payload = letter * size
            yield Case(f"{section}.{index}", (Frame(opcode, payload),), ((opcode, payload),))
        yield Case(f"{section}.8", (Frame(opcode, letter * 65536),), ((opcode, letter * 65536),), chop=997)


def ping_cases():
    """Section 2: pings are answered with their own payload, pongs are not answered."""
    binary = b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"
    for index, payload in enumerate((b"", b"Hello, world!", binary, b"\xfe" * 125), 1):
        yield Case(f"2.{index}", (Frame(PING, payload),), ((PONG, payload),))
    yield Case("2.5", (Frame(PING, b"\xfe" * 126),), fails=PROTOCOL_ERROR)
    yield Case("2.6", (Frame(PING, b"\xfe" * 125),), ((PONG, b"\xfe" * 125),), chop=1)
    yield Case("2.7", (Frame(PONG),))
    yield Case("2.8", (Frame(PONG, b"unsolicited"),))
    yield Case("2.9", (Frame(PONG, b"unsolicited"), Frame(PING, b"asked")), ((PONG, b"asked"),))
    pings = [b"payload-%d" % index for index in range(10)]
    frames, pongs = tuple(Frame(PING, ping) for ping in pings), tuple((PONG, ping) for ping in pings)
    yield Case("2.10", frames, pongs)
    yield Case("2.11", frames, pongs, chop=1)


def reserved_bit_cases():
    """Section 3: reserved bits without an extension fail the connection; what came before is answered."""
    before, answer = text(b"before"), ((TEXT, b"before"),)
    ping = Frame(PING, b"never answered")
    yield Case("3.1", (text(b"*", rsv=1),), fails=PROTOCOL_ERROR)
    yield Case("3.2", (before, text(b"*", rsv=2), ping), answer, PROTOCOL_ERROR)
    yield Case("3.3", (before, text(b"*", rsv=3), ping), answer, PROTOCOL_ERROR, each=True)
    yield Case("3.4", (before, text(b"*", rsv=4), ping), answer, PROTOCOL_ERROR, chop=1)
    yield Case("3.5", (Frame(BINARY, b"\x00\xff", rsv=5),), fails=PROTOCOL_ERROR)
    yield Case("3.6", (Frame(PING, b"*", rsv=6),), fails=PROTOCOL_ERROR)
    yield Case("3.7", (Frame(CLOSE, close_payload(1000), rsv=7),), fails=PROTOCOL_ERROR)


def opcode_cases():
    """Section 4: reserved opcodes of data (3-7) and control (11-15) frames."""
    before, answer = text(b"before"), ((TEXT, b"before"),)
    ping = Frame(PING, b"never answered")
    for section, first in (("4.1", 3), ("4.2", 11)):
        yield Case(f"{section}.1", (Frame(first),), fails=PROTOCOL_ERROR)
        yield Case(f"{section}.2", (Frame(first + 1, b"reserved"),), fails=PROTOCOL_ERROR)
        yield Case(f"{section}.3", (before, Frame(first + 2), ping), answer, PROTOCOL_ERROR)
        yield Case(f"{section}.4", (before, Frame(first + 3, b"reserved"), ping), answer, PROTOCOL_ERROR, each=True)
        yield Case(f"{section}.5", (before, Frame(first + 4, b"reserved"), ping), answer, PROTOCOL_ERROR, chop=1)


def fragment_cases():
    """Section 5: fragments, control frames between them, and broken orders."""
    yield Case("5.1", (Frame(PING, b"cut", fin=False), more(b"ping", fin=True)), fails=PROTOCOL_ERROR)
    yield Case("5.2", (Frame(PONG, b"cut", fin=False), more(b"pong", fin=True)), fails=PROTOCOL_ERROR)
    two = (text(b"frag", fin=False), more(b"ment", fin=True))
    echo = ((TEXT, b"fragment"),)
    yield from in_three_ways(("5.3", "5.4", "5.5"), two, echo)
    ping = Frame(PING, b"between")
    yield from in_three_ways(("5.6", "5.7", "5.8"), (two[0], ping, two[1]), ((PONG, b"between"), *echo))
    orphan, after = more(b"orphan", fin=True), text(b"after")
    yield from in_three_ways(("5.9", "5.10", "5.11"), (orphan, after), (), PROTOCOL_ERROR)
    orphan = more(b"orphan", fin=False)
    yield from in_three_ways(("5.12", "5.13", "5.14"), (orphan, after), (), PROTOCOL_ERROR)
    yield Case("5.15", (*two, more(b"orphan"), after), echo, PROTOCOL_ERROR)
    twice = (more(b"orphan"), text(b"frag"), more(b"ment", fin=True)) * 2
    yield Case("5.16", twice, fails=PROTOCOL_ERROR)
    yield Case("5.17", (more(b"orphan", fin=True), *two) * 2, fails=PROTOCOL_ERROR)
    yield Case("5.18", (text(b"one", fin=False), text(b"two", fin=True)), fails=PROTOCOL_ERROR)
    pieces = [b"fragment%d" % index for index in range(1, 6)]
    pings = (Frame(PING, b"ping 1"), Frame(PING, b"ping 2"))
    mixed = (text(pieces[0], fin=False), more(pieces[1]), pings[0], more(pieces[2]), more(pieces[3]), pings[1])
    answers = ((PONG, b"ping 1"), (PONG, b"ping 2"), (TEXT, b"".join(pieces)))
    yield Case("5.19", (*mixed, more(pieces[4], fin=True)), answers)
    yield Case("5.20", (*mixed, more(pieces[4], fin=True)), answers, each=True)


def in_three_ways(numbers, sends, answers, fails=frozenset()):
    """The same frames in one write, in one write each, and byte by byte."""
    yield Case(numbers[0], sends, answers, fails)
    yield Case(numbers[1], sends, answers, fails, each=True)
    yield Case(numbers[2], sends, answers, fails, chop=1)


VALID_CLOSE_CODES = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
INVALID_CLOSE_CODES = (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)


def close_cases():
    """Section 7: the closing handshake. Every one of these ends with the client's close frame or a fault of it."""
    close = Frame(CLOSE, close_payload(1000))
    normal, empty = frozenset({1000}), frozenset({1000, None})
    yield Case("7.1.1", (text(b"Hello"), close), ((TEXT, b"Hello"),), normal)
    yield Case("7.1.2", (close, close), (), normal)
    yield Case("7.1.3", (close, Frame(PING, b"late")), (), normal)
    yield Case("7.1.4", (close, text(b"late")), (), normal)
    yield Case("7.1.5", (text(b"one", fin=False), close, more(b"two", fin=True)), (), normal)
    large = b"BAsd7&jh23" * 26214
    yield Case("7.1.6", (text(large), close, Frame(PING, b"late")), ((TEXT, large),), normal)
    yield Case("7.3.1", (Frame(CLOSE),), (), empty)
    yield Case("7.3.2", (Frame(CLOSE, b"\x03"),), (), PROTOCOL_ERROR)
    yield Case("7.3.3", (close,), (), normal)
    yield Case("7.3.4", (Frame(CLOSE, close_payload(1000, "Hello World!")),), (), normal)
    yield Case("7.3.5", (Frame(CLOSE, close_payload(1000, "*" * 123)),), (), normal)
    yield Case("7.3.6", (Frame(CLOSE, close_payload(1000, "*" * 124)),), (), PROTOCOL_ERROR)
    bad_reason = close_payload(1000, b"\xce\xba\xe1\xbd\xb9\xed\xa0\x80edited")
    yield Case("7.5.1", (Frame(CLOSE, bad_reason),), (), BAD_TEXT)
    for index, code in enumerate(VALID_CLOSE_CODES, 1):
        yield Case(f"7.7.{index}", (Frame(CLOSE, close_payload(code)),), (), frozenset({code, 1000}))
    for index, code in enumerate(INVALID_CLOSE_CODES[:10], 1):
        yield Case(f"7.9.{index}", (Frame(CLOSE, close_payload(code)),), (), PROTOCOL_ERROR)
    for index, code in enumerate(INVALID_CLOSE_CODES[10:], 1):
        yield Case(f"7.13.{index}", (Frame(CLOSE, close_payload(code)),), (), PROTOCOL_ERROR)


def own_cases():
    """Section 8, which Autobahn leaves empty: masks and length forms (RFC 6455 sections 5.1 and 5.2)."""
    mask = b"\x01\x02\x03\x04"
    yield Case("8.1.1", (encode_frame(text(b"unmasked"), None),), fails=PROTOCOL_ERROR)
    yield Case("8.1.2", (encode_frame(Frame(PING, b"unmasked"), None),), fails=PROTOCOL_ERROR)
    yield Case("8.1.3", (encode_frame(text(b"zero mask"), b"\0\0\0\0"),), ((TEXT, b"zero mask"),))
    yield Case("8.2.1", (b"\x81\xfe\x00\x05" + mask + b"ABCDE",), fails=PROTOCOL_ERROR)
    yield Case("8.2.2", (b"\x81\xff" + bytes(7) + b"\x05" + mask + b"ABCDE",), fails=PROTOCOL_ERROR)
    yield Case("8.2.3", (b"\x82\xff\x80" + bytes(7) + mask,), fails=PROTOCOL_ERROR)
    yield Case("8.3.1", (b"\x82\xff\x7f" + b"\xff" * 7 + mask,), fails=frozenset({1009}))
    yield Case("8.3.2", (b"\x82\xff\x00\x00\x00\x00\x40\x00\x00\x00" + mask,), fails=frozenset({1009}))


def fragmentation_cases():
    """Section 10.1: a large message in frames of 1300 bytes."""
    payload = b"*" * 65536
    pieces = [payload[start : start + 1300] for start in range(0, len(payload), 1300)]
    frames = [text(pieces[0], fin=False), *(more(piece) for piece in pieces[1:-1]), more(pieces[-1], fin=True)]
    yield Case("10.1.1", tuple(frames), ((TEXT, payload),), each=True)


def all_cases() -> list[Case]:
    groups = (
        framing_cases,
        ping_cases,
        reserved_bit_cases,
        opcode_cases,
        fragment_cases,
        close_cases,
        own_cases,
        fragmentation_cases,
    )
    return [case for group in groups for case in group()]
