"""A client that follows scopes over the deaths of its server and misses nothing."""

import contextlib
import threading

from http_chat import all_pages, ids
from raw_hub import RawHub
from senders import DEATH
from server_process import poll_until


class Subscriber:
    """Joins, waits for the first live event of a scope, reads from the history what lies before it, and goes on live.

    A scope's history is read from the time stamp up to which nothing is missing; repeats are dropped by message id.
    """

    def __init__(self, scopes: list[str], name: str = "subscriber"):
        #: Every event, by message id.
        self.seen: dict[str, dict] = {}
        #: What was pushed, one list for each connection.
        self.pushed: list[list[dict]] = []
        #: How many events it got from the history first.
        self.missed = 0
        #: Set while joined to all scopes.
        self.joined = threading.Event()
        self._scopes = scopes
        self._name = name
        self._whole_until: dict[str, str] = {}

    def follow(self, server) -> None:
        """Follows the scopes until the server dies."""
        self.pushed.append([])
        with contextlib.suppress(*DEATH):
            hub = RawHub(server.address, self._name)
            try:
                self._follow(hub, server)
            finally:
                self.joined.clear()
                hub.websocket.disconnect()

    def _follow(self, hub: RawHub, server) -> None:
        for scope in self._scopes:
            hub.join(scope)
        self.joined.set()
        behind = set(self._scopes)
        while True:
            event = hub.next_event()
            self.pushed[-1].append(event)
            scope = event["scopeId"]
            if scope in behind:
                self._catch_up(server, scope, event)
                behind.remove(scope)
            self.seen[event["messageId"]] = event
            self._whole_until[scope] = max(event["createdAtUtc"], self._whole_until.get(scope, ""))

    def _catch_up(self, server, scope: str, live: dict) -> None:
        """Reads the history until it holds `live`, and so everything that the log had before it."""
        since = {"from": self._whole_until[scope]} if scope in self._whole_until else {}

        def has_reached_live() -> bool:
            found = all_pages(server, scope, **since)
            missed = {event["messageId"]: event for event in found if event["messageId"] not in self.seen}
            self.missed += len(missed)
            self.seen |= missed
            return live["messageId"] in ids(found)

        if live["createdAtUtc"] >= since.get("from", ""):
            poll_until(has_reached_live, f"the history of {scope} up to {live}")
