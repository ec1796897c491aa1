"""Sending and history over HTTP (contracts.md sections 2 and 3)."""

import json

import pytest

from event_rules import FIELDS, check_enriched, check_event, history_key
from http_chat import all_pages, history, ids, page, say, send, stored
from problem_rules import check_problem
from raw_http import post_json, request
from raw_hub import RawHub, sending
from server_process import poll_until

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def conversation(server, scope) -> list[dict]:
    """The events of a channel with at least four messages at three different times."""
    events: list[dict] = []
    while len({event["createdAtUtc"] for event in events}) < 3 or len(events) < 4:
        events.append(say(server, scope, f"message {len(events)}")["chatEvent"])
        assert len(events) < 5000
    stored(server, scope, min(len(events), 500))
    return sorted(events, key=history_key)


def test_send_answers_the_enriched_event(server, scope):
    check_enriched(say(server, scope, "Hello"), scope, "alice", "Hello")


@pytest.mark.parametrize("scope_type, number", [(0, 0), ("Channel", 0), ("channel", 0), ("DIRECTMESSAGE", 1)])
def test_scope_types_by_number_and_name(server, names, scope_type, number):
    user = names("alice")
    scope = f"{user}-{names('bob')}"
    check_enriched(say(server, scope, "x", user, scope_type), scope, user, "x", number)


def test_sent_over_http_heard_on_the_hub(server, scope):
    listener = RawHub(server.address, "bob")
    listener.join(scope)
    say(server, scope, "from http")
    assert listener.hear("from http")[0]["senderId"] == "alice"
    listener.leave()


@pytest.mark.parametrize("text", ["", "x" * 4096, "\U0001f642" * 2048, 'q"\\\n\u2028\x7f'])
def test_texts_survive(server, scope, text):
    sent = say(server, scope, text)["chatEvent"]
    assert sent["text"] == text
    assert stored(server, scope, 1)[0]["text"] == text


@pytest.mark.parametrize("body", [
    pytest.param({"scopeType": 0, "scopeId": "", "text": "x"}, id="empty scope"),
    pytest.param({"scopeType": 0, "scopeId": "  ", "text": "x"}, id="blank scope"),
    pytest.param({"scopeType": 0, "scopeId": "s" * 257, "text": "x"}, id="long scope"),
    pytest.param({"scopeType": 0, "scopeId": "s", "text": "x" * 4097}, id="long text"),
    pytest.param({"scopeType": 0, "scopeId": "s", "text": "\U0001f642" * 2049}, id="long in UTF-16 units"),
])
def test_policy_violations(server, body):
    response = post_json(server.address, "/chat/send", body, {"X-User-Id": "alice"})
    assert check_problem(response, 400)["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize("body", [
    b"",
    b"not json",
    b"[]",
    b"null",
    b'{"scopeType":0,"scopeId":"s","text":"x"',
    b'{"scopeType":0,"scopeId":"s","text":"x"} x',
    b'{"scopeType":7,"scopeId":"s","text":"x"}',
    b'{"scopeType":"Room","scopeId":"s","text":"x"}',
    b'{"scopeType":0,"scopeId":5,"text":"x"}',
    b'{"scopeType":0,"text":"x"}',
    b'{"scopeType":0,"scopeId":"s","text":"\xff"}',
    b'{"scopeType":0,"scopeId":"s","text":"\\ud800"}',
    b"[" * 100000,
])
def test_malformed_bodies(server, body):
    response = request(server.address, "POST", "/chat/send", JSON | {"X-User-Id": "alice"}, body)
    check_problem(response, 400)


def test_content_types(server, scope):
    body = json.dumps({"scopeType": 0, "scopeId": scope, "text": "x"}).encode()
    for accepted in ("application/json", "application/json; charset=utf-8", "Application/JSON"):
        headers = {"Content-Type": accepted, "X-User-Id": "alice"}
        assert request(server.address, "POST", "/chat/send", headers, body).status == 200, accepted
    for refused in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": refused, "X-User-Id": "alice"}
        check_problem(request(server.address, "POST", "/chat/send", headers, body), 415)


def test_history_is_ordered_and_whole(server, scope, conversation):
    messages = page(server, scope, limit=500)["messages"]
    assert ids(messages) == ids(conversation)[:500]
    check_event(messages[0], scope, "alice", messages[0]["text"])
    assert {name: messages[0][name] for name in FIELDS} == conversation[0]


def test_history_of_nothing(server, scope):
    assert page(server, scope) == {"messages": [], "nextCursor": None}


def test_default_limit_is_100(server, scope):
    for index in range(101):
        say(server, scope, str(index))
    stored(server, scope, 101)
    first = page(server, scope)
    assert len(first["messages"]) == 100 and first["nextCursor"]
    rest = page(server, scope, cursor=first["nextCursor"])
    assert len(rest["messages"]) == 1 and rest["nextCursor"] is None


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
def test_pages_neither_repeat_nor_lose(server, scope, conversation, limit):
    found, cursor = [], {}
    for _ in range(len(conversation) // limit + 2):
        answer = page(server, scope, limit=limit, **cursor)
        assert len(answer["messages"]) <= limit
        found += ids(answer["messages"])
        if answer["nextCursor"] is None:
            break
        cursor = {"cursor": answer["nextCursor"]}
    assert answer["nextCursor"] is None, "the last page must say that it is the last"
    assert found == ids(conversation)


@pytest.mark.parametrize("limit", [1, 3, 500])
def test_newest_first_is_the_same_backwards(server, scope, conversation, limit):
    found, cursor = [], {}
    for _ in range(len(conversation) // limit + 2):
        answer = page(server, scope, limit=limit, order="newest", **cursor)
        assert len(answer["messages"]) <= limit
        found += ids(answer["messages"])
        if answer["nextCursor"] is None:
            break
        cursor = {"cursor": answer["nextCursor"]}
    assert answer["nextCursor"] is None, "the last page must say that it is the last"
    assert found == ids(conversation)[::-1]


def test_bounds_are_the_same_in_either_order(server, scope, conversation):
    stamps = sorted({event["createdAtUtc"] for event in conversation})
    bounds = {"from": stamps[1], "to": stamps[-1], "limit": 500}
    oldest = page(server, scope, order="oldest", **bounds)["messages"]
    assert ids(oldest) == ids(page(server, scope, **bounds)["messages"])
    newest = page(server, scope, order="newest", **bounds)["messages"]
    between = [event for event in conversation if stamps[1] <= event["createdAtUtc"] < stamps[-1]]
    assert ids(newest) == ids(between)[::-1][:500]


def test_from_is_inclusive_and_to_is_exclusive(server, scope, conversation):
    stamps = sorted({event["createdAtUtc"] for event in conversation})
    middle, last = stamps[1], stamps[-1]
    after = [event for event in conversation if event["createdAtUtc"] >= middle]
    between = [event for event in after if event["createdAtUtc"] < last]
    assert ids(page(server, scope, limit=500, **{"from": middle})["messages"]) == ids(after)[:500]
    assert ids(page(server, scope, limit=500, **{"from": middle, "to": last})["messages"]) == ids(between)[:500]
    assert page(server, scope, **{"from": middle, "to": middle})["messages"] == []
    shifted = middle.replace("Z", "000+00:00")
    assert ids(page(server, scope, limit=500, **{"from": shifted})["messages"]) == ids(after)[:500]


@pytest.mark.parametrize("query", [
    {"limit": "0"},
    {"limit": "501"},
    {"limit": "-1"},
    {"limit": "many"},
    {"limit": "99999999999999999999"},
    {"from": "yesterday"},
    {"to": "2026-13-01T00:00:00Z"},
    {"cursor": "not a cursor"},
    {"cursor": "AAAA"},
    {"order": "sideways"},
    {"order": "Newest"},
])
def test_wrong_history_values(server, scope, query):
    check_problem(history(server, scope, **query), 400)


@pytest.mark.parametrize("scope_type", ["2", "-1", "room", "0x0"])
def test_wrong_scope_type_in_the_path(server, scope, scope_type):
    check_problem(history(server, scope, scope_type), 400)


@pytest.mark.parametrize("scope_id", ["with space", "a/b", "caf\u00e9", "100%", "a?b&c=d", "+plus"])
def test_scope_ids_are_escaped_in_the_path(server, scope, scope_id):
    scope = f"{scope} {scope_id}"
    sent = say(server, scope, "x")["chatEvent"]
    assert ids(stored(server, scope, 1)) == [sent["messageId"]]


def test_channel_and_direct_message_of_one_id_are_two_scopes(server, names):
    user = names("alice")
    scope = f"{user}-{names('bob')}"
    channel = say(server, scope, "channel", user, 0)["chatEvent"]
    direct = say(server, scope, "direct", user, 1)["chatEvent"]
    assert ids(stored(server, scope, 1, 0, user)) == [channel["messageId"]]
    assert ids(stored(server, scope, 1, 1, user)) == [direct["messageId"]]


def test_stranger_cannot_read_direct_messages(server, names):
    user = names("alice")
    scope = f"{user}-{names('bob')}"
    say(server, scope, "secret", user, 1)
    stored(server, scope, 1, 1, user)
    refused = history(server, scope, 1, names("mallory"))
    assert refused.status in (403, 404) and b"secret" not in refused.body


def test_rate_limit(limited_server, scope, names):
    user, other = names("alice"), names("bob")
    for index in range(3):
        say(limited_server, scope, str(index), user)
    blocked = send(limited_server, scope, "too many", user)
    assert check_problem(blocked, 429)["code"] == "RATE_LIMIT_EXCEEDED"
    assert 1 <= int(blocked.header("retry-after")) <= 60
    say(limited_server, scope, "another user", other)
    assert len(stored(limited_server, scope, 4)) == 4


def test_rate_limit_is_shared_with_the_hub(limited_server, scope, names):
    user = names("alice")
    client = RawHub(limited_server.address, user)
    client.say(scope, "1")
    client.say(scope, "2")
    say(limited_server, scope, "3", user)
    error = client.error("SendAsync", {"scopeType": 0, "scopeId": scope, "text": "4"})
    prefix = "An unexpected error occurred invoking 'SendAsync' on the server. HubException: RATE_LIMIT_EXCEEDED: "
    assert error.startswith(prefix)
    assert client.result("HeartbeatAsync") is None
    client.leave()


def test_invalid_messages_do_not_count_against_the_limit(limited_server, scope, names):
    """Validation comes before the rate limit (contracts.md section 2)."""
    user = names("alice")
    for _ in range(5):
        assert send(limited_server, "", "x", user).status == 400
    say(limited_server, scope, "still allowed", user)


def test_page_larger_than_the_outbound_bound(server, scope):
    """A page is answered whole, also when it is longer than what may wait for a slow hub client (1 MiB)."""
    text = "\u20ac" * 4096
    for _ in range(100):
        say(server, scope, text)
    assert len(stored(server, scope, 100)) == 100
    pages = page(server, scope)
    assert [message["text"] for message in pages["messages"]] == [text] * 100


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_page_ends_before_it_is_too_long(server, scope, order):
    """Text that is six times as long in JSON: a page ends after 2 MiB, and the next one goes on behind it."""
    texts = [f"{index:04}" + "\x01" * 4092 for index in range(100)]
    hub = RawHub(server.address, "alice")
    for start in range(0, 100, 20):
        hub.send(*(sending(scope, text, id=text[:4]) for text in texts[start : start + 20]))
        for _ in range(20):
            assert "error" not in hub.read_completion()
    hub.leave()

    def whole() -> list[dict] | None:
        found = all_pages(server, scope, limit=500, order=order)
        return found if len(found) == 100 else None

    found = poll_until(whole, "100 messages in history")
    assert [message["text"] for message in found] == (texts if order == "oldest" else texts[::-1])
    response = history(server, scope, limit=500, order=order)
    assert len(response.body) < 2_200_000 and len(response.json()["messages"]) < 100
