"""Questions to the history that no honest client asks: a refusal, never a wrong page, never a fault of the server."""

import pytest

from http_chat import history, page, say, stored
from problem_rules import check_problem

MESSAGES = 5
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture(scope="module")
def durable(start_durable, tmp_path_factory):
    """A server whose history is in a file."""
    return start_durable(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def cursor(durable) -> str:
    """A real cursor, with messages behind it."""
    for index in range(MESSAGES):
        say(durable, "room", str(index))
        say(durable, "Room", str(index))
    stored(durable, "room", MESSAGES)
    found = page(durable, "room", limit=2)["nextCursor"]
    assert [event["text"] for event in page(durable, "room", cursor=found)["messages"]] == ["2", "3", "4"]
    return found


def check_refused(response) -> None:
    assert check_problem(response, 400)["code"] == "VALIDATION_ERROR"


def test_cursor_with_one_byte_changed(durable, cursor):
    """Every byte, by its lowest bit, by its case and by another letter of its alphabet."""
    for index, letter in enumerate(cursor):
        neighbours = {chr(ord(letter) ^ 1), letter.swapcase(), LETTERS[(LETTERS.find(letter) + 7) % len(LETTERS)]}
        for changed in neighbours - {letter}:
            check_refused(history(durable, "room", cursor=cursor[:index] + changed + cursor[index + 1 :]))


def test_cursor_cut_or_grown(durable, cursor):
    cut = [cursor[:length] for length in range(1, len(cursor))]
    grown = [cursor + tail for tail in ("=", "A", " ", "\0", cursor)] + [" " + cursor, "A" + cursor]
    for changed in cut + grown:
        check_refused(history(durable, "room", cursor=changed))


@pytest.mark.parametrize("scope, scope_type", [("Room", 0), ("room ", 0), ("room-alice", 1), ("elsewhere", 0)])
def test_cursor_of_another_scope(durable, cursor, scope, scope_type):
    check_refused(history(durable, scope, scope_type, cursor=cursor))


@pytest.mark.parametrize("changed", [
    "A" * 4000, "\u20ac" * 100, "'; DROP TABLE event; --", "-1", "null", "\0", "%", "2026-01-15T10:30:00.123Z"
])
def test_cursor_that_never_was_one(durable, cursor, changed):
    check_refused(history(durable, "room", cursor=changed))


@pytest.mark.parametrize("name", ["cursor", "from", "limit"])
def test_value_that_no_target_may_hold(durable, name):
    """Ten thousand characters are wrong for every item; the server may also refuse the target as too long."""
    response = history(durable, "room", **{name: "1" * 10_000})
    assert check_problem(response, 414 if response.status == 414 else 400)


@pytest.mark.parametrize("limit", [
    "0", "-1", "501", "1e9", "1e2", "x", "1.0", "0x10", " 5", "5 ", "5;", "\u0665", "9" * 30, "-9223372036854775808"
])
def test_wrong_limits(durable, limit):
    check_refused(history(durable, "room", limit=limit))


@pytest.mark.parametrize("stamp, newest", [
    ("0001-01-01T00:00:00Z", False),
    ("1969-12-31T23:59:59.999Z", False),
    ("1970-01-01T00:00:00.000Z", False),
    ("9999-12-31T23:59:59.999Z", True),
    ("9999-12-31T23:59:59.999999999Z", True),
])
def test_times_far_away(durable, cursor, stamp, newest):
    """Before everything and after everything."""
    assert len(page(durable, "room", **{"from": stamp})["messages"]) == (0 if newest else MESSAGES)
    assert len(page(durable, "room", to=stamp)["messages"]) == (MESSAGES if newest else 0)
    assert page(durable, "room", **{"from": "9999-12-31T23:59:59.999Z", "to": stamp})["messages"] == []


@pytest.mark.parametrize("stamp", [
    "0000-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59.999-23:59", "0001-01-01T00:00:00+23:59"
])
def test_times_at_the_edge(durable, cursor, stamp):
    """Read or refused, both will do."""
    for name in ("from", "to"):
        response = history(durable, "room", **{name: stamp})
        if response.status != 200:
            check_refused(response)


@pytest.mark.parametrize("stamp", [
    "10000-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-01-01T24:30:00Z",
    "2026-01-01",
    "1768473000123",
    "2026-01-15T10:30:00",
    "2026-01-15T10:30:00.1234567890Z",
    "now",
    "\0",
    "' OR 1=1 --",
    "9" * 4000,
])
def test_times_that_are_none(durable, stamp):
    for name in ("from", "to"):
        check_refused(history(durable, "room", **{name: stamp}))


@pytest.mark.parametrize("order", ["sideways", "NEWEST FIRST", "newest;", "1", "\0"])
def test_wrong_orders(durable, order):
    check_refused(history(durable, "room", order=order))


def test_cursor_of_the_other_order(durable, cursor):
    """A cursor is of a place, not of a direction, or it is refused: in neither case is a message of the page wrong."""
    response = history(durable, "room", cursor=cursor, order="newest")
    if response.status == 200:
        assert [event["text"] for event in response.json()["messages"]] == ["0"]
    else:
        check_refused(response)
