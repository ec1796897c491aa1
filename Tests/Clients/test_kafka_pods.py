"""Pods that share one log: each client hears each message once, in one order, whatever pods come and go."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from http_chat import ids, say, stored
from kafka_listeners import KINDS
from kafka_topic import KafkaTopic
from raw_hub import RawHub
from server_process import poll_until

#: Sends answers of errors, as a broker that is no more in charge of a partition.
FETCH, NOT_LEADER = 1, 6


@pytest.fixture
def topic(own_kafka) -> KafkaTopic:
    return own_kafka.make_topic()


@pytest.fixture
def pods(start_kafka_pod, topic):
    # signalrcore's stop returns only when its reading thread gets something.
    return [start_kafka_pod(topic, f"pod-{index}", Hub__KeepAliveSeconds="1") for index in range(3)]


def is_committed(topic: KafkaTopic, pod: str) -> None:
    """Waits until the live delivery of a pod has committed all that is in the log; it does so every five seconds."""
    poll_until(lambda: topic.is_committed_by(f"chatify-broadcast-{pod}"), f"{pod}'s commit", 20)


def test_every_client_hears_everything_once_in_one_order(pods, scope, names):
    """Three kinds of clients on each of three pods, all talking at once in two scopes."""
    scopes = [scope, f"{scope}-too"]
    listeners = [kind(pod, names(f"user{index}")) for index, pod in enumerate(pods) for kind in KINDS]
    for listener in listeners:
        for each in scopes:
            listener.join(each)
    each_says = 12

    def talk(listener) -> list[dict]:
        return [listener.say(scopes[number % 2], f"message {number}") for number in range(each_says)]

    with ThreadPoolExecutor(len(listeners)) as pool:
        answers = [answer for answers in pool.map(talk, listeners) for answer in answers]
        heard = list(pool.map(lambda listener: listener.take(len(answers)), listeners))
    said = Counter(answer["chatEvent"]["messageId"] for answer in answers)
    assert len(said) == each_says * len(listeners)
    for events in heard:
        assert Counter(ids(events)) == said, "not everything once"
        for each in scopes:
            assert in_scope(events, each) == in_scope(heard[0], each), "another order elsewhere"
            offsets = [event["offset"] for event in events if event["scopeId"] == each]
            assert offsets == sorted(set(offsets)), "another order than the log's"
    with ThreadPoolExecutor(len(listeners)) as pool:
        list(pool.map(lambda listener: listener.leave(), listeners))
    for pod in pods:
        assert sorted(ids(stored(pod, scope, len(answers) // 2))) == sorted(in_scope(heard[0], scope))


def in_scope(events: list[dict], scope: str) -> list[str]:
    return ids([event for event in events if event["scopeId"] == scope])


def test_killed_pod_goes_on_where_it_stopped(own_kafka, topic, start_kafka_pod, scope):
    """What its clients heard before it was killed is not pushed again; what was said since is."""
    other, killed = start_kafka_pod(topic, "pod-other"), start_kafka_pod(topic, "pod-killed")
    say(other, scope, "past")
    is_committed(topic, "pod-killed")
    killed.crash()
    say(other, scope, "meanwhile")
    # Nobody can read before the client has joined.
    own_kafka.tell(f"fail {FETCH} {' '.join([str(NOT_LEADER)] * 5000)}")
    again = start_kafka_pod(topic, "pod-killed")
    hub = RawHub(again.address, "alice")
    hub.join(scope)
    own_kafka.tell(f"heal {FETCH}")
    say(other, scope, "now")
    hub.hear("meanwhile", "now")
    assert [event["text"] for event in stored(again, scope, 3)] == ["past", "meanwhile", "now"]
    hub.leave()


def test_new_pod_pushes_nothing_of_the_past_and_stores_all_of_it(own_kafka, topic, start_kafka_pod, scope):
    first = start_kafka_pod(topic, "pod-first")
    for text in ("one", "two"):
        say(first, scope, text)
    own_kafka.tell(f"fail {FETCH} {' '.join([str(NOT_LEADER)] * 5000)}")
    new = start_kafka_pod(topic, "pod-new")
    hub = RawHub(new.address, "alice")
    hub.join(scope)
    own_kafka.tell(f"heal {FETCH}")
    say(first, scope, "three")
    hub.hear("three")
    assert [event["text"] for event in stored(new, scope, 3)] == ["one", "two", "three"]
    hub.leave()


class Talk:
    """A message after the other at one pod, heard at others, until it is told to stop."""

    def __init__(self, scope: str, speaker, hearers: list):
        self._scope = scope
        self._speaker = RawHub(speaker.address, "speaker")
        self._hubs = [RawHub(pod.address, "hearer") for pod in hearers]
        for hub in self._hubs:
            hub.join(scope)
        self._stop = threading.Event()
        self.count = 0
        self._pool = ThreadPoolExecutor(1)
        self._task = self._pool.submit(self._run)

    def go_on(self, rounds: int = 6) -> None:
        """Waits for some rounds more."""
        goal = self.count + rounds
        poll_until(lambda: self.count >= goal or self._task.done(), "the talk's going on")

    def end(self) -> None:
        """Ends it; nobody may have missed or heard twice anything."""
        self._stop.set()
        self._pool.shutdown()
        self._task.result()
        for hub in self._hubs:
            hub.hears_nothing()
        for hub in [*self._hubs, self._speaker]:
            hub.leave()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._speaker.say(self._scope, f"round {self.count}")
            for hub in self._hubs:
                hub.hear(f"round {self.count}")
            self.count += 1


def test_pods_that_come_and_go_disturb_nobody(pods, topic, start_kafka_pod, scope):
    """A fourth pod joins, is killed, comes back, and leaves, while the others' clients talk."""
    talk = Talk(scope, pods[0], pods)
    talk.go_on()
    fourth = start_kafka_pod(topic, "pod-fourth")
    hub = RawHub(fourth.address, "alice")
    hub.join(scope)
    talk.go_on()
    first = int(hub.next_event()["text"].removeprefix("round "))
    hub.hear(*(f"round {number}" for number in range(first + 1, first + 4)))
    fourth.crash()
    hub.websocket.disconnect()
    talk.go_on()
    again = start_kafka_pod(topic, "pod-fourth")
    talk.go_on()
    again.stop()
    talk.go_on()
    talk.end()
    assert len(stored(pods[1], scope, min(talk.count, 500))) == min(talk.count, 500)
