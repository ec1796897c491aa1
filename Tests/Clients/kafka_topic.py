"""A topic as somebody else's program sees it: read and written by the stock client kcat."""

import json
import subprocess
import tempfile
import uuid
from dataclasses import dataclass, field

from byte_stream import WAIT


@dataclass(frozen=True)
class Record:
    """A record as kcat shows it; what is not UTF-8 is shown otherwise."""

    partition: int
    offset: int
    key: str | None
    value: str | None
    headers: dict[str, str] = field(hash=False)

    @property
    def place(self) -> tuple[int, int]:
        return self.partition, self.offset


class KafkaTopic:
    """A topic with so many partitions."""

    def __init__(self, servers: str, name: str, partitions: int):
        self.servers = servers
        self.name = name
        self.partitions = partitions

    @property
    def dead_letters(self) -> "KafkaTopic":
        """The topic of its dead letters."""
        return KafkaTopic(self.servers, f"{self.name}-dlq", 1)

    def settings(self, **more: str) -> dict[str, str]:
        """What a server has to be told to use it, without `Chatify__`."""
        return {
            "MessageBroker__BootstrapServers": self.servers,
            "MessageBroker__TopicName": self.name,
            "MessageBroker__Partitions": str(self.partitions),
            "MessageBroker__ReplicationFactor": "1",
        } | more

    def write(
        self,
        value: str | bytes | dict | None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        partition: int | None = None,
    ) -> None:
        """Writes one record and returns when the brokers have it; None is a tombstone, which needs a key."""
        options = [] if partition is None else ["-p", str(partition)]
        for name, text in (headers or {}).items():
            options += ["-H", f"{name}={text}"]
        if value is None:
            # kcat makes no record of an empty file.
            self._kcat("-P", "-t", self.name, *options, "-Z", "-K", "\t", input=f"{key}\t\n")
            return
        options += [] if key is None else ["-k", key]
        data = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
        with tempfile.NamedTemporaryFile() as file:
            file.write(data if isinstance(data, bytes) else data.encode())
            file.flush()
            self._kcat("-P", "-t", self.name, *options, "-X", "message.max.bytes=2000000", file.name)

    def write_lines(self, lines: list[str]) -> None:
        """Writes many records of `key<tab>value` at once."""
        text = "".join(line + "\n" for line in lines)
        self._kcat("-P", "-t", self.name, "-K", "\t", input=text)

    def records(self) -> list[Record]:
        """All records up to where each partition ends now."""
        output = self._kcat(*self._reading, "-o", "beginning")
        return [self._record(json.loads(line)) for line in output.splitlines()]

    def found_partitions(self) -> list[dict]:
        """The partitions as the brokers tell of them, none if there is no such topic; does not make it."""
        found = json.loads(self._kcat("-L", "-J"))["topics"]
        return [partition for topic in found if topic["topic"] == self.name for partition in topic["partitions"]]

    def has_leaders(self) -> bool:
        """Whether the topic is there as it should be and can be written to."""
        leaders = [partition["leader"] for partition in self.found_partitions()]
        return len(leaders) == self.partitions and min(leaders) >= 0

    def is_committed_by(self, group: str) -> bool:
        """Whether a group has committed all records; false also while that cannot be found out, as in a rebalance."""
        stored = ("-o", "stored", "-X", f"group.id={group}", "-X", "auto.offset.reset=earliest")
        result = self._run_kcat(*self._reading, *stored)
        return result.returncode == 0 and not result.stdout

    @property
    def _reading(self) -> tuple[str, ...]:
        # The mock cluster answers a fetch of nothing only when that time is over.
        properties = ("-X", "enable.auto.commit=false", "-X", "fetch.wait.max.ms=10")
        return ("-C", "-e", "-q", "-J", "-t", self.name, *properties)

    @staticmethod
    def _record(found: dict) -> Record:
        pairs = found.get("headers", [])
        headers = dict(zip(pairs[::2], pairs[1::2]))
        return Record(found["partition"], found["offset"], found.get("key"), found["payload"], headers)

    def _kcat(self, *arguments: str, input: str = "") -> str:
        result = self._run_kcat(*arguments, input=input)
        assert result.returncode == 0, (result.returncode, result.stderr)
        return result.stdout

    def _run_kcat(self, *arguments: str, input: str = "") -> subprocess.CompletedProcess:
        return subprocess.run(
            ["kcat", "-b", self.servers, *arguments],
            input=input,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=4 * WAIT,
        )


def event_of_another(scope: str, text: str = "from afar", **changes) -> dict:
    """An event as a pod of another language may write it."""
    return {
        "messageId": str(uuid.uuid4()),
        "scopeType": 0,
        "scopeId": scope,
        "senderId": "user-123",
        "text": text,
        "createdAtUtc": "2099-01-15T10:30:00.123Z",
        "originPodId": "chat-api-7d9f4c5b6d-abc12",
    } | changes
