"""Clients that go on sending while the log's brokers are away, and what must hold afterwards."""

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from http_chat import all_pages, ids, send
from kafka_topic import KafkaTopic
from problem_rules import check_problem
from raw_hub import RawHub
from server_process import poll_until


class Talker:
    """A user who sends one message after the other over HTTP, whatever becomes of them."""

    def __init__(self, server, scope: str, name: str):
        self.server = server
        self.name = name
        #: The answered events with their places, by text.
        self.answered: dict[str, dict] = {}
        #: The texts of sends that failed.
        self.failed: list[str] = []
        #: How long the slowest send took.
        self.slowest = 0.0
        self._scope = scope

    def say(self) -> None:
        text = f"{self.name} {len(self.answered) + len(self.failed)}"
        started = time.monotonic()
        response = send(self.server, self._scope, text, self.name)
        self.slowest = max(self.slowest, time.monotonic() - started)
        if response.status == 200:
            self.answered[text] = response.json()
        else:
            assert check_problem(response, 503)["code"] == "EVENT_PRODUCTION_FAILED"
            self.failed.append(text)


class Traffic:
    """Talkers and one listener on each pod, from `begin` to `end`."""

    def __init__(self, pods: list, scope: str):
        self.pods = pods
        self.scope = scope
        self.talkers = [Talker(pod, scope, f"pod{index}talker{n}") for index, pod in enumerate(pods) for n in range(2)]
        self.hubs = [RawHub(pod.address, "listener") for pod in pods]
        for hub in self.hubs:
            hub.join(scope)
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(len(self.talkers))
        self._tasks = [self._pool.submit(self._run, talker) for talker in self.talkers]

    def until_all(self, count: Callable[[Talker], int], more: int, what: str) -> None:
        """Waits until what is counted has grown by so much for each talker."""
        goals = [(talker, count(talker) + more) for talker in self.talkers]
        poll_until(
            lambda: all(count(talker) >= goal for talker, goal in goals) or any(task.done() for task in self._tasks),
            what,
            40,
        )

    def until_answered(self, more: int = 5) -> None:
        self.until_all(lambda talker: len(talker.answered), more, "sends that are answered")

    def until_failed(self, more: int = 2) -> None:
        self.until_all(lambda talker: len(talker.failed), more, "sends that fail")

    def end(self) -> None:
        self._stop.set()
        self._pool.shutdown()
        for task in self._tasks:
            task.result()

    def check(self, topic: KafkaTopic) -> None:
        """What was answered stands where that was said, once; every pod pushes and stores it; nothing else appears."""
        answered = {text: answer for talker in self.talkers for text, answer in talker.answered.items()}
        failed = {text for talker in self.talkers for text in talker.failed}
        # Behind everything that was sent: a failed send may still come.
        last = [self._last_word(pod) for pod in self.pods]
        answered |= {answer["chatEvent"]["text"]: answer for answer in last}
        records = {(record.partition, record.offset): json.loads(record.value) for record in topic.records()}
        texts = Counter(event["text"] for event in records.values())
        assert not [text for text, count in texts.items() if count > 1], "a message stands in the log twice"
        assert set(answered) <= set(texts) <= set(answered) | failed
        for answer in answered.values():
            assert records[answer["partition"], answer["offset"]] == answer["chatEvent"], "answered falsely"
        place_of = {event["messageId"]: place for place, event in records.items()}
        for hub in self.hubs:
            heard = [hub.next_event() for _ in records]
            places = [(event["partition"], event["offset"]) for event in heard]
            assert places == [place_of[event["messageId"]] for event in heard]
            assert places == sorted(set(places)), "not each once in the log's order"
            hub.leave()
        for pod in self.pods:
            poll_until(lambda: sorted(ids(all_pages(pod, self.scope))) == sorted(place_of), "the whole history", 20)

    def _last_word(self, pod) -> dict:
        response = send(pod, self.scope, f"last {pod.origin}")
        assert response.status == 200, response
        return response.json()

    def _run(self, talker: Talker) -> None:
        while not self._stop.is_set():
            talker.say()
