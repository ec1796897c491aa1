"""Two well-behaved clients that chat on in the background while a test misbehaves next to them."""

import threading

from byte_stream import WAIT
from raw_hub import RawHub


class Conversation:
    """Rounds of one message from each side, each of which both must hear, in order, in time.

    Used as a context: at its end the conversation must not have failed and must have gone on.
    """

    def __init__(self, server, scope: str):
        self.scope = scope
        self._hubs = [RawHub(server.address, user) for user in ("well", "behaved")]
        for hub in self._hubs:
            hub.join(scope)
        self._progress = threading.Condition()
        self._rounds = 0
        self._stopping = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Conversation":
        self._thread.start()
        self.more()
        return self

    def __exit__(self, kind, *_) -> None:
        if kind is None:
            self.more()
        self._stopping = True
        self._thread.join(2 * WAIT)
        for hub in self._hubs:
            hub.websocket.disconnect()
        if kind is None and self._failure:
            raise AssertionError("a well-behaved client noticed") from self._failure

    def more(self, rounds: int = 5) -> None:
        """Waits until the two went on for some rounds."""
        with self._progress:
            goal = self._rounds + rounds
            went_on = self._progress.wait_for(lambda: self._rounds >= goal or self._failure, WAIT)
        if self._failure:
            raise AssertionError("a well-behaved client noticed") from self._failure
        assert went_on, f"the conversation stands still after {self._rounds} rounds"

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._round()
                with self._progress:
                    self._rounds += 1
                    self._progress.notify_all()
        except BaseException as error:
            with self._progress:
                self._failure = error
                self._progress.notify_all()

    def _round(self) -> None:
        texts = []
        for index, hub in enumerate(self._hubs):
            texts.append(f"round {self._rounds} voice {index}")
            hub.say(self.scope, texts[-1])
        for hub in self._hubs:
            hub.hear(*texts)
