"""`chatify-server dlq`: dead letters are listed and their records written again."""

import json
import subprocess
from datetime import datetime, timedelta, timezone

import pytest

from http_chat import say, stored
from kafka_topic import KafkaTopic, event_of_another
from raw_hub import RawHub
from server_process import clean_environment, poll_until, run_to_end


@pytest.fixture
def topic(kafka) -> KafkaTopic:
    return kafka.make_topic()


@pytest.fixture
def pod(start_kafka_pod, topic):
    return start_kafka_pod(topic, "pod-a")


@pytest.fixture
def dlq(chatify_server_path, topic, tmp_path):
    """Runs `dlq` with these words and answers how it ended."""

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess:
        variables = {f"Chatify__{key}": value for key, value in (topic.settings() | settings).items()}
        return run_to_end([chatify_server_path, "dlq", *words], variables, str(tmp_path), 30)

    return run


def rows(result: subprocess.CompletedProcess) -> list[list[str]]:
    assert result.returncode == 0, result
    return [line.split("\t") for line in result.stdout.splitlines()]


def bury(topic: KafkaTopic, *values, key: str | None = None, partition: int | None = None) -> None:
    """Writes poison and waits until all of it is kept as dead letters."""
    there = len(topic.dead_letters.records())
    for value in values:
        topic.write(value, key=key, partition=partition)
    poll_until(lambda: len(topic.dead_letters.records()) == there + len(values), "the dead letters")


def test_list(topic, pod, dlq):
    """One line a letter: when, where from, why, and the beginning of the value in printable ASCII."""
    assert rows(dlq("list")) == []
    since = datetime.now(timezone.utc)
    bury(topic, b"\xffpoison\t\n\\", key="k", partition=1)
    bury(topic, "x" * 1000, partition=2)
    bury(topic, event_of_another("général", createdAtUtc="yesterday"), partition=2)
    first, second, third = rows(dlq("list"))
    assert first[1:3] == [topic.name, "1/0"] and first[4] == "\\xffpoison\\x09\\x0a\\x5c"
    assert second[1:3] == [topic.name, "2/0"] and second[4] == "x" * 256
    assert third[1:3] == [topic.name, "2/1"] and "createdAtUtc" in third[3] and "g\\u" not in third[4]
    for row in (first, second, third):
        kept = datetime.fromisoformat(row[0])
        assert since - timedelta(seconds=1) <= kept <= datetime.now(timezone.utc) + timedelta(seconds=1)


def test_limit_and_from(topic, pod, dlq):
    bury(topic, *(f"poison {number}" for number in range(5)))
    all_rows = rows(dlq("list"))
    limited = dlq("list", "--limit", "2")
    assert rows(limited) == all_rows[:2]
    assert limited.stderr.startswith("There are more: --from ")
    next_time = limited.stderr.split("--from ")[1].split(",")[0]
    assert rows(dlq("list", "--from", next_time))[-3:] == all_rows[2:]
    assert rows(dlq("list", "--from", "9999-01-01T00:00:00Z")) == []


def test_a_letter_that_was_kept_twice_is_one(topic, pod, dlq):
    """As after a kill between keeping it and committing: it is known by where its record stood."""
    bury(topic, "poison", "another")
    (letter, _) = topic.dead_letters.records()
    topic.dead_letters.write(letter.value, headers=letter.headers)
    assert len(topic.dead_letters.records()) == 3
    assert len(rows(dlq("list"))) == 2
    source = f"{letter.headers['source-partition']}/{letter.headers['source-offset']}"
    assert len(rows(dlq("requeue", source, "--force"))) == 1


def keep(topic: KafkaTopic, value, source: str, **more: str) -> None:
    """Writes a dead letter as a pod does, perhaps one of an older version that did not understand the value."""
    partition, offset = source.split("/")
    headers = {"reason": "why", "source-topic": topic.name, "source-partition": partition, "source-offset": offset}
    topic.dead_letters.write(value, key=more.pop("key", None), headers=headers | more)


def test_what_is_valid_now_is_written_again(topic, pod, dlq, scope):
    """Under its key, with its headers; it is delivered and stored, the letter stays, and a second time changes nothing."""
    hub = RawHub(pod.address, "alice")
    hub.join(scope)
    correlation = "corr_0b9f4a51-8d6c-4c38-9c3e-08e8f7a0a111"
    keep(topic, event_of_another(scope, "late"), "1/7", key="its-own", **{"correlation-id": correlation})
    ((was, now),) = rows(dlq("requeue", "1/7"))
    assert was == "1/7"
    hub.hear("late")
    (record,) = topic.records()
    assert f"{record.partition}/{record.offset}" == now
    assert (record.key, record.headers) == ("its-own", {"correlation-id": correlation})
    assert len(stored(pod, scope, 1)) == 1
    assert [row[2] for row in rows(dlq("list"))] == ["1/7"]
    assert len(rows(dlq("requeue", "1/7"))) == 1
    hub.hear("late")
    say(pod, scope, "fence")
    hub.hear("fence")
    assert len(stored(pod, scope, 2)) == 2
    hub.leave()


def test_what_is_valid_and_has_no_key_goes_under_its_scope(topic, dlq, scope):
    keep(topic, event_of_another(scope), "1/7")
    assert len(rows(dlq("requeue", "1/7"))) == 1
    assert [record.key for record in topic.records()] == [scope]


def test_what_was_corrected_is_written_in_its_place(topic, pod, dlq, scope, tmp_path):
    bury(topic, "no event", key=scope, partition=0)
    file = tmp_path / "corrected.json"
    file.write_text("still none")
    refused = dlq("requeue", "0/0", "--value", str(file))
    assert refused.returncode == 1 and "0/0: needs --value or --force" in refused.stderr
    file.write_text(json.dumps(event_of_another(scope, "corrected")) + "\n")
    assert len(rows(dlq("requeue", "0/0", "--value", str(file)))) == 1
    assert stored(pod, scope, 1)[0]["text"] == "corrected"


def test_force_writes_values_as_they_are(topic, pod, dlq):
    """Each under its key, else in its partition; they become dead letters again and none is lost."""
    bury(topic, "with a key", key="general")
    bury(topic, "without", partition=2)
    written = rows(dlq("requeue", "--all", "--force"))
    assert len(written) == 2
    again = [record for record in topic.records() if f"{record.partition}/{record.offset}" in {row[1] for row in written}]
    assert {(record.key, record.value) for record in again} == {("general", "with a key"), (None, "without")}
    assert [record.partition for record in again if record.key is None] == [2]
    poll_until(lambda: len(topic.dead_letters.records()) == 4, "the new letters")
    assert len(rows(dlq("list"))) == 4


def test_all_writes_what_is_valid_and_names_the_rest(topic, dlq, scope):
    keep(topic, "poison", "1/0")
    keep(topic, event_of_another(scope), "2/5")
    result = dlq("requeue", "--all")
    assert result.returncode == 1
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == ["2/5"]
    (line,) = result.stderr.splitlines()
    assert line == (
        "chatify-server: 1/0: needs --value or --force, for it would become a dead letter again: "
        "expected an object at byte 0"
    )


def test_a_letter_that_was_cut_is_not_written(topic, dlq):
    keep(topic, "half", "1/7", **{"original-size": "8"})
    result = dlq("requeue", "1/7", "--force")
    assert result.returncode == 1 and "1/7: only the first 4 bytes were kept" in result.stderr


def test_letters_of_other_programs(topic, dlq):
    """Whatever stands in that topic is a line."""
    for value, headers in [("plain", {}), (b"\xff\x00", {"reason": "tab\there", "source-partition": "x"})]:
        topic.dead_letters.write(value, headers=headers)
    topic.dead_letters.write(None, key="tombstone")
    found = rows(dlq("list"))
    assert [row[1:] for row in found] == [
        ["-", "-1/-1", "", "plain"],
        ["-", "-1/-1", "tab\\x09here", "\\xff\\x00"],
        ["-", "-1/-1", "", ""],
    ]


USAGE = [
    (("requeue",), "--all"),
    (("requeue", "1/2", "--all"), "--all"),
    (("requeue", "1-2"), '"1-2" must be partition/offset'),
    (("requeue", "--all", "--value", "file"), "--value is for one letter"),
    (("list", "--limit", "0"), "--limit=0"),
    (("list", "--from", "yesterday"), '"yesterday" must be a time'),
]


@pytest.mark.parametrize("words, expected", USAGE)
def test_wrong_command_lines(dlq, words, expected):
    result = dlq(*words)
    assert result.returncode == 64 and expected in result.stderr, result
    assert len(result.stderr.splitlines()) == 1


def test_what_is_not_there(topic, dlq, tmp_path):
    missing = dlq("requeue", "1/2", "--force")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == "chatify-server: 1/2: no dead letter is of a record that stood there\n"
    no_file = dlq("requeue", "1/2", "--value", str(tmp_path / "none"))
    assert no_file.returncode == 1 and "--value=" in no_file.stderr


def test_without_kafka(chatify_server_path, tmp_path):
    result = subprocess.run(
        [chatify_server_path, "dlq", "list"],
        env=clean_environment(), cwd=tmp_path, capture_output=True, text=True, timeout=30,
    )
    assert result.returncode == 1
    assert result.stderr == (
        "chatify-server: Chatify:MessageBroker:BootstrapServers is not set: dead letters are kept in Kafka.\n"
    )
