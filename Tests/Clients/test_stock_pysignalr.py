"""The stock pysignalr client over WebSockets, used as its users use it."""

import asyncio
from collections.abc import Awaitable, Callable

from pysignalr.protocol.abstract import Protocol

from byte_stream import WAIT
from event_rules import check_enriched, check_pushed
from stock_pysignalr import Member


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
