"""Records that should not be in the log: each has a named outcome, and those around it are delivered and stored."""

import json

import pytest

from http_chat import say, stored
from kafka_topic import Record, event_of_another
from raw_hub import RawHub
from server_process import poll_until

PAST, FUTURE = "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"


@pytest.fixture(scope="module")
def topic(kafka):
    return kafka.make_topic()


@pytest.fixture(scope="module")
def pod(start_kafka_pod, topic):
    return start_kafka_pod(topic, "pod-a")


@pytest.fixture
def listener(pod, scope):
    hub = RawHub(pod.address, "alice")
    hub.join(scope)
    yield hub
    hub.leave()


def without(name: str) -> dict:
    event = event_of_another("general")
    del event[name]
    return event


#: What is written, its key, and a word of the reason that its dead letter gives.
POISON = {
    "bytes that are no text": (b"\xff\xfe\x00\x01", None, "expected an object"),
    "no JSON": ("poison", None, "expected an object"),
    "cut short": ('{"messageId":"0b9f', "general", "byte"),
    "JSON of another shape": ("[1,2]", None, "expected an object"),
    "an empty object": ("{}", "general", "messageId is missing"),
    "an id that is none": (event_of_another("general", messageId="4711"), "general", "messageId"),
    "no scope": (without("scopeId"), None, "scopeId"),
    "a blank scope": (event_of_another(" "), None, "scopeId"),
    "a scope of an unknown type": (event_of_another("general", scopeType=7), "general", "scopeType"),
    "a text that is too long": (event_of_another("general", "x" * 4097), "general", "text"),
    "a time that is none": (event_of_another("general", createdAtUtc="yesterday"), "general", "createdAtUtc"),
    "a tombstone": (None, "general", "no value"),
    "one megabyte": ("x" * 990_000, None, "expected an object"),
    "one megabyte of text": (event_of_another("general", "x" * 990_000), "general", ""),
}


@pytest.mark.parametrize("value, key, reason", POISON.values(), ids=POISON.keys())
def test_poison_becomes_one_dead_letter(topic, pod, scope, listener, value, key, reason):
    """Nobody is pushed anything; the letter has the value, the reason, the key and the place; the log goes on."""
    place = say(pod, scope, "before")
    # In the same partition as what comes before and after.
    topic.write(value, key=key, partition=place["partition"])
    after = say(pod, scope, "after")
    listener.hear("before", "after")
    assert after["offset"] == place["offset"] + 2
    source = {
        "source-topic": topic.name,
        "source-partition": str(place["partition"]),
        "source-offset": str(place["offset"] + 1),
    }

    def letters() -> list[Record]:
        return [letter for letter in topic.dead_letters.records() if source.items() <= letter.headers.items()]

    (letter,) = poll_until(letters, "a dead letter")
    assert reason in letter.headers["reason"], letter.headers
    assert letter.key == key
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
    if isinstance(value, str | dict):
        assert letter.value == text
    assert stored(pod, scope, 2)


def test_offsets_pass_poison(topic, pod, scope):
    """What was made a dead letter is committed and does not come again."""
    topic.write("poison")
    say(pod, scope, "after")
    poll_until(lambda: topic.is_committed_by("chatify-chat-history-writer-pod-a"), "the commit of everything")


@pytest.mark.parametrize("key", [None, "", "somebody-else"])
def test_the_key_does_not_matter_to_readers(topic, pod, scope, listener, key):
    """An event without its key stands in another partition; it is delivered and stored all the same."""
    topic.write(event_of_another(scope), key=key)
    listener.hear("from afar")
    assert stored(pod, scope, 1)


def test_future_stamps_are_taken_as_they_are(topic, pod, scope, listener):
    """They are pushed, and stand at the end of the history."""
    topic.write(event_of_another(scope, "future", createdAtUtc=FUTURE), key=scope)
    say(pod, scope, "now")
    listener.hear("future", "now")
    assert [event["text"] for event in stored(pod, scope, 2)] == ["now", "future"]


def test_ancient_stamps_are_stored_and_not_pushed(topic, pod, scope, listener):
    """What is older than a minute is the history's to tell."""
    topic.write(event_of_another(scope, "past", createdAtUtc=PAST), key=scope)
    say(pod, scope, "now")
    listener.hear("now")
    assert [event["text"] for event in stored(pod, scope, 2)] == ["past", "now"]


def test_a_repeated_id_is_stored_once_and_pushed_each_time(topic, pod, scope, listener):
    """Delivery is at least once; clients drop repeats by id (contracts.md section 1), history keeps the first."""
    event = event_of_another(scope)
    for _ in range(3):
        topic.write(event, key=scope)
    say(pod, scope, "now")
    heard = listener.hear("from afar", "from afar", "from afar", "now")
    assert {pushed["messageId"] for pushed in heard[:3]} == {event["messageId"]}
    assert len({pushed["offset"] for pushed in heard}) == 4
    assert [found["text"] for found in stored(pod, scope, 2)] == ["now", "from afar"]
