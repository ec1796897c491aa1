"""A user of the stock signalrcore client."""

import logging
import queue
import threading

import pytest
from signalrcore.hub_connection_builder import HubConnectionBuilder
from signalrcore.protocol.base_hub_protocol import BaseHubProtocol
from signalrcore.types import HttpTransportType

from byte_stream import QUIET, WAIT


class Member:
    """One started signalrcore connection with what it received."""

    def __init__(
        self,
        server,
        user: str,
        transport: HttpTransportType = HttpTransportType.web_sockets,
        protocol: BaseHubProtocol | None = None,
    ):
        self.events: queue.Queue[dict] = queue.Queue()
        self.errors: queue.Queue = queue.Queue()
        self.closed = threading.Event()
        opened = threading.Event()
        builder = (
            HubConnectionBuilder()
            .with_url(f"{server.origin}/hubs/chat?user={user}", options={"verify_ssl": False, "transport": transport})
            .configure_logging(logging.CRITICAL)
        )
        self.connection = (builder.with_hub_protocol(protocol) if protocol else builder).build()
        self.connection.on("ReceiveMessage", lambda arguments: self.events.put(arguments[0]))
        self.connection.on_open(opened.set)
        self.connection.on_close(self.closed.set)
        self.connection.on_error(self.errors.put)
        self.connection.start()
        assert opened.wait(WAIT), "the connection did not open"

    def result(self, method: str, *arguments):
        """Invokes a method that must succeed and answers its result."""
        answers: queue.Queue = queue.Queue()
        self.connection.send(method, list(arguments), answers.put)
        try:
            return answers.get(timeout=WAIT).result
        except queue.Empty:
            errors = list(self.errors.queue)
            raise AssertionError(f"{method} was not answered; errors: {[str(error) for error in errors]}") from None

    def error(self, method: str, *arguments) -> str:
        """Invokes a method that must fail and answers the error text."""
        self.connection.send(method, list(arguments))
        return self.errors.get(timeout=WAIT).error

    def say(self, scope: str, text: str, scope_type: int = 0) -> dict:
        return self.result("SendAsync", {"scopeType": scope_type, "scopeId": scope, "text": text})

    def hear(self, *texts: str) -> list[dict]:
        heard = [self.events.get(timeout=WAIT) for _ in texts]
        assert [event["text"] for event in heard] == list(texts)
        return heard

    def hears_nothing(self) -> None:
        self.result("HeartbeatAsync")
        with pytest.raises(queue.Empty):
            self.events.get(timeout=QUIET)
