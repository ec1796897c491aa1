"""A user of the stock pysignalr client."""

import asyncio
import contextlib

from pysignalr.client import SignalRClient
from pysignalr.protocol.abstract import Protocol

from byte_stream import QUIET, WAIT


class Member:
    """One running pysignalr client with what it received."""

    def __init__(self, server, user: str, protocol: Protocol | None = None):
        self.events: asyncio.Queue[dict] = asyncio.Queue()
        self.opened = asyncio.Event()
        self.client = SignalRClient(f"{server.origin}/hubs/chat?user={user}", protocol=protocol, retry_count=1)
        self.client.on("ReceiveMessage", self._receive)
        self.client.on_open(self._open)
        self.client.on_error(self._ignore_error)

    async def _receive(self, arguments: list) -> None:
        assert len(arguments) == 1
        self.events.put_nowait(arguments[0])

    async def _open(self) -> None:
        self.opened.set()

    async def _ignore_error(self, _) -> None:
        """The error also reaches the caller's own callback."""

    async def call(self, method: str, *arguments):
        """Invokes a method and answers its completion."""
        answer = asyncio.get_running_loop().create_future()

        async def complete(message) -> None:
            answer.set_result(message)

        await self.client.send(method, list(arguments), complete)
        return await asyncio.wait_for(answer, WAIT)

    async def result(self, method: str, *arguments):
        message = await self.call(method, *arguments)
        assert not message.error, message.error
        return message.result

    async def say(self, scope: str, text: str, scope_type: int = 0) -> dict:
        return await self.result("SendAsync", {"scopeType": scope_type, "scopeId": scope, "text": text})

    async def hear(self, *texts: str) -> list[dict]:
        heard = [await asyncio.wait_for(self.events.get(), WAIT) for _ in texts]
        assert [event["text"] for event in heard] == list(texts)
        return heard

    async def hears_nothing(self) -> None:
        await self.result("HeartbeatAsync")
        with contextlib.suppress(TimeoutError, asyncio.TimeoutError):
            raise AssertionError(f"unexpected {await asyncio.wait_for(self.events.get(), QUIET)}")
