"""Resuming after a reconnect (contracts.md section 4): no gap, no repeat, or a plain no."""

import pytest

from raw_hub import RawHub


def position(event: dict) -> dict:
    return {"partition": event["partition"], "offset": event["offset"]}


@pytest.fixture
def pair(server, scope):
    """Two members of one scope."""
    hubs = [RawHub(server.address, user) for user in ("alice", "bob")]
    for hub in hubs:
        hub.join(scope)
    yield hubs
    for hub in hubs:
        hub.websocket.disconnect()


def test_missed_events_come_first_and_once(server, scope, pair):
    alice, bob = pair
    alice.say(scope, "seen")
    (seen,) = bob.hear("seen")
    bob.websocket.reset()
    for text in ("missed 1", "missed 2", "missed 3"):
        alice.say(scope, text)
    again = RawHub(server.address, "bob")
    assert again.result("ResumeScopeAsync", scope, position(seen)) == {"recovered": True, "replayed": 3}
    alice.say(scope, "live")
    again.hear("missed 1", "missed 2", "missed 3", "live")
    again.hears_nothing()
    again.leave()


def test_nothing_missed(server, scope, pair):
    alice, bob = pair
    alice.say(scope, "seen")
    (seen,) = bob.hear("seen")
    again = RawHub(server.address, "bob")
    assert again.result("ResumeScopeAsync", scope, position(seen)) == {"recovered": True, "replayed": 0}
    alice.say(scope, "live")
    again.hear("live")
    again.leave()


def test_other_scopes_are_not_replayed(server, scope, pair):
    alice, bob = pair
    alice.say(scope, "seen")
    (seen,) = bob.hear("seen")
    for index in range(10):
        alice.say(f"{scope}-{index}", "elsewhere")
    alice.say(scope, "missed")
    again = RawHub(server.address, "bob")
    assert again.result("ResumeScopeAsync", scope, position(seen)) == {"recovered": True, "replayed": 1}
    again.hear("missed")
    again.hears_nothing()
    again.leave()


def test_position_that_does_not_exist(server, scope, pair):
    alice, _ = pair
    alice.say(scope, "old")
    again = RawHub(server.address, "carol")
    answer = again.result("ResumeScopeAsync", scope, {"partition": 999, "offset": 10**15})
    assert answer == {"recovered": False, "replayed": 0}
    alice.say(scope, "live")
    again.hear("live")
    again.leave()


def test_stranger_cannot_resume_direct_messages(server, names):
    first, second = names("alice"), names("bob")
    scope = f"{first}-{second}"
    alice, mallory = RawHub(server.address, first), RawHub(server.address, names("mallory"))
    sent = [alice.say(scope, text, 1) for text in ("secret 1", "secret 2")]
    mallory.invoke("ResumeScopeAsync", scope, position(sent[0]))
    mallory.hears_nothing()
    mallory.error("ResumeScopeAsync", scope, position(sent[0]), 1)
    mallory.hears_nothing()
    alice.leave()
    mallory.leave()
