"""Starts with Kafka that must not succeed: each ends with one line that says why."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from byte_stream import WAIT
from http_chat import say, stored
from server_process import run_to_end, the_line

UNREACHABLE = "127.0.0.1:1"


@pytest.fixture
def topic(kafka):
    return kafka.make_topic()


@pytest.fixture
def refused(chatify_server_path, tmp_path):
    """Runs a server that must not start, and answers its one line."""

    def run(topic, *flags: str, **settings: str) -> str:
        variables = {f"Chatify__{key}": value for key, value in (topic.settings() | settings).items()}
        command = [chatify_server_path, "--port", "0", "--data-dir", str(tmp_path / "data"), *flags]
        result = run_to_end(command, variables, str(tmp_path), 4 * WAIT)
        assert result.returncode == 1, result
        return the_line(result)

    return run


def test_brokers_out_of_reach(topic, refused):
    """Within the ten seconds that a request to the brokers may take."""
    line = refused(topic, MessageBroker__BootstrapServers=UNREACHABLE)
    assert line.startswith(f"chatify-server: Kafka at {UNREACHABLE} is out of reach: {UNREACHABLE}/bootstrap: "), line
    assert "Connection refused" in line


def test_a_topic_of_another_size(topic, refused):
    topic.write("x")
    assert refused(topic, MessageBroker__Partitions="4") == (
        f"chatify-server: Kafka topic {topic.name} has 3 partitions, not 4: "
        "set Partitions to 3, or choose another topic."
    )


# A mock cluster makes no topics for others.
if "CHATIFY_TEST_KAFKA" in os.environ:

    def test_topics_that_are_missing_are_made(kafka, start_kafka_pod, scope):
        """By pods that start at one time, none of which may find a topic half made; with the partitions that they are told."""
        topic = kafka.name_topic(partitions=5)
        with ThreadPoolExecutor(3) as pool:
            pods = list(pool.map(lambda name: start_kafka_pod(topic, name), ["pod-a", "pod-b", "pod-c"]))
        assert topic.has_leaders() and topic.dead_letters.has_leaders()
        for pod in pods:
            say(pod, scope, "said")
        for pod in pods:
            assert len(stored(pod, scope, 3)) == 3


#: Settings that librdkafka does not take, and what the line has to name; no password is in it.
REJECTED = [
    ({"Extra__no.such.property": "1"}, "no.such.property"),
    ({"Extra__fetch.wait.max.ms": "soon"}, "fetch.wait.max.ms"),
    ({"Extra__acks": "0"}, "acks"),
    ({"Extra__group.id": "mine"}, "group.id"),
    ({"Security__Protocol": "TELEPATHY"}, "security.protocol"),
    ({"Security__Protocol": "SASL_SSL", "Security__Mechanism": "NONE", "Security__Password": "s3cret"}, "mechanism"),
    ({"Security__Protocol": "SSL", "Security__CaFile": "/none/ca.pem"}, "ssl.ca.location"),
]


@pytest.mark.parametrize("settings, named", REJECTED, ids=lambda value: value if isinstance(value, str) else "")
def test_settings_that_librdkafka_rejects(topic, refused, settings, named):
    line = refused(topic, **{f"MessageBroker__{key}": value for key, value in settings.items()})
    assert named in line and "s3cret" not in line


def test_further_properties_are_handed_on(topic, start_kafka_pod):
    """One that both kinds of clients take, and one that only one of them has a use for."""
    settings = {"MessageBroker__Extra__client.id": "somebody", "MessageBroker__Extra__fetch.max.bytes": "1000000"}
    pod = start_kafka_pod(topic, "pod-a", **settings)
    pod.stop()
    assert not [line for line in pod.stderr_lines if " warning chatify: " in line and "Development mode" not in line]
