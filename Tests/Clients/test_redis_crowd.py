"""Three hundred users at once: what they cost Redis, and that nobody is left behind."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from raw_hub import RawHub
from server_process import poll_until

CROWD = 300
#: What a server sends; what its scripts call is not counted.
SENT = ("set", "eval", "evalsha", "script|load")
#: A route, a renewal, and a place among who is online, which a batch shares.
COMMANDS_EACH = 3


@pytest.fixture(scope="module")
def pod(start_pod):
    return start_pod("pod-crowd", RateLimit__SendMessage__Threshold="100")


@pytest.fixture
def together():
    """Runs something for each item, thirty at a time."""
    with ThreadPoolExecutor(30) as pool:
        yield lambda action, items: list(pool.map(action, items))


def online(redis) -> int:
    return redis.call("ZCARD", "presence:online")


def commands(redis) -> int:
    """How many commands servers have sent."""
    calls = redis.command_calls()
    return sum(calls.get(name, 0) for name in SENT)


def presence_keys(redis) -> list[bytes]:
    return [key for key in redis.keys() if key.startswith((b"presence:", b"route:"))]


def connect(redis, pod, together) -> list[RawHub]:
    hubs = together(lambda index: RawHub(pod.address, f"user{index}"), range(CROWD))
    poll_until(lambda: online(redis) == CROWD, "the whole crowd")
    return hubs


def test_all_come_and_go(redis, pod, together):
    """Three times, in every way of going; presence ends empty each time."""
    ways = [lambda hub: hub.leave(), lambda hub: hub.websocket.reset(), lambda hub: hub.websocket.disconnect()]
    for way in ways:
        hubs = connect(redis, pod, together)
        assert len(presence_keys(redis)) == 2 * CROWD + 1
        together(way, hubs)
        poll_until(lambda: not presence_keys(redis), "the end of the crowd")


def test_come_and_go_at_once(redis, pod, together):
    """Half of them leave the moment they have come, while the others come."""

    def visit(index: int) -> RawHub | None:
        hub = RawHub(pod.address, f"user{index}")
        if index % 2:
            return hub
        hub.websocket.disconnect()
        return None

    staying = [hub for hub in together(visit, range(CROWD)) if hub]
    expected = {f"user{index}".encode() for index in range(1, CROWD, 2)}
    poll_until(lambda: set(redis.members("presence:online")) == expected, "those who stay, alone")
    poll_until(lambda: len(presence_keys(redis)) == 2 * len(expected) + 1, "their keys, alone")
    together(lambda hub: hub.leave(), staying)
    poll_until(lambda: not presence_keys(redis), "the end of the crowd")


def test_one_user_with_all_connections(redis, pod, together):
    hubs = together(lambda _: RawHub(pod.address, "busy"), range(CROWD))
    poll_until(lambda: len(redis.members("presence:user:busy")) == CROWD, "all connections")
    together(lambda hub: hub.leave(), hubs)
    poll_until(lambda: not presence_keys(redis), "the end of the user")


def renewed(redis, mark: int) -> bool:
    """Whether all routes have more than so many seconds left."""
    return all(redis.seconds_left(key) > mark for key in redis.keys() if key.startswith(b"route:"))


@pytest.mark.parametrize("pings, most", [(1, COMMANDS_EACH * CROWD), (20, 2 * COMMANDS_EACH * CROWD)])
def test_pings_cost_a_bounded_number_of_commands(redis, pod, together, pings, most):
    """At most three for each that pings, however often it does so while a report is under way."""
    hubs = connect(redis, pod, together)
    for _ in range(3):
        for key in presence_keys(redis):
            redis.call("EXPIRE", key, 30)
        before = commands(redis)
        together(lambda hub: hub.send(*[{"type": 6}] * pings), hubs)
        poll_until(lambda: renewed(redis, 30), "all renewals")
        spent = commands(redis) - before
        print(f"{pings} pings of {CROWD} connections: {spent} commands")
        assert CROWD <= spent <= most
    together(lambda hub: hub.leave(), hubs)
    poll_until(lambda: not presence_keys(redis), "the end of the crowd")
