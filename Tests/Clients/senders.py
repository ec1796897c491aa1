"""Clients that send without pause until their server dies, and remember what was answered."""

import contextlib
import json
import random
import threading
from collections import deque

from byte_stream import EndOfStream
from raw_http import HTTPConnection, encode_request
from raw_hub import RawHub, sending

#: What a client sees when its server is killed.
DEATH = (EndOfStream, ConnectionError)


class Sender:
    """One user whose messages are numbered, over all connections; a message that is not answered is not sent again."""

    def __init__(self, name: str, scopes: list[str], seed: str, filler: str = ""):
        self.name = name
        #: The scope of each text, in the order of sending.
        self.sent: dict[str, str] = {}
        #: The answers, in the order in which they came, one list for each connection.
        self.answers: list[list[dict]] = []
        self.scopes = scopes
        self._filler = filler
        self._random = random.Random(f"{seed} {name}")

    def talk(self, server, answered: threading.Semaphore) -> None:
        """Sends until the server dies; releases `answered` once, when the first answer is there."""
        self.answers.append([])
        with contextlib.suppress(*DEATH):
            self._talk(server, answered)

    @property
    def unanswered(self) -> set[str]:
        """The texts whose sends the server did not live to answer."""
        return self.sent.keys() - {answer["chatEvent"]["text"] for answers in self.answers for answer in answers}

    def _talk(self, server, answered: threading.Semaphore) -> None:
        raise NotImplementedError

    def _compose(self, scope: str | None = None) -> dict:
        """The next message, which counts as sent from now on."""
        text = f"{self.name} {len(self.sent)} {self._filler}"
        self.sent[text] = scope or self._random.choice(self.scopes)
        return {"scopeType": 0, "scopeId": self.sent[text], "text": text}

    def _keep(self, answer: dict, text: str) -> None:
        assert answer["chatEvent"]["text"] == text, (answer, text)
        self.answers[-1].append(answer)


class HubSender(Sender):
    """Sends over a hub connection, with up to `window` calls under way."""

    def __init__(self, name: str, scopes: list[str], seed: str, filler: str = "", window: int = 1):
        super().__init__(name, scopes, seed, filler)
        self._window = window

    def _talk(self, server, answered: threading.Semaphore) -> None:
        hub = RawHub(server.address, self.name)
        try:
            calls: deque[tuple[str, str]] = deque()
            while True:
                while len(calls) < self._window:
                    message = self._compose()
                    calls.append((str(len(self.sent)), message["text"]))
                    hub.send(sending(message["scopeId"], message["text"], id=calls[-1][0]))
                id, text = calls.popleft()
                completion = hub.read_completion(id)
                assert "error" not in completion, completion
                self._keep(completion["result"], text)
                if len(self.answers[-1]) == 1:
                    answered.release()
        finally:
            hub.websocket.disconnect()


class HTTPSender(Sender):
    """Sends over one HTTP connection, one request after the other."""

    def say_everywhere(self, server) -> list[dict]:
        """Sends one message to each scope and answers the events."""
        self.answers.append([])
        connection = HTTPConnection(server.address)
        for scope in self.scopes:
            self._say(connection, scope)
        connection.close()
        return [answer["chatEvent"] for answer in self.answers[-1]]

    def _talk(self, server, answered: threading.Semaphore) -> None:
        connection = HTTPConnection(server.address)
        try:
            self._say(connection)
            answered.release()
            while True:
                self._say(connection)
        finally:
            connection.close()

    def _say(self, connection: HTTPConnection, scope: str | None = None) -> None:
        message = self._compose(scope)
        headers = {"Content-Type": "application/json", "X-User-Id": self.name}
        connection.write(encode_request("POST", "/chat/send", headers, json.dumps(message).encode()))
        response = connection.read_response()
        assert response.status == 200, response
        self._keep(response.json(), message["text"])
