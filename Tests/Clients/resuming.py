"""A client that goes on where it was, on whatever pod there is, by the positions of the events (contracts.md section 4)."""

import contextlib

from byte_stream import WAIT
from raw_hub import CHANNEL, RawHub
from senders import DEATH

#: Settings with which a test that is held up may miss as much as it likes.
ROOMY = {"Hub__ResumeMaxEvents": "100000", "Hub__MaxOutboundBytesPerConnection": "134217728"}


class ResumingListener:
    """Hears one channel over many connections, each of which resumes behind the last event of the one before."""

    def __init__(self, scope: str, name: str):
        self.scope = scope
        self.name = name
        #: Every event that was pushed, in the order it came.
        self.heard: list[dict] = []
        self.hub: RawHub | None = None

    @property
    def position(self) -> dict:
        """The place of the last event that was heard."""
        return {key: self.heard[-1][key] for key in ("partition", "offset")}

    def join(self, server) -> None:
        self.hub = RawHub(server.address, self.name)
        self.hub.join(self.scope, CHANNEL)

    def resume(self, server, position: dict | None = None) -> dict:
        """Resumes on a new connection and answers the result; what is replayed comes before the answer."""
        self.hub = RawHub(server.address, self.name)
        result = self.hub.result("ResumeScopeAsync", self.scope, position or self.position, CHANNEL)
        assert set(result) == {"recovered", "replayed"}, result
        assert len(self.hub.events) >= result["replayed"], "the answer came before what it promises"
        return result

    def hear(self, count: int) -> list[dict]:
        """Hears so many more events, and answers them."""
        events = [self.hub.next_event() for _ in range(count)]
        self.heard += events
        return events

    def hear_until(self, message_id: str) -> None:
        """Hears on up to that event."""
        while not self.heard or self.heard[-1]["messageId"] != message_id:
            self.hear(1)

    def hear_until_death(self) -> None:
        """Hears on until the server is gone."""
        with contextlib.suppress(*DEATH):
            while True:
                self.heard.append(self.hub.next_event(WAIT))

    def disconnect(self) -> None:
        self.hub.websocket.disconnect()


def follows(heard: list[dict], answers: list[dict]) -> None:
    """Expects that everything that was answered as sent was heard once, in the order of the log."""
    offsets = [event["offset"] for event in heard]
    assert offsets == sorted(set(offsets)), "not each once, in order"
    missed = {answer["chatEvent"]["messageId"] for answer in answers} - {event["messageId"] for event in heard}
    assert not missed, f"{len(missed)} of {len(answers)} were answered and not heard"
