"""History writers of three pods that share one group and one store, killed at random while the store fails now and then."""

import json
import os
import random
import subprocess
import threading
from collections import Counter

import pytest

from byte_stream import WAIT
from conftest import executable
from kafka_topic import event_of_another
from server_process import poll_until, run_to_end

GROUP = "chatify-chat-history-writer"
WRITERS = 3
MESSAGES = 20_000
#: Of so many records one is no event.
POISON_EVERY = 100
#: How often a writer is killed; a group needs up to ten seconds to notice. More by the environment, for a longer soak.
KILLS = int(os.environ.get("CHATIFY_SOAK_KILLS", "3"))
SCOPES = 13


class Writer:
    """A process with one history writer, which says when it runs; what it logs is kept."""

    def __init__(self, command: list[str]):
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._runs = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_until_running(self) -> None:
        assert self._runs.wait(4 * WAIT), self.lines

    def kill(self) -> None:
        self.process.kill()
        self._end()

    def stop(self) -> None:
        """Lets it end well."""
        self.process.stdin.close()
        self._end()
        assert self.process.returncode == 0, self.lines[-20:]

    def _end(self) -> None:
        self.process.wait(4 * WAIT)
        self._reader.join(WAIT)
        self.process.stdout.close()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if self.lines[-1] == "running":
                self._runs.set()


@pytest.fixture
def start_writer(redis):
    """Starts writers; those that still run at the end are killed."""
    path = executable("CHATIFY_KAFKA_WRITER")
    writers: list[Writer] = []

    def start(topic, seed: int) -> Writer:
        words = [topic.servers, topic.name, str(topic.partitions), GROUP, str(redis.port), str(seed)]
        writers.append(Writer([path, *words]))
        return writers[-1]

    yield start
    for writer in writers:
        if writer.process.poll() is None:
            writer.kill()


def lines_of(numbers: range) -> list[str]:
    """Records for kcat: events, and poison in between."""
    return [line_of(number) for number in numbers]


def line_of(number: int) -> str:
    scope = f"scope-{number % SCOPES}"
    if number % POISON_EVERY == POISON_EVERY - 1:
        return f"{scope}\tpoison {number}"
    return f"{scope}\t{json.dumps(event_of_another(scope, f'message {number}'))}"


def place(record) -> str:
    return f"{record.partition}/{record.offset}"


def test_soak(own_kafka, redis, start_writer, chatify_server_path, seed, tmp_path):
    """Each message is in the history once, each poison record is one dead letter, and all is committed at the end."""
    topic = own_kafka.make_topic()
    chance = random.Random(seed)
    writers = [start_writer(topic, chance.randrange(2**32)) for _ in range(WRITERS)]
    for writer in writers:
        writer.wait_until_running()

    def stored() -> int:
        return redis.call("HLEN", "stored")

    parts = KILLS + 2
    for part in range(parts):
        written = range(MESSAGES * part // parts, MESSAGES * (part + 1) // parts)
        topic.write_lines(lines_of(written))
        if part == parts - 1:
            break
        # In the middle of its work, or of a change of members.
        goal = stored() + chance.randrange(1, len(written) // 4)
        poll_until(lambda: stored() >= goal, "the writers' going on", 60)
        victim = chance.randrange(WRITERS)
        if part == 0:
            redis.call("CLIENT", "PAUSE", 1500, "WRITE")
            writers[victim].stop()
        else:
            writers[victim].kill()
        writers[victim] = start_writer(topic, chance.randrange(2**32))

    poison = MESSAGES // POISON_EVERY
    try:
        poll_until(lambda: stored() == MESSAGES - poison, "every message's being stored", 90)
    except AssertionError as error:
        logs = "\n".join("\n".join(["", *writer.lines[-20:]]) for writer in writers)
        raise AssertionError(f"{error}: {stored()} are stored; the writers say{logs}") from None
    poll_until(lambda: topic.is_committed_by(GROUP), "the commit of everything", 60)
    for writer in writers:
        writer.wait_until_running()
        writer.stop()
    check_history(topic, redis)
    letters = check_dead_letters(topic, chatify_server_path, str(tmp_path))
    print(f"{letters - poison} of {poison} dead letters were kept more than once")


def check_history(topic, redis) -> None:
    """The history holds exactly the events of the log, each from the place where it stands."""
    expected = {json.loads(r.value)["messageId"]: place(r) for r in topic.records() if not is_poison(r)}
    assert len(expected) == MESSAGES - MESSAGES // POISON_EVERY
    flat = redis.call("HGETALL", "stored")
    assert {id.decode(): at.decode() for id, at in zip(flat[::2], flat[1::2])} == expected
    assert redis.call("HLEN", "strange") == 0


def check_dead_letters(topic, server_path: str, directory: str) -> int:
    """There is a letter for each poison record; whoever lists them sees each once. Answers how many were kept."""
    expected = Counter(place(record) for record in topic.records() if is_poison(record))
    assert len(expected) == MESSAGES // POISON_EVERY
    kept = Counter(
        f"{letter.headers['source-partition']}/{letter.headers['source-offset']}"
        for letter in topic.dead_letters.records()
    )
    assert kept.keys() == expected.keys()
    settings = {f"Chatify__{key}": value for key, value in topic.settings().items()}
    listed = run_to_end([server_path, "dlq", "list", "--limit", "10000"], settings, directory, 4 * WAIT)
    assert Counter(line.split("\t")[2] for line in listed.stdout.splitlines()) == expected
    return sum(kept.values())


def is_poison(record) -> bool:
    return record.value.startswith("poison")
