"""The stock pysignalr client over WebSockets, used as its users use it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from pysignalr.client import SignalRClient
from pysignalr.protocol.abstract import Protocol

from byte_stream import QUIET, WAIT
from event_rules import check_enriched, check_pushed


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


def chat(
    server, users: list[str], scenario: Callable[..., Awaitable[None]], protocol: type[Protocol] | None = None
) -> None:
    """Connects `users`, runs `scenario` with them, and stops them; a client that failed fails the test."""

    async def main() -> None:
        members = [Member(server, user, protocol and protocol()) for user in users]
        tasks = [asyncio.create_task(member.client.run()) for member in members]
        opened = asyncio.gather(*(member.opened.wait() for member in members))
        await asyncio.wait([opened, *tasks], timeout=WAIT, return_when=asyncio.FIRST_COMPLETED)
        try:
            assert opened.done(), [task.exception() for task in tasks if task.done()]
            await asyncio.wait_for(scenario(*members), 40)
            assert not any(task.done() for task in tasks), "a client stopped by itself"
        finally:
            for task in (opened, *tasks):
                task.cancel()
            await asyncio.gather(opened, *tasks, return_exceptions=True)

    asyncio.run(main())


def test_join_send_receive_leave(server, scope):
    async def scenario(alice: Member, bob: Member, outsider: Member) -> None:
        for member in (alice, bob):
            assert await member.result("JoinScopeAsync", scope) is None
        await outsider.result("JoinScopeAsync", f"{scope}-other")
        check_enriched(await alice.say(scope, "Hello"), scope, "alice", "Hello")
        for member in (alice, bob):
            check_pushed((await member.hear("Hello"))[0], scope, "alice", "Hello")
        await outsider.hears_nothing()
        assert await bob.result("LeaveScopeAsync", scope) is None
        await alice.say(scope, "to nobody but me")
        await alice.hear("to nobody but me")
        await bob.hears_nothing()

    chat(server, ["alice", "bob", "carol"], scenario)


def test_errors_leave_the_connection_open(server, scope):
    async def scenario(alice: Member) -> None:
        await alice.result("JoinScopeAsync", scope)
        for bad in ({"scopeId": "", "text": "x"}, {"scopeId": scope, "text": "x" * 4097}):
            message = await alice.call("SendAsync", {"scopeType": 0} | bad)
            assert "HubException: VALIDATION_ERROR: " in message.error
        message = await alice.call("NoSuchMethod")
        assert message.error.endswith("HubException: Method does not exist.")
        await alice.say(scope, "")
        await alice.say(scope, "x" * 4096)
        await alice.hear("", "x" * 4096)

    chat(server, ["alice"], scenario)


def test_joining_twice_is_one_delivery(server, scope):
    async def scenario(alice: Member) -> None:
        await alice.result("JoinScopeAsync", scope)
        await alice.result("JoinScopeAsync", scope)
        await alice.say(scope, "once")
        await alice.say(scope, "fence")
        await alice.hear("once", "fence")

    chat(server, ["alice"], scenario)


def test_direct_messages_are_not_seen_by_strangers(server, names):
    first, second = names("alice"), names("bob")
    scope = f"{first}-{second}"

    async def scenario(alice: Member, bob: Member, mallory: Member) -> None:
        for member in (alice, bob, mallory):
            await member.result("JoinScopeAsync", scope)
        await alice.say(scope, "secret", 1)
        await alice.say(scope, "fence", 0)
        await alice.hear("secret", "fence")
        await bob.hear("secret", "fence")
        await mallory.hear("fence")

    chat(server, [first, second, names("mallory")], scenario)


def test_1000_pipelined_sends_at_five_receivers(server, scope):
    async def scenario(alice: Member, *receivers: Member) -> None:
        for receiver in receivers:
            await receiver.result("JoinScopeAsync", scope)
        texts = [str(index) for index in range(1000)]
        completions: asyncio.Queue = asyncio.Queue()
        for text in texts:
            message = {"scopeType": 0, "scopeId": scope, "text": text}
            await alice.client.send("SendAsync", [message], completions.put)
        answered = [await asyncio.wait_for(completions.get(), WAIT) for _ in texts]
        assert [message.result["chatEvent"]["text"] for message in answered] == texts
        for receiver in receivers:
            events = await receiver.hear(*texts)
            assert len({event["messageId"] for event in events}) == 1000

    chat(server, ["alice", *(f"receiver{index}" for index in range(5))], scenario)
