"""Section 6 of the WebSocket table: text is UTF-8 (RFC 3629), checked as it arrives (RFC 6455 section 8.1)."""

from raw_websocket import CONTINUATION, TEXT, Frame, encode_frame
from websocket_cases import BAD_TEXT, Case, more, text

GREETING = "Hello-\u00b5@\u00df\u00f6\u00e4\u00fc\u00e0\u00e1-UTF-8!!".encode()
KOSME = "\u03ba\u1f79\u03c3\u03bc\u03b5".encode()
BAD = KOSME + b"\xed\xa0\x80" + b"edited"


def single_bytes(payload: bytes) -> tuple[Frame, ...]:
    """`payload` in frames of one byte, ended by an empty one."""
    opcodes = [TEXT, *[CONTINUATION] * (len(payload) - 1)]
    frames = [Frame(opcode, bytes([byte]), fin=False) for opcode, byte in zip(opcodes, payload)]
    return (*frames, more(b"", fin=True))


def fragment_cases():
    """6.1 to 6.3: empty fragments, characters cut by fragments, and a fault found across them."""
    yield Case("6.1.1", (text(b""),), ((TEXT, b""),))
    yield Case("6.1.2", (text(b"", fin=False), more(b""), more(b"", fin=True)), ((TEXT, b""),))
    yield Case("6.1.3", (text(b"", fin=False), more(b"middle"), more(b"", fin=True)), ((TEXT, b"middle"),))
    echo = ((TEXT, GREETING),)
    yield Case("6.2.1", (text(GREETING),), echo)
    yield Case("6.2.2", (text(GREETING[:14], fin=False), more(GREETING[14:], fin=True)), echo)
    yield Case("6.2.3", single_bytes(GREETING), echo)
    yield Case("6.2.4", single_bytes(KOSME), ((TEXT, KOSME),))
    yield Case("6.3.1", (text(BAD),), fails=BAD_TEXT)
    yield Case("6.3.2", single_bytes(BAD), fails=BAD_TEXT)


def early_cases():
    """6.4: the fault is answered as soon as it arrived, although the message or even the frame goes on."""
    too_high = KOSME + b"\xf4\x90\x80\x80"
    yield Case("6.4.1", (text(KOSME, fin=False), more(too_high[len(KOSME) :])), fails=BAD_TEXT, each=True)
    yield Case("6.4.2", (text(KOSME + b"\xf4", fin=False), more(b"\x90")), fails=BAD_TEXT, each=True)
    whole = encode_frame(text(too_high + b"edited"))
    yield Case("6.4.3", (whole[: 6 + len(KOSME)], whole[6 + len(KOSME) : -6]), fails=BAD_TEXT, each=True)
    yield Case("6.4.4", (whole[: 7 + len(KOSME)], whole[7 + len(KOSME) : 8 + len(KOSME)]), fails=BAD_TEXT, each=True)


def code_point(value: int) -> bytes:
    """The UTF-8 pattern of any value up to 31 bits, allowed or not."""
    if value < 0x80:
        return bytes([value])
    for length, limit in ((2, 0x800), (3, 0x10000), (4, 0x200000), (5, 0x4000000), (6, 0x80000000)):
        if value < limit:
            return pattern(value, length)
    raise ValueError(value)


def pattern(value: int, length: int) -> bytes:
    """`value` spread over `length` bytes, which may be more than it needs."""
    rest = [0x80 | value >> 6 * index & 0x3F for index in range(length - 1)]
    first = (0xFF00 >> length & 0xFF) | value >> 6 * (length - 1)
    return bytes([first, *reversed(rest)])


def lone_starts(first: int, last: int) -> bytes:
    """Each start byte followed by a space instead of its continuation."""
    return b"".join(bytes([byte, 0x20]) for byte in range(first, last + 1))


BORDERS = (0x7F, 0x7FF, 0xFFFF, 0x1FFFFF, 0x3FFFFFF, 0x7FFFFFFF)
INCOMPLETE = [pattern(0, length)[:-1] for length in range(2, 7)] + [code_point(top)[:-1] for top in BORDERS[1:]]
SURROGATES = (0xD800, 0xDB7F, 0xDB80, 0xDBFF, 0xDC00, 0xDF80, 0xDFFF)
PAIRS = [(high, low) for high in (0xD800, 0xDB7F, 0xDB80, 0xDBFF) for low in (0xDC00, 0xDFFF)]
NONCHARACTERS = [plane << 16 | low for plane in range(17) for low in (0xFFFE, 0xFFFF)]

#: (section, payloads): each payload is one case; whether it is valid is decided by Python's strict decoder.
SEQUENCES: list[tuple[str, list[bytes]]] = [
    ("6.5", [GREETING, KOSME, "\U0001f642 \u20ac \u00e9 e".encode(), b"\x7f\x00\x01", "\ufeffafter a mark".encode()]),
    ("6.6", [KOSME[:length] for length in range(1, len(KOSME) + 1)]),
    ("6.7", [code_point(value) for value in (0, 0x80, 0x800, 0x10000)]),
    ("6.8", [code_point(value) for value in (0x200000, 0x4000000)]),
    ("6.9", [code_point(value) for value in (0x7F, 0x7FF, 0xFFFF, 0x10FFFF)]),
    ("6.10", [code_point(value) for value in (0x1FFFFF, 0x3FFFFFF, 0x7FFFFFFF)]),
    ("6.11", [code_point(value) for value in (0xD7FF, 0xE000, 0xFFFD, 0x10FFFF, 0x110000)]),
    ("6.12", [b"\x80", b"\xbf", *((b"\x80\xbf" * 4)[:count] for count in range(2, 7)), bytes(range(0x80, 0xC0))]),
    (
        "6.13",
        [lone_starts(0xC0, 0xDF), lone_starts(0xE0, 0xEF), lone_starts(0xF0, 0xF7), lone_starts(0xF8, 0xFB)]
        + [lone_starts(0xFC, 0xFD)],
    ),
    ("6.14", INCOMPLETE),
    ("6.15", [b"".join(INCOMPLETE)]),
    ("6.16", [b"\xfe", b"\xff", b"\xfe\xfe\xff\xff"]),
    ("6.17", [pattern(0x2F, length) for length in range(2, 7)]),
    ("6.18", [pattern(border, length) for border, length in zip(BORDERS, range(2, 7))]),
    ("6.19", [pattern(0, length) for length in range(2, 7)]),
    ("6.20", [code_point(value) for value in SURROGATES]),
    ("6.21", [code_point(high) + code_point(low) for high, low in PAIRS]),
    ("6.22", [code_point(value) for value in NONCHARACTERS]),
    ("6.23", [code_point(value) for value in range(0xFFF9, 0x10000)]),
]


def is_valid(payload: bytes) -> bool:
    try:
        payload.decode("utf-8", "strict")
    except UnicodeDecodeError:
        return False
    return True


def sequence_cases():
    """6.5 to 6.23: each payload whole, in frames of one byte, and in writes of one byte."""
    for section, payloads in SEQUENCES:
        for index, payload in enumerate(payloads, 1):
            number = f"{section}.{index}"
            answers = ((TEXT, payload),) if is_valid(payload) else ()
            fails = frozenset() if answers else BAD_TEXT
            yield Case(number, (text(payload),), answers, fails)
            yield Case(f"{number} framed", single_bytes(payload), answers, fails)
            yield Case(f"{number} chopped", (text(payload),), answers, fails, chop=1)


def all_cases() -> list[Case]:
    return [*fragment_cases(), *early_cases(), *sequence_cases()]
