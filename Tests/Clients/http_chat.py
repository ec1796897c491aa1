"""Sending and history over HTTP (contracts.md sections 2 and 3), as a plain client uses them."""

from urllib.parse import quote, urlencode

from event_rules import FIELDS
from raw_http import Response, post_json, request
from server_process import poll_until


def send(server, scope: str, text: str, user: str = "alice", scope_type=0) -> Response:
    body = {"scopeType": scope_type, "scopeId": scope, "text": text}
    return post_json(server.address, "/chat/send", body, {"X-User-Id": user})


def say(server, scope: str, text: str, user: str = "alice", scope_type=0) -> dict:
    response = send(server, scope, text, user, scope_type)
    assert response.status == 200, response
    assert response.header("content-type").split(";")[0] == "application/json"
    return response.json()


def history(server, scope: str, scope_type=0, user: str = "alice", **query) -> Response:
    target = f"/chat/history/{scope_type}/{quote(scope, safe='')}"
    target += f"?{urlencode(query)}" if query else ""
    return request(server.address, "GET", target, {"X-User-Id": user})


def page(server, scope: str, scope_type=0, user: str = "alice", **query) -> dict:
    response = history(server, scope, scope_type, user, **query)
    assert response.status == 200, response
    answer = response.json()
    assert set(answer) == {"messages", "nextCursor"}, answer
    assert all(FIELDS <= set(message) for message in answer["messages"]), answer
    return answer


def all_pages(server, scope: str, scope_type=0, user: str = "alice", **query) -> list[dict]:
    """The messages of all pages, from the first to the one that says that it is the last."""
    found: list[dict] = []
    cursors: list[str] = []
    while True:
        answer = page(server, scope, scope_type, user, **query)
        found += answer["messages"]
        cursor = answer["nextCursor"]
        if cursor is None:
            return found
        assert answer["messages"] and cursor not in cursors, f"page {len(cursors)} leads nowhere: {cursor}"
        cursors.append(cursor)
        query["cursor"] = cursor


def stored(server, scope: str, count: int, scope_type=0, user: str = "alice") -> list[dict]:
    """The scope's whole history once it holds `count` messages: writing history lags behind sending."""

    def messages():
        found = page(server, scope, scope_type, user, limit=500)["messages"]
        return found if len(found) >= count else None

    found = poll_until(messages, f"{count} messages in history")
    assert len(found) == count
    return found


def ids(events: list[dict]) -> list[str]:
    return [event["messageId"] for event in events]
