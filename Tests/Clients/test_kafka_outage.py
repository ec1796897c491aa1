"""Brokers that go away in the middle of traffic: no send is answered falsely or without end, and all recovers alone."""

import contextlib
from collections.abc import Iterator

import pytest

from byte_stream import WAIT
from http_chat import send
from kafka_broker import MockBroker
from kafka_topic import KafkaTopic
from kafka_traffic import Traffic
from problem_rules import check_problem
from raw_http import request
from server_process import poll_until

#: How long a send may take, in seconds; the default is 30.
TIME_OUT = 2
#: What produce requests are answered: not now, not here, not enough of us.
PRODUCE, PASSING = 0, (7, 6, 19)
UNKNOWN_TOPIC = 3


@contextlib.contextmanager
def down(broker: MockBroker, topic: KafkaTopic) -> Iterator[None]:
    """Connections end and new ones are refused."""
    broker.tell("down -1")
    try:
        yield
    finally:
        broker.tell("up -1")


@contextlib.contextmanager
def frozen(broker: MockBroker, topic: KafkaTopic) -> Iterator[None]:
    """The process is stopped, and its connections stay."""
    broker.freeze()
    try:
        yield
    finally:
        broker.thaw()


@contextlib.contextmanager
def unwilling(broker: MockBroker, topic: KafkaTopic) -> Iterator[None]:
    """Every write is answered by an error that may pass."""
    broker.tell(f"fail {PRODUCE} {' '.join(str(code) for code in PASSING * 3000)}")
    try:
        yield
    finally:
        broker.tell(f"heal {PRODUCE}")


@contextlib.contextmanager
def without_the_topic(broker: MockBroker, topic: KafkaTopic) -> Iterator[None]:
    """The topic has vanished, as far as anybody is told; it comes back with what it held."""
    broker.tell(f"topic-error {topic.name} {UNKNOWN_TOPIC}")
    broker.tell(f"fail {PRODUCE} {' '.join([str(UNKNOWN_TOPIC)] * 9000)}")
    try:
        yield
    finally:
        broker.tell(f"topic-error {topic.name} 0")
        broker.tell(f"heal {PRODUCE}")


FAULTS = [down, frozen, unwilling, without_the_topic]


@pytest.fixture
def topic(own_kafka) -> KafkaTopic:
    if not isinstance(own_kafka, MockBroker):
        pytest.skip("a real broker takes no orders")
    return own_kafka.make_topic(partitions=1)


@pytest.fixture
def pods(start_kafka_pod, topic):
    settings = {"MessageBroker__DeliveryTimeoutSeconds": str(TIME_OUT)}
    return [start_kafka_pod(topic, f"pod-{index}", **settings) for index in range(2)]


def is_ready(pod) -> bool:
    return request(pod.address, "GET", "/health/ready").status == 200


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_brokers_that_are_away_for_a_while(own_kafka, topic, pods, scope, fault):
    """Each send fails or succeeds within the delivery time-out, which a connection's own deadline here stands for."""
    traffic = Traffic(pods, scope)
    traffic.until_answered()
    with fault(own_kafka, topic):
        traffic.until_failed()
        assert not any(" error chatify: " in line for pod in pods for line in pod.stderr_lines)
    traffic.until_answered()
    traffic.end()
    traffic.check(topic)
    print(f"slowest send: {max(talker.slowest for talker in traffic.talkers):.1f} s")
    for pod in pods:
        poll_until(lambda: is_ready(pod), "readiness", 20)


def troubles(pod) -> list[str]:
    """The warnings, but for that at the start and those of single requests."""
    lines = [line for line in pod.stderr_lines if " warning chatify: " in line or " error chatify: " in line]
    return [line for line in lines if "Development mode" not in line and "Request failed" not in line]


def test_an_outage_is_a_few_lines_of_log(own_kafka, topic, pods, scope):
    """One warning when connections begin to fail and one from each reader, however long it lasts, and a notice at the end."""
    pod = pods[0]
    assert send(pod, scope, "before").status == 200
    # A commit that the outage cuts off would be a warning more.
    poll_until(lambda: topic.is_committed_by("chatify-chat-history-writer-pod-0"), "the commit")
    with down(own_kafka, topic):
        check_problem(send(pod, scope, "lost"), 503)
        poll_until(lambda: len(troubles(pod)) >= 3, "the warnings")
        assert sum("Connections to Kafka brokers fail" in line for line in troubles(pod)) == 1, troubles(pod)
        assert sum("Cannot read the log" in line for line in troubles(pod)) == 2, troubles(pod)
        check_problem(send(pod, scope, "lost too"), 503)
    ends = "Connections to Kafka brokers work again"
    poll_until(lambda: any(ends in line for line in pod.stderr_lines), "the end", 20)
    assert send(pod, scope, "after").status == 200
    # Connections may come back haltingly; a line for each attempt would be dozens.
    assert len(troubles(pod)) <= 6, troubles(pod)


def test_brokers_that_never_come_back(own_kafka, topic, pods, scope):
    """Sends fail in time, the pod says that it is not ready, and it can be stopped."""
    pod = pods[0]
    assert send(pod, scope, "before").status == 200
    own_kafka.kill()
    # The answer comes before the client's own deadline.
    assert check_problem(send(pod, scope, "lost"), 503)["code"] == "EVENT_PRODUCTION_FAILED"
    assert not is_ready(pod)
    for each in pods:
        # A commit that is under way may take its 10 s.
        each.stop(wait=5 * WAIT)


def test_stop_while_brokers_hang(own_kafka, topic, pods, scope):
    assert send(pods[0], scope, "before").status == 200
    own_kafka.freeze()
    try:
        for pod in pods:
            # A commit that is under way may take its 10 s.
            pod.stop(wait=5 * WAIT)
    finally:
        own_kafka.thaw()
