"""`chatify-server export` and `import`: moving a history (Documentation/Operations.md)."""

import fcntl
import json
import os
import pty
import random
import re
import signal
import struct
import subprocess
import termios
import uuid

import pytest

from byte_stream import WAIT
from server_process import clean_environment, poll_until

SETTINGS = {"Chatify__Server__Port": "0"}
ODD_TEXTS = [
    "", " ", "\u0000", "a\u0000b", "\n", "\r\n", "\t\"\\/\b\f", "\u2028\u2029\u0085", "é", "e\u0301", "\u212a", "𝄞🏳️‍🌈",
    "\ufeffbom", "\ufffe\uffff", "\U0010ffff", "\u202eright to left", "' OR 1=1; --", "%s %n {}", "x" * 4096, "🙂" * 2048,
]
ODD_NAMES = ["general", "Général", "Ge\u0301ne\u0301ral", "GENERAL", "a:b", "a/b?c=d", "'\";--", "🙂", "a\u0000b", "\u0000", "x" * 256]


class Shell:
    """Runs the command against one data directory of its own, with the test's directory as the current one."""

    def __init__(self, server: str, directory):
        self.server = server
        self.directory = directory

    def start(self, *words: str, data: str = "data", **streams) -> subprocess.Popen:
        """Starts a subcommand; all streams are pipes unless told otherwise."""
        where = () if data is None else ("--data-dir", data)
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
        return subprocess.Popen(
            [self.server, *words, *where], env=clean_environment() | SETTINGS, cwd=self.directory, **streams
        )

    def run(self, *words: str, input: bytes = b"", **settings) -> subprocess.CompletedProcess:
        """Runs a subcommand to its end."""
        process = self.start(*words, **settings)
        stdout, stderr = process.communicate(input, timeout=WAIT * 6)
        return subprocess.CompletedProcess(words, process.returncode, stdout, stderr.decode())

    def do(self, *words: str, **more) -> subprocess.CompletedProcess:
        """Runs a subcommand that must succeed."""
        result = self.run(*words, **more)
        assert result.returncode == 0, result.stderr
        return result

    def refused(self, *words: str, **more) -> str:
        """Runs a subcommand that must fail, and returns its one line."""
        result = self.run(*words, **more)
        assert result.returncode > 0, result
        lines = result.stderr.splitlines()
        assert len(lines) == 1 and lines[0].startswith("chatify-server: "), result.stderr
        return lines[0]


@pytest.fixture
def shell(chatify_server_path, tmp_path) -> Shell:
    return Shell(chatify_server_path, tmp_path)


@pytest.fixture
def random_numbers() -> random.Random:
    return random.Random(20260115)


def message(numbers: random.Random, **fields) -> dict:
    """An event of contracts §1, its fields in the order in which they are written."""
    return {
        "messageId": str(uuid.UUID(int=numbers.getrandbits(128))),
        "scopeType": 0,
        "scopeId": "general",
        "senderId": "alice",
        "text": "Hello",
        "createdAtUtc": "2026-01-15T10:30:00.123Z",
        "originPodId": "pod-1",
    } | fields


def lines_of(messages: list[dict]) -> bytes:
    return b"".join(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in messages)


def in_order_of_history(messages: list[dict]) -> list[dict]:
    """Scope by scope, each by time and then by id."""
    return sorted(messages, key=lambda event: (
        event["scopeType"], event["scopeId"].encode(), event["createdAtUtc"], uuid.UUID(event["messageId"]).bytes,
    ))


def parsed(exported: bytes) -> list[dict]:
    assert exported == b"" or exported.endswith(b"\n")
    return [json.loads(line) for line in exported.split(b"\n")[:-1]]


def counts(line: str) -> tuple[int, int]:
    """How many messages an import says it has stored, and how many were there."""
    match = re.search(r"stored (\d+) messages? \((\d+) already there\)", line)
    assert match, line
    return int(match[1]), int(match[2])


def test_odd_texts_and_names(shell, random_numbers):
    """Everything a message may hold comes back as it was, in the order of history."""
    messages = [message(random_numbers, text=text) for text in ODD_TEXTS]
    messages += [
        message(random_numbers, scopeType=scope_type, scopeId=name, senderId=name, originPodId=name)
        for name in ODD_NAMES for scope_type in (0, 1)
    ]
    messages += [message(random_numbers, createdAtUtc=time) for time in (
        "0001-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "2024-02-29T00:00:00.000Z", "9999-12-31T23:59:59.999Z",
    )]
    random_numbers.shuffle(messages)
    result = shell.do("import", input=lines_of(messages))
    assert counts(result.stderr) == (len(messages), 0)
    assert parsed(shell.do("export").stdout) == in_order_of_history(messages)


def test_round_trip_of_many(shell, random_numbers):
    """20 000 messages of 50 scopes, a few to each millisecond; two exports and one import are the same bytes."""
    scopes = [f"scope-{number}" for number in range(50)]
    messages = [
        message(
            random_numbers,
            scopeId=random_numbers.choice(scopes),
            scopeType=random_numbers.randrange(2),
            createdAtUtc=f"2026-01-15T10:30:00.{random_numbers.randrange(50):03}Z",
            text=random_numbers.choice(ODD_TEXTS[:15]),
        )
        for _ in range(20_000)
    ]
    (shell.directory / "in.ndjson").write_bytes(lines_of(messages))
    assert counts(shell.do("import", "in.ndjson").stderr) == (20_000, 0)
    said = shell.do("export", "first.ndjson")
    assert re.search(r"^exported 20000 messages of 100 scopes to first.ndjson in \d+\.\d s$", said.stderr, re.M), said
    first = (shell.directory / "first.ndjson").read_bytes()
    assert parsed(first) == in_order_of_history(messages)
    shell.do("import", "first.ndjson", data="other/data")
    assert shell.do("export", data="other/data").stdout == first
    assert counts(shell.do("import", "first.ndjson").stderr) == (0, 20_000)
    assert shell.do("export").stdout == first


def test_lines(shell, random_numbers):
    """Empty lines are skipped, CR LF and a last line without an end are fine."""
    first, second, third = (lines_of([message(random_numbers)])[:-1] for _ in range(3))
    result = shell.do("import", input=b"\n\r\n" + first + b"\r\n\n\n" + second + b"\n" + first + b"\n" + third)
    assert counts(result.stderr) == (3, 1)
    assert shell.do("export").stdout.count(b"\n") == 3


def test_nothing(shell):
    assert counts(shell.do("import").stderr) == (0, 0)
    result = shell.do("export")
    assert result.stdout == b"" and "exported 0 messages of 0 scopes to standard output" in result.stderr


def test_a_repeated_message_keeps_its_first_form(shell, random_numbers):
    event = message(random_numbers)
    shell.do("import", input=lines_of([event]))
    assert counts(shell.do("import", input=lines_of([event | {"text": "Changed"}])).stderr) == (0, 1)
    assert parsed(shell.do("export").stdout) == [event]


@pytest.mark.parametrize("change, complaint", [
    ({"text": "x" * 4097}, "text"),
    ({"messageId": "7"}, "messageId"),
    ({"createdAtUtc": "2026-02-30T00:00:00Z"}, "createdAtUtc"),
    ({"scopeId": " "}, "scopeId"),
    ({"scopeType": 2}, "scopeType"),
    ({"senderId": ""}, "senderId"),
])
def test_events_that_break_the_rules(shell, random_numbers, change, complaint):
    messages = [message(random_numbers) for _ in range(1200)]
    messages[700] |= change
    line = shell.refused("import", input=lines_of(messages))
    assert line.startswith("chatify-server: line 701: ") and complaint in line
    assert counts(line) == (700, 0)
    assert shell.do("export").stdout.count(b"\n") == 700


@pytest.mark.parametrize("bad", [
    b"{", b"nonsense", b"[]", b"{}", b"null", b"\xff\xfe", b"\xef\xbb\xbf{}", b" ", b"\0", b"[" * 100_000, b"x" * 2_000_000,
])
def test_lines_that_are_no_events(shell, random_numbers, bad):
    good = lines_of([message(random_numbers)])
    line = shell.refused("import", input=good + bad + b"\n" + good)
    assert line.startswith("chatify-server: line 2: ") and counts(line) == (1, 0)
    assert len(line) < 300


def test_an_import_beside_a_server_is_refused(shell, random_numbers, database_in_use):
    line = shell.refused("import", input=lines_of([message(random_numbers)]))
    assert "in use by process" in line and str(database_in_use.pid) in line


def test_an_export_beside_a_writer(shell, database_in_use):
    """What was stored before is exported while another process has the database open for writing."""
    stored = poll_until(lambda: shell.do("export").stdout, "a message")
    assert parsed(stored)[0]["text"] == "already"


@pytest.fixture
def database_in_use(shell, random_numbers):
    """A process that has stored one message and waits for more, as a server does."""
    process = shell.start("import")
    process.stdin.write(lines_of([message(random_numbers, text="already")]))
    process.stdin.flush()
    poll_until(lambda: shell.run("export").stdout, "the first message")
    yield process
    _, stderr = process.communicate(timeout=WAIT)
    assert process.returncode == 0 and counts(stderr.decode()) == (1, 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_import_that_is_stopped(shell, random_numbers, database_in_use, number):
    """It ends at once, although there may be more input, and says what it has stored."""
    process = shell.start("import", data="other")
    process.stdin.write(lines_of([message(random_numbers) for _ in range(300)]) + b"half a li")
    process.stdin.flush()
    poll_until(lambda: shell.run("export", data="other").stdout.count(b"\n") == 300, "300 messages")
    process.send_signal(number)
    assert process.wait(WAIT) == 130
    stderr = process.stderr.read().decode()
    assert len(stderr.splitlines()) == 1 and "stopped" in stderr and counts(stderr) == (300, 0)
    process.communicate()
    assert shell.do("export", data="other").stdout.count(b"\n") == 300


@pytest.fixture
def many(shell, random_numbers):
    """A database with more than a pipe holds."""
    shell.do("import", input=lines_of([message(random_numbers, text="x" * 1000) for _ in range(1000)]))


def test_an_export_that_is_stopped(shell, many):
    """Nobody reads the pipe, so the export waits; a signal ends it."""
    process = shell.start("export")
    poll_until(lambda: bytes_waiting(process.stdout) >= 61_440, "a full pipe")
    process.send_signal(signal.SIGINT)
    assert process.wait(WAIT) == 130
    assert re.fullmatch(rb"chatify-server: stopped; exported \d+ messages of 1 scope to standard output\n",
                        process.stderr.read())
    process.communicate()


def bytes_waiting(pipe) -> int:
    """How much a pipe holds that nobody has read yet."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


def test_a_reader_that_goes_away(shell, many):
    process = shell.start("export")
    assert len(process.stdout.readline()) > 1000
    process.stdout.close()
    stderr = process.stderr.read().decode()
    assert process.wait(WAIT) == 1
    assert len(stderr.splitlines()) == 1 and "cannot write standard output: Broken pipe" in stderr
    process.stderr.close()
    process.stdin.close()


def test_a_full_disk(shell, many):
    assert "cannot write /dev/full: No space left on device" in shell.refused("export", "/dev/full")


def test_the_file_is_for_its_owner_and_is_replaced(shell, many):
    path = shell.directory / "out.ndjson"
    shell.do("export", "out.ndjson")
    whole = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(whole + b"something longer")
    shell.do("export", "out.ndjson")
    assert path.read_bytes() == whole


@pytest.mark.parametrize("name", ["data/chatify.db", "./data/../data/chatify.db", "link"])
def test_the_database_is_not_overwritten(shell, many, name):
    (shell.directory / "link").symlink_to("data/chatify.db")
    assert "part of the database" in shell.refused("export", name)
    assert shell.do("export").stdout.count(b"\n") == 1000


@pytest.mark.parametrize("words, named", [
    (["export", "--data-dir", "nowhere"], ["nowhere/chatify.db", "No such file"]),
    (["export", "nowhere/out.ndjson"], ["nowhere/out.ndjson", "No such file"]),
    (["export", "data"], ["data", "directory"]),
    (["import", "missing.ndjson"], ["missing.ndjson", "No such file"]),
    (["import", "data"], ["data", "directory"]),
    (["import", "--data-dir", "a-file"], ["a-file", "Not a directory"]),
    (["export", "one", "two"], ["two"]),
    (["import", "--nonsense"], ["--nonsense"]),
    (["export", "--data-dir"], ["--data-dir"]),
    (["export", "--config", "missing.json"], ["missing.json", "No such file"]),
])
def test_mistakes_are_one_line(shell, many, words, named):
    (shell.directory / "a-file").write_text("text")
    data = None if "--data-dir" in words else "data"
    line = shell.refused(*words, data=data)
    assert all(part in line for part in named), line
    assert not (shell.directory / "nowhere").exists()


@pytest.mark.parametrize("content, complaint", [(b"no database", "not an SQLite database"), (b"", "older version")])
def test_files_that_are_no_database_of_ours(shell, content, complaint):
    (shell.directory / "data").mkdir()
    (shell.directory / "data" / "chatify.db").write_bytes(content)
    assert complaint in shell.refused("export")
    assert (shell.directory / "data" / "chatify.db").read_bytes() == content


def test_where_the_database_is(shell, random_numbers):
    """The flag before and behind the subcommand, the environment and the file name it, and the default is a directory here."""
    event = message(random_numbers)
    place = shell.directory / "place"
    shell.do("import", data=None, input=lines_of([event]))
    assert (shell.directory / "chatify-data" / "chatify.db").exists()
    (shell.directory / "chatify-data").rename(place)
    (shell.directory / "settings.json").write_text(json.dumps({"Chatify": {"Sqlite": {"Path": f"{place}/chatify.db"}}}))
    for words in (
        ["--data-dir", "place", "export"], ["export", "--data-dir=place/"], ["export", "--config", "settings.json"],
        ["--config", "settings.json", "export"],
    ):
        assert parsed(shell.do(*words, data=None).stdout) == [event], words


def test_help(shell):
    everything = shell.do("--help", data=None).stdout.decode()
    assert all(word in everything for word in ("export", "import", "--port", "--data-dir", "--config"))
    for name, direction in (("export", "write"), ("import", "read")):
        said = shell.do(name, "--help", data=None).stdout.decode()
        assert all(word in said for word in ("--data-dir", "--config", f"The file to {direction}")), said
        assert shell.do("help", name, data=None).stdout.decode() == said


def test_a_terminal_sees_a_bar(shell, random_numbers):
    """The bar is drawn on one line and taken away; the summary stays."""
    (shell.directory / "in.ndjson").write_bytes(lines_of([message(random_numbers) for _ in range(50_000)]))
    ours, theirs = pty.openpty()
    process = shell.start("import", "in.ndjson", stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65_536):
            shown += piece
    except OSError:
        pass  # What Linux says when the other end is closed.
    os.close(ours)
    process.communicate(timeout=WAIT)
    assert process.returncode == 0
    *drawn, summary = shown.decode().split("\r\x1b[K")
    assert counts(summary) == (50_000, 0) and summary.count("\n") == 1
    assert re.search(r"\[#*-*\]  \d+ %  \d+ messages  \d+/s  \d+:\d\d left", "".join(drawn)), shown
    assert "\n" not in "".join(drawn)
