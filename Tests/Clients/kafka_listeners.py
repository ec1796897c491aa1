"""Clients of every kind with one face: they join, say, and hand out what they are pushed."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future

import stock_pysignalr
import stock_signalrcore
from byte_stream import WAIT
from raw_hub import RawHub


class RawListener:
    """A client over a raw WebSocket."""

    def __init__(self, server, user: str):
        self._hub = RawHub(server.address, user)
        self.join = self._hub.join
        self.say = self._hub.say

    def take(self, count: int) -> list[dict]:
        """The next events."""
        return [self._hub.next_event() for _ in range(count)]

    def leave(self) -> None:
        self._hub.leave()


class SignalrcoreListener:
    """The stock client signalrcore."""

    def __init__(self, server, user: str):
        self._member = stock_signalrcore.Member(server, user)
        self.say = self._member.say

    def join(self, scope: str) -> None:
        assert self._member.result("JoinScopeAsync", scope) is None

    def take(self, count: int) -> list[dict]:
        return [self._member.events.get(timeout=WAIT) for _ in range(count)]

    def leave(self) -> None:
        assert not self._member.closed.is_set(), "the server closed the connection"
        self._member.connection.stop()


class PysignalrListener:
    """The stock client pysignalr, whose loop runs in a thread."""

    def __init__(self, server, user: str):
        self._opened: Future[stock_pysignalr.Member] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live(server, user)), daemon=True)
        self._thread.start()
        self._member = self._opened.result(WAIT)

    def join(self, scope: str) -> None:
        assert self._wait(self._member.result("JoinScopeAsync", scope)) is None

    def say(self, scope: str, text: str) -> dict:
        return self._wait(self._member.say(scope, text))

    def take(self, count: int) -> list[dict]:
        return [self._wait(self._member.events.get()) for _ in range(count)]

    def leave(self) -> None:
        assert not self._task.done(), "the client stopped by itself"
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(WAIT)

    async def _live(self, server, user: str) -> None:
        self._loop = asyncio.get_running_loop()
        member = stock_pysignalr.Member(server, user)
        self._task = asyncio.create_task(member.client.run())
        await member.opened.wait()
        self._opened.set_result(member)
        await asyncio.gather(self._task, return_exceptions=True)

    def _wait(self, coroutine: Coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(WAIT)


KINDS = [RawListener, SignalrcoreListener, PysignalrListener]
