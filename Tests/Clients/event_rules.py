"""The shape of a chat event (contracts.md section 1), checked field by field."""

import re
import uuid

import msgpack

MESSAGE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
CREATED_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
FIELDS = {"messageId", "scopeType", "scopeId", "senderId", "text", "createdAtUtc", "originPodId"}


def check_event(event: dict, scope: str, sender: str, text: str, scope_type: int = 0) -> None:
    """Checks the seven fields of an event; further ones are allowed."""
    assert FIELDS <= set(event), event
    assert MESSAGE_ID.fullmatch(event["messageId"]), event
    assert CREATED_AT.fullmatch(as_text(event["createdAtUtc"])), event
    expected = {"scopeType": scope_type, "scopeId": scope, "senderId": sender, "text": text}
    assert {name: event[name] for name in expected} == expected
    assert event["originPodId"] == "pod-under-test", event


def as_text(time: str | msgpack.Timestamp) -> str:
    """A time as JSON writes it; MessagePack carries a time stamp."""
    if isinstance(time, str):
        return time
    return time.to_datetime().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def check_pushed(event: dict, scope: str, sender: str, text: str, scope_type: int = 0) -> None:
    """Checks an event as a hub pushes it: with its place in the log and nothing else."""
    check_event(event, scope, sender, text, scope_type)
    assert set(event) == FIELDS | {"partition", "offset"}, event
    assert type(event["partition"]) is int and type(event["offset"]) is int and event["offset"] >= 0, event


def check_enriched(answer: dict, scope: str, sender: str, text: str, scope_type: int = 0) -> None:
    """Checks the answer to a send."""
    assert set(answer) == {"chatEvent", "partition", "offset"}, answer
    assert type(answer["partition"]) is int and type(answer["offset"]) is int and answer["offset"] >= 0, answer
    check_event(answer["chatEvent"], scope, sender, text, scope_type)


def history_key(event: dict) -> tuple[str, bytes]:
    """What orders history: the time stamp, then the id as unsigned bytes."""
    return event["createdAtUtc"], uuid.UUID(event["messageId"]).bytes
