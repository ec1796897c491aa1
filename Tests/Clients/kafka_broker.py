"""Kafka for the tests: librdkafka's mock cluster in a process of its own, or the brokers that CHATIFY_TEST_KAFKA names."""

import os
import queue
import signal
import subprocess
import threading
import uuid

import pytest

from byte_stream import WAIT
from kafka_admin import make_topics
from kafka_topic import KafkaTopic
from server_process import poll_until

PARTITIONS = 3


class KafkaBroker:
    """A cluster with topics for tests; only a mock cluster can be done harm to."""

    def __init__(self, servers: str):
        self.servers = servers

    def name_topic(self, partitions: int = PARTITIONS) -> KafkaTopic:
        """A topic that no other test uses and that is not there yet; pods can make it on a real cluster alone."""
        return KafkaTopic(self.servers, f"chat-{uuid.uuid4().hex[:12]}", partitions)

    def make_topic(self, partitions: int = PARTITIONS) -> KafkaTopic:
        """A topic that no other test uses, and one for its dead letters."""
        topic = self.name_topic(partitions)
        make_topics(self.servers, {each.name: each.partitions for each in (topic, topic.dead_letters)})
        poll_until(lambda: topic.has_leaders() and topic.dead_letters.has_leaders(), "the new topics' leaders")
        return topic

    def tell(self, command: str) -> None:
        """Gives the mock cluster a command (see `Tests/MockBroker`); skips the test on a real one."""
        pytest.skip("a real broker takes no orders")

    def end(self) -> None:
        """Lets go of what is ours."""


class MockBroker(KafkaBroker):
    """The mock cluster, which forgets everything when its process ends."""

    def __init__(self, path: str, brokers: int = 1):
        self.process = subprocess.Popen(
            [path, "--brokers", str(brokers)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answers: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        servers = self._answer()
        assert servers.startswith("bootstrap.servers="), servers
        super().__init__(servers.removeprefix("bootstrap.servers="))

    def make_topic(self, partitions: int = PARTITIONS) -> KafkaTopic:
        topic = self.name_topic(partitions)
        self.tell(f"topic {topic.name} {partitions}")
        self.tell(f"topic {topic.dead_letters.name} 1")
        return topic

    def tell(self, command: str) -> None:
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        assert self._answer() == "ok", command

    def freeze(self) -> None:
        """Stops the process as a machine that hangs: connections stay and nothing is answered."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kills the process: connections are refused from now on."""
        self.process.kill()
        self.process.wait(WAIT)

    def end(self) -> None:
        self.kill()
        self._reader.join(WAIT)
        self.process.stdin.close()
        self.process.stdout.close()

    def _answer(self) -> str:
        return self._answers.get(timeout=2 * WAIT)

    def _read(self) -> None:
        for line in self.process.stdout:
            self._answers.put(line.rstrip("\n"))


def open_broker(mock_path: str | None) -> KafkaBroker:
    """The brokers that CHATIFY_TEST_KAFKA names, else a mock cluster of the caller's own."""
    servers = os.environ.get("CHATIFY_TEST_KAFKA")
    return KafkaBroker(servers) if servers else MockBroker(mock_path)
