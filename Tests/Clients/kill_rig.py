"""A server that is killed and started again while clients talk, with everything that must survive in one directory."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from byte_stream import WAIT
from http_chat import all_pages, ids
from senders import HTTPSender, HubSender, Sender
from server_process import ServerProcess, poll_until
from subscriber import Subscriber

SCOPES = ["lobby", "kitchen", "garden", "attic"]
WINDOWS = [1, 1, 1, 1, 4, 8, 16]


class KillRig:
    """Eight senders, one of them over HTTP, and perhaps two subscribers, through all lives of a server.

    One subscriber joins as soon as it can and may be pushed again what it heard before the kill; the other joins when
    the senders are well on their way, so that it has to read what it missed.
    """

    def __init__(self, start: Callable[[], ServerProcess], seed: str, filler: str = "", with_subscribers: bool = True):
        self.start = start
        self.herald = HTTPSender("herald", SCOPES, seed, filler)
        talkers = [HubSender(f"user{index}", SCOPES, seed, filler, window) for index, window in enumerate(WINDOWS)]
        self.senders: list[Sender] = [*talkers, self.herald]
        self.early = [Subscriber(SCOPES, "early")] if with_subscribers else []
        self.late = [Subscriber(SCOPES, "late")] if with_subscribers else []

    @property
    def subscribers(self) -> list[Subscriber]:
        return self.early + self.late

    @property
    def answered(self) -> int:
        return sum(len(answers) for sender in self.senders for answers in sender.answers)

    def live_and_die(self, wait_for_death: Callable[[], None]) -> int:
        """One life: starts the server, lets all talk, kills it when all were answered and `wait_for_death` returned.

        Answers how many sends were under way at the kill.
        """
        server = self.start()
        unanswered = self._count_unanswered()
        answered = threading.Semaphore(0)
        with ThreadPoolExecutor(len(self.senders + self.subscribers)) as pool:
            tasks = [pool.submit(sender.talk, server, answered) for sender in self.senders]
            tasks += [pool.submit(subscriber.follow, server) for subscriber in self.early]
            try:
                all_talk = all(answered.acquire(timeout=WAIT) for _ in self.senders)
                tasks += [pool.submit(subscriber.follow, server) for subscriber in self.late]
                if all_talk:
                    wait_for_death()
            finally:
                server.crash()
        for task in tasks:
            task.result()
        assert all_talk, "a sender was not answered"
        return self._count_unanswered() - unanswered

    def last_words(self) -> None:
        """One life more, in which the subscribers must get whole up to one last message in each scope."""
        server = self.start()
        with ThreadPoolExecutor(max_workers=2) as pool:
            following = [pool.submit(subscriber.follow, server) for subscriber in self.subscribers]
            try:
                assert all(subscriber.joined.wait(WAIT) for subscriber in self.subscribers)
                last = set(ids(self.herald.say_everywhere(server)))
                poll_until(
                    lambda: all(subscriber.seen.keys() >= last for subscriber in self.subscribers)
                    or any(task.done() for task in following),
                    "the subscribers' hearing the last messages",
                )
            finally:
                server.crash()
        for task in following:
            task.result()

    def histories(self) -> dict[str, list[dict]]:
        """The histories of all scopes, read from a new server, once they hold what was said last."""
        server = self.start()
        last = {answer["chatEvent"]["scopeId"]: answer["chatEvent"] for answer in self.herald.answers[-1]}

        def whole(scope: str) -> list[dict] | None:
            events = all_pages(server, scope)
            return events if last[scope]["messageId"] in ids(events) else None

        histories = {scope: poll_until(lambda: whole(scope), f"the whole history of {scope}") for scope in SCOPES}
        server.stop()
        return histories

    def _count_unanswered(self) -> int:
        return sum(len(sender.unanswered) for sender in self.senders)
