"""A hub client with stateful reconnect (signalr.md section 9): it counts, and comes back with another socket."""

import json

from byte_stream import WAIT
from raw_http import request
from raw_hub import HUB, RawHub, hub_target
from raw_packed_hub import PackedHub
from raw_websocket import RawWebSocket, TEXT

HANDSHAKE = b'{"protocol":"json","version":2}\x1e'
COUNTED = (1, 2, 3, 4, 5)
ACK, SEQUENCE = 8, 9


def negotiate_stateful(address: tuple[str, int], user: str, **query: str) -> dict:
    """The answer to a client that asks for stateful reconnect."""
    target = hub_target(user, negotiateVersion="1", useStatefulReconnect="true", **query)
    response = request(address, "POST", target.replace(HUB, f"{HUB}/negotiate"), body=b"")
    assert response.status == 200, response
    return response.json()


class StatefulHub(RawHub):
    """One hub connection and the sockets it had, one after the other."""

    def __init__(self, address: tuple[str, int], user: str, handshake: bytes = HANDSHAKE):
        answer = negotiate_stateful(address, user)
        assert answer["useStatefulReconnect"] is True, answer
        self.address, self.token = address, answer["connectionToken"]
        #: How many counted records were received, and the highest of ours that the server acknowledged.
        self.received = self.acknowledged = 0
        self.sent: list[dict] = []
        super().__init__(address, target=self.target_of(user), handshake=False)
        self.user = user
        self.websocket.send(TEXT, handshake)
        assert self.read_bytes() == b"{}\x1e"

    def target_of(self, user: str) -> str:
        """Where `user` attaches with the token of this connection."""
        return hub_target(user, id=self.token)

    def send(self, *records) -> None:
        self.sent += [record for record in records if isinstance(record, dict) and record["type"] in COUNTED]
        super().send(*records)

    def read(self, wait: float = WAIT) -> dict:
        """The next record that is neither a ping nor an acknowledgement, counted if it counts."""
        while (record := super().read(wait))["type"] == ACK:
            assert set(record) == {"type", "sequenceId"} and record["sequenceId"] <= len(self.sent), record
            self.acknowledged = record["sequenceId"]
        self.received += record["type"] in COUNTED
        return record

    def acknowledge(self) -> None:
        """Tells the server that all was received that was read."""
        super().send({"type": ACK, "sequenceId": self.received})

    def wait_for_acknowledgement(self) -> None:
        """Waits until the server has acknowledged all that was sent; nothing else may come meanwhile."""
        while self.acknowledged < len(self.sent):
            record = json.loads(self.read_bytes()[:-1])
            assert record["type"] in (6, ACK), record
            if record["type"] == ACK:
                self.acknowledged = record["sequenceId"]

    def lose(self) -> None:
        """Loses the socket without a word."""
        self.websocket.reset()

    def replace_socket(self) -> None:
        """Opens another socket with the same token; nothing is said on it yet."""
        self.websocket = RawWebSocket(self.address, self.target_of(self.user))
        self._records = []

    def read_sequence(self) -> int:
        """The server's sequence, which must come before everything else."""
        record = json.loads(self.read_bytes()[:-1])
        assert set(record) == {"type", "sequenceId"} and record["type"] == SEQUENCE, record
        return record["sequenceId"]

    def come_back(self) -> None:
        """Goes on over another socket: both sides say where they begin, and say the rest again.

        What this client reads again is dropped here, as stock clients do.
        """
        self.replace_socket()
        first = self.acknowledged + 1
        again = self.sent[self.acknowledged :]
        RawHub.send(self, {"type": SEQUENCE, "sequenceId": first}, *again)
        begin = self.read_sequence()
        assert begin <= self.received + 1, f"the server left out what comes before {begin}"
        for _ in range(self.received + 1 - begin):
            assert self.read_repeated()["type"] in COUNTED

    def read_repeated(self) -> dict:
        """A record that was read before."""
        record = self.read()
        self.received -= 1
        return record




class StatefulPackedHub(PackedHub):
    """The same in MessagePack, without any counting."""

    def __init__(self, address: tuple[str, int], user: str):
        token = negotiate_stateful(address, user)["connectionToken"]
        self.address, self.target = address, hub_target(user, id=token)
        self.events: list[dict] = []
        self.replace_socket()
        self.send(b'{"protocol":"messagepack","version":2}\x1e')
        assert self.read_handshake() == b"{}\x1e"

    def replace_socket(self) -> None:
        """Opens another socket with the same token; nothing is said on it yet."""
        self.websocket = RawWebSocket(self.address, self.target)
        self._records: list[bytes] = []

    def read(self, wait: float = WAIT) -> list:
        """The next record that is neither a ping nor an acknowledgement."""
        while (record := super().read(wait))[0] == ACK:
            assert len(record) == 2, record
        return record
