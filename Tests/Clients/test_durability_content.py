"""Names and texts that are hard to keep, before and after the server was killed."""

import json

from http_chat import page, say, stored
from raw_hub import RawHub

#: Scopes that differ although they look, or sort, or print, or compare alike, and such that want quoting.
SCOPES = [
    "plain",
    "Plain",
    "plain ",
    " plain",
    "it's \"quoted\" `twice`; DROP TABLE event; --",
    "\\ \\' \\\" %27 \\0",
    "100%",
    "%2e%2E%2f",
    "..",
    "../",
    "../../etc/passwd",
    "a/b//c",
    "caf\u00e9",
    "cafe\u0301",
    "\u1e69",
    "s\u0323\u0307",
    "s\u0307\u0323",
    "\u212b",
    "\u00c5",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\u202eevil\u202c",
    "\U0001f469\u200d\U0001f467",
    "\U0001f469",
    "\ufeffmark",
    "line\nbreak\ttab\u2028",
    "_", "%", "?", "*", "#", "+", "&limit=1",
    "\u20ac" * 256,
    "\u20ac" * 255,
    "\U0001f642" * 128,
    "\U0010ffff\uffff\ue000",
    "Channel:plain",
]


def test_scope_ids_that_are_hard_to_keep(start_durable, tmp_path):
    """Each is its own scope, before and after a restart, with its own text byte for byte."""
    first = start_durable(tmp_path)
    texts = {scope: json.dumps(scope) + scope for scope in SCOPES}
    sent = {scope: say(first, scope, text)["chatEvent"] for scope, text in texts.items()}
    assert {scope: event["text"] for scope, event in sent.items()} == texts
    assert {scope: stored(first, scope, 1) for scope in SCOPES} == {scope: [event] for scope, event in sent.items()}
    first.crash()
    second = start_durable(tmp_path)
    assert {scope: page(second, scope)["messages"] for scope in SCOPES} == {
        scope: [event] for scope, event in sent.items()
    }


def test_texts_and_names_that_are_hard_to_keep(start_durable, tmp_path, scope):
    texts = [*SCOPES, "", " ", "\0", "null\0after", "x" * 4096, "\u20ac" * 4096, "\U0001f642" * 2048]
    first = start_durable(tmp_path)
    with_odd_name = RawHub(first.address, "null\0 '\" caf\u00e9 \u202e")
    sent = [with_odd_name.say(scope, text)["chatEvent"] for text in texts]
    assert [event["text"] for event in sent] == texts
    assert {event["senderId"] for event in sent} == {"null\0 '\" caf\u00e9 \u202e"}
    with_odd_name.websocket.disconnect()
    first.crash()
    assert stored(start_durable(tmp_path), scope, len(texts)) == sent
