"""A disk without space, and a write-ahead log with a torn end (design.md section 4)."""

import random
from pathlib import Path

import pytest

from http_chat import all_pages, history, ids, say, send, stored
from problem_rules import check_problem
from raw_http import request
from raw_hub import RawHub
from server_process import poll_until
from small_disk import small_disk

LARGE = "x" * 4096
#: Sends that fill the small disk several times over.
ENOUGH = 5000
REFUSED = "An unexpected error occurred invoking 'SendAsync' on the server. HubException: EVENT_PRODUCTION_FAILED: "


@pytest.fixture(params=["mount", "limit"])
def disk(request, tmp_path):
    """A place for 3 MB: a file system of its own that is full, or a process that may not write longer files."""
    disk = small_disk(request.param, tmp_path / "disk")
    yield disk
    disk.remove()


@pytest.fixture
def server_on_it(start_durable, disk):
    """A server on the small disk, ended before the disk is taken away."""
    server = start_durable(disk.directory, restore_signals=False)
    disk.shrink(server)
    yield server
    if server.process.poll() is None:
        server.crash()


def fill(server, scope: str) -> list[str]:
    """Sends over the hub until a send is refused; answers the ids of what was sent before."""
    hub = RawHub(server.address, "alice")
    answered = []
    for _ in range(ENOUGH):
        completion = hub.invoke("SendAsync", {"scopeType": 0, "scopeId": scope, "text": LARGE})
        if "error" in completion:
            assert completion["error"].startswith(REFUSED), completion
            assert hub.result("HeartbeatAsync") is None, "the connection stays open"
            hub.leave()
            return answered
        answered.append(completion["result"]["chatEvent"]["messageId"])
    raise AssertionError(f"{ENOUGH} sends fit on a small disk")


def fill_over_http(server, scope: str) -> list[str]:
    """Sends over HTTP until a send is refused; answers the ids of what was sent before."""
    answered = []
    for _ in range(ENOUGH):
        response = send(server, scope, LARGE)
        if response.status != 200:
            assert check_problem(response, 503)["code"] == "EVENT_PRODUCTION_FAILED"
            return answered
        answered.append(response.json()["chatEvent"]["messageId"])
    raise AssertionError(f"{ENOUGH} sends fit on a small disk")


def ready(server) -> tuple[int, list[str]]:
    """The status of readiness, and the names of what does not work."""
    response = request(server.address, "GET", "/health/ready")
    dependencies = response.json()["dependencies"]
    return response.status, [entry["name"] for entry in dependencies if entry["status"] != "healthy"]


def in_history(server, scope: str, expected: list[str]) -> list[dict]:
    """The scope's history once it holds everything expected."""
    return poll_until(
        lambda: found if set(expected) <= set(ids(found := all_pages(server, scope))) else None,
        f"{len(expected)} messages in history",
    )


def test_full_disk(server_on_it, start_durable, disk, scope):
    """Sends are refused while there is no space, what was answered stays, and space heals without a restart."""
    server = server_on_it
    answered = fill(server, scope)
    answered += fill_over_http(server, scope)
    assert len(answered) > 50, "the disk was full too soon to mean anything"
    for _ in range(5):
        answered += fill_over_http(server, scope)
        assert ready(server) == (503, ["log (SQLite)"]), "unready while sends are refused"
    assert request(server.address, "GET", "/health/live").status == 200
    assert set(ids(all_pages(server, scope))) >= set(answered), "what was answered can be read while the disk is full"

    disk.grow(server)
    poll_until(lambda: send(server, scope, LARGE).status == 200, "a send once there is space")
    poll_until(lambda: ready(server) == (200, []), "readiness")
    answered += [say(server, scope, f"after {index}")["chatEvent"]["messageId"] for index in range(10)]
    check_whole(in_history(server, scope, answered), answered)
    server.crash()
    again = start_durable(disk.directory)
    check_whole(in_history(again, scope, answered), answered)
    again.stop()


def check_whole(found: list[dict], answered: list[str]) -> None:
    assert len(set(ids(found))) == len(found), "nothing twice"
    assert [id for id in ids(found) if id in set(answered)] == answered, "in the order of sending"


#: What a death in the middle of a write may leave behind the last whole frame (a frame: 24 bytes and a page).
TAILS = {
    "a few bytes": lambda wal, garbage: garbage.randbytes(7),
    "half a frame": lambda wal, garbage: garbage.randbytes(2060),
    "a frame and a half": lambda wal, garbage: garbage.randbytes(4120 + 2060),
    "zeros": lambda wal, garbage: bytes(3 * 4120 - 1),
    "the last frame again": lambda wal, garbage: wal[-4120:],
    "half of the last frame": lambda wal, garbage: wal[-4120:-2060],
    "the last frame with another page": lambda wal, garbage: wal[-4120:-4096] + garbage.randbytes(4096),
}


@pytest.mark.parametrize("tail", TAILS)
def test_torn_write_ahead_log(start_durable, tmp_path, scope, tail):
    """Twice: the log that was recovered once is written on, torn again and recovered again."""
    answered: list[dict] = []
    for life in range(2):
        server = start_durable(tmp_path)
        answered += [say(server, scope, f"{life} {index}") for index in range(20)]
        server.crash()
        append_tail(tmp_path / "chatify.db-wal", tail)
    server = start_durable(tmp_path)
    answered.append(say(server, scope, "and on"))
    events = [answer["chatEvent"] for answer in answered]
    assert stored(server, scope, len(events)) == events
    offsets = [answer["offset"] for answer in answered]
    assert offsets == sorted(set(offsets))


def append_tail(path: Path, tail: str) -> None:
    wal = path.read_bytes()
    assert len(wal) > 4120, "there is a log to tear"
    with path.open("ab") as file:
        file.write(TAILS[tail](wal, random.Random(tail)))


@pytest.mark.parametrize("size", [0, 100, 32768])
def test_garbage_in_the_index_of_the_log(start_durable, tmp_path, scope, size):
    """The shared-memory index is made anew after a crash; what is in the file does not matter."""
    server = start_durable(tmp_path)
    answered = [say(server, scope, str(index))["chatEvent"] for index in range(20)]
    server.crash()
    index = tmp_path / "chatify.db-shm"
    if index.exists():
        index.write_bytes(random.Random(size).randbytes(size))
    assert stored(start_durable(tmp_path), scope, 20) == answered


@pytest.mark.parametrize("seed_of_damage", range(4))
def test_damaged_file(start_durable, tmp_path, scope, seed_of_damage):
    """Whoever meets a damaged page gets a clear error, readiness fails from then on, and the server stays up."""
    server = start_durable(tmp_path)
    for index in range(200):
        say(server, scope, f"{index} " + "x" * 1000)
    server.stop()
    damage(tmp_path / "chatify.db", random.Random(seed_of_damage))
    try:
        server = start_durable(tmp_path)
    except AssertionError as refusal:
        assert "damaged" in str(refusal) or "not an SQLite database" in str(refusal), refusal
        return
    statuses = [send(server, scope, "after").status, history(server, scope, limit=500).status]
    assert set(statuses) <= {200, 503}, statuses
    assert ready(server)[0] == (503 if 503 in statuses else 200), statuses
    assert request(server.address, "GET", "/health/live").status == 200
    server.stop()


def damage(path: Path, generator: random.Random) -> None:
    """Overwrites the beginning of forty pages."""
    content = bytearray(path.read_bytes())
    for page in generator.sample(range(1, len(content) // 4096), 40):
        content[page * 4096 : page * 4096 + 64] = generator.randbytes(64)
    path.write_bytes(content)
