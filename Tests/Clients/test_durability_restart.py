"""Stopping and starting again on one data directory, and directories that cannot be served (contracts.md section 8)."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from http_chat import all_pages, ids, say, stored
from raw_hub import RawHub, sending
from small_disk import MountNotPermitted, make_unwritable


def test_history_and_offsets_go_on_after_a_stop(start_durable, tmp_path, scope):
    first = start_durable(tmp_path)
    before = [say(first, scope, str(index)) for index in range(10)]
    first.stop()
    second = start_durable(tmp_path)
    assert [plain["messageId"] for plain in all_pages(second, scope)] == ids_of(before)
    after = [say(second, scope, str(index)) for index in range(10, 20)]
    offsets = [answer["offset"] for answer in before + after]
    assert offsets == sorted(set(offsets)), "offsets go on"
    assert {answer["partition"] for answer in before + after} == {before[0]["partition"]}
    assert ids(stored(second, scope, 20)) == ids_of(before + after)
    assert (tmp_path / "chatify.db").is_file()


def test_sends_under_way_at_a_stop_are_answered_and_kept(start_durable, tmp_path, scope):
    """Fifty calls arrive in one message; the first answer shows that the server has them."""
    first = start_durable(tmp_path)
    alice = RawHub(first.address, "alice")
    calls = [str(index) for index in range(50)]
    alice.send(*(sending(scope, call, id=call) for call in calls))
    answers = [alice.read_completion(calls[0])]
    first.ask_to_stop()
    answers += [alice.read_completion(call) for call in calls[1:]]
    assert alice.read()["type"] == 7
    alice.websocket.disconnect()
    first.expect_exit(0)
    sent = ids_of([answer["result"] for answer in answers])
    assert ids(stored(start_durable(tmp_path), scope, 50)) == sent


def test_nothing_of_the_past_is_pushed_to_who_joins(start_durable, tmp_path, scope):
    first = start_durable(tmp_path)
    say(first, scope, "past")
    stored(first, scope, 1)
    first.stop()
    bob = RawHub(start_durable(tmp_path).address, "bob")
    bob.join(scope)
    bob.say(scope, "present")
    assert bob.next_event()["text"] == "present"
    bob.hears_nothing()
    bob.leave()


def test_newest_first_is_the_same_history_backwards(start_durable, tmp_path, scope):
    server = start_durable(tmp_path)
    for index in range(25):
        say(server, scope, str(index))
    oldest_first = ids(stored(server, scope, 25))
    assert ids(all_pages(server, scope, order="newest", limit=10)) == oldest_first[::-1]


def test_everything_is_in_one_file_of_the_default_directory(launch, scope):
    server = launch((), {})
    say(server, scope, "kept")
    server.stop()
    files = [path.name for path in sorted_files(server)]
    assert "chatify.db" in files and all(name.startswith("chatify.db") for name in files), files


def test_in_memory_writes_nothing(start_server, scope):
    server = start_server()
    say(server, scope, "forgotten")
    server.stop()
    assert sorted_files(server) == []


def test_less_synchronous_on_demand(start_durable, refuse, tmp_path, scope):
    first = start_durable(tmp_path, Sqlite__Synchronous="NORMAL")
    say(first, scope, "kept")
    first.stop()
    assert len(stored(start_durable(tmp_path), scope, 1)) == 1
    line = refuse(tmp_path / "other", Sqlite__Synchronous="SOMETIMES")
    assert "Synchronous" in line and "SOMETIMES" in line and "FULL" in line, line


@pytest.mark.parametrize("way", ["same path", "link", "link to the file", "only the file"])
def test_second_server_refuses_and_the_first_goes_on(start_durable, refuse, tmp_path, scope, way):
    directory, link = tmp_path / "data", tmp_path / "link"
    first = start_durable(directory)
    say(first, scope, "before")
    link.symlink_to(directory)
    if way == "only the file":
        line = refuse(tmp_path / "other", Sqlite__Path=str(directory / "chatify.db"))
    elif way == "link to the file":
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "chatify.db").symlink_to(directory / "chatify.db")
        line = refuse(tmp_path / "other")
    else:
        line = refuse(link if way == "link" else directory)
    assert "in use" in line, line
    say(first, scope, "after")
    assert [event["text"] for event in stored(first, scope, 2)] == ["before", "after"]
    first.stop()
    assert len(stored(start_durable(directory), scope, 2)) == 2


def test_file_with_a_second_name(start_durable, refuse, tmp_path, scope):
    """The journals of SQLite go by the file's name, so two names would be two truths."""
    first = start_durable(tmp_path / "data")
    say(first, scope, "before")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "chatify.db").hardlink_to(tmp_path / "data" / "chatify.db")
    line = refuse(tmp_path / "other")
    assert "hard link" in line, line
    say(first, scope, "after")


def test_directory_is_free_after_a_kill(start_durable, tmp_path, scope):
    first = start_durable(tmp_path)
    say(first, scope, "kept")
    first.crash()
    assert len(stored(start_durable(tmp_path), scope, 1)) == 1


def test_file_in_the_place_of_the_directory(refuse, tmp_path):
    place = tmp_path / "data"
    place.write_text("mine")
    line = refuse(place)
    assert str(place) in line, line
    assert place.read_text() == "mine"


def test_directory_below_a_file(refuse, tmp_path):
    (tmp_path / "file").write_text("mine")
    line = refuse(tmp_path / "file" / "data")
    assert str(tmp_path / "file") in line, line


def test_directory_in_the_place_of_the_file(refuse, tmp_path):
    (tmp_path / "chatify.db").mkdir()
    line = refuse(tmp_path)
    assert str(tmp_path) in line, line


def test_directory_where_nobody_can_write(refuse):
    line = refuse("/proc/chatify")
    assert "/proc/chatify" in line, line


def test_read_only_directory(refuse, tmp_path):
    """Nobody but root is refused by permissions; root is by a read-only mount, where it may make one."""
    place = tmp_path / "data"
    try:
        mount = make_unwritable(place)
    except MountNotPermitted:
        pytest.skip("nothing is read-only for a root that may not mount: run as an ordinary user")
    try:
        line = refuse(place)
    finally:
        if mount:
            mount.remove()
    assert str(place) in line, line


def no_database(kind: str) -> bytes:
    generator = random.Random(kind)
    return {
        "text": b"Dear diary,\n" * 1000,
        "short": b"xy",
        "one byte": b"x",
        "random": generator.randbytes(20000),
        "only the header": b"SQLite format 3\0" + generator.randbytes(20000),
    }[kind]


@pytest.mark.parametrize("kind", ["text", "short", "one byte", "random", "only the header"])
def test_file_that_is_no_database(refuse, tmp_path, kind):
    path = tmp_path / "chatify.db"
    path.write_bytes(no_database(kind))
    line = refuse(tmp_path)
    assert str(path) in line, line
    assert path.read_bytes() == no_database(kind), "left as it was"


def test_database_of_a_newer_version(start_durable, refuse, tmp_path, scope):
    first = start_durable(tmp_path)
    sent = [say(first, scope, str(index))["chatEvent"]["messageId"] for index in range(3)]
    first.stop()
    change(tmp_path, "INSERT INTO schema_migration (id, applied_at) VALUES ('9999_from_the_future', 0)")
    line = refuse(tmp_path)
    assert "9999_from_the_future" in line, line
    change(tmp_path, "DELETE FROM schema_migration WHERE id = '9999_from_the_future'")
    assert ids(stored(start_durable(tmp_path), scope, 3)) == sent


def test_time_goes_on_although_the_clock_was_set_back(start_durable, tmp_path, scope):
    """Contracts §1: what a pod stamps in a scope is never earlier than what it stamped there before."""
    first = start_durable(tmp_path)
    say(first, scope, "before")
    first.stop()
    for table in ("message", "record"):
        change(tmp_path, f"UPDATE {table} SET created_at = created_at + 3600000")
    second = start_durable(tmp_path)
    say(second, scope, "after")
    assert [event["text"] for event in stored(second, scope, 2)] == ["before", "after"]


def ids_of(answers: list[dict]) -> list[str]:
    return [answer["chatEvent"]["messageId"] for answer in answers]


def sorted_files(server) -> list:
    """The files below the directory in which a server ran."""
    return sorted(path for path in Path(server.directory).rglob("*") if path.is_file())


def change(directory, statement: str) -> None:
    """Changes the database of a server that does not run."""
    with closing(sqlite3.connect(directory / "chatify.db")) as connection, connection:
        connection.execute(statement)
