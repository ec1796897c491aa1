"""What stands in Redis, to the letter of contracts.md section 6."""

import pytest

from http_chat import say, send
from problem_rules import check_problem
from raw_http import request
from raw_hub import CHANNEL, RawHub, hub_target
from server_process import poll_until

POD = "pod-keys"
EXPIRY = 60
THRESHOLD = 5
ONLINE = b"presence:online"
SIGNS_OF_LIFE = {
    "ping": lambda hub: hub.send({"type": 6}),
    "HeartbeatAsync": lambda hub: hub.result("HeartbeatAsync"),
}
GOODBYES = {
    "close frame": lambda hub: hub.leave(),
    "close record": lambda hub: hub.send({"type": 7}),
    "reset": lambda hub: hub.websocket.reset(),
    "end of the stream": lambda hub: hub.websocket.disconnect(),
    "fault": lambda hub: hub.send(b"not a record\x1e"),
}
HOSTILE = [
    "alice:bob",
    "alice:SendMessage:60",
    ":",
    "{alice}",
    "{}{",
    "alice smith",
    " leading and trailing ",
    "two\nlines",
    "\r\n*1\r\n$8\r\nFLUSHALL\r\n",
    "tab\tnull\x00end",
    "presence:online",
    "-inf",
    "(1",
    "EX",
    "*?[a]\\",
    "%s%d%%",
    "e\u0301 is not \u00e9",
    "\U0001f469\u200d\U0001f680",
    "\U0001f600" * 128,
    "x" * 256,
]


@pytest.fixture(scope="module")
def pod(start_pod):
    return start_pod(
        POD,
        RateLimit__SendMessage__Threshold=str(THRESHOLD),
        RateLimit__SendMessage__WindowSeconds="60",
        Hub__KeepAliveSeconds="1",
        Hub__ClientTimeoutSeconds="2",
    )


@pytest.fixture
def alice(names) -> str:
    return names("alice")


def user_key(user: str) -> bytes:
    return f"presence:user:{user}".encode()


def route_key(user: str, connection: bytes) -> bytes:
    return f"route:{user}:".encode() + connection


def limit_key(user: str) -> bytes:
    return f"rl:{user}:SendMessage:60".encode()


def connections(redis, user: str) -> set[bytes]:
    """The connection ids of a user's members, all of which must name our pod."""
    members = redis.members(user_key(user))
    prefix = f"{POD}:".encode()
    assert all(member.startswith(prefix) and b":" not in member[len(prefix) :] for member in members), members
    return {member[len(prefix) :] for member in members}


def present(redis, user: str, count: int = 1) -> set[bytes]:
    """The user's connections once there are so many: presence is reported after the handshake was answered."""
    return poll_until(
        lambda: found if len(found := connections(redis, user)) == count and user.encode() in online(redis) else None,
        f"{count} connections in Redis",
    )


def online(redis) -> set[bytes]:
    return set(redis.members(ONLINE))


def gone(redis, user: str) -> None:
    """Waits until nothing of the user's presence is left."""

    def is_gone() -> bool:
        ours = {key for key in redis.keys() if key == user_key(user) or key.startswith(route_key(user, b""))}
        return not ours and user.encode() not in online(redis)

    poll_until(is_gone, f"the end of {user!r}")


def close_to(seconds: float, expected: float = EXPIRY) -> bool:
    return expected - 3 < seconds <= expected


def test_connect(redis, pod, alice):
    """One member scored with the time, one route, one place among who is online; each with its expiry."""
    before = redis.keys() - {ONLINE}
    started = redis.now()
    hub = RawHub(pod.address, alice)
    (connection,) = present(redis, alice)
    assert redis.keys() - before == {user_key(alice), route_key(alice, connection), ONLINE}
    assert [redis.call("TYPE", key) for key in (user_key(alice), route_key(alice, connection), ONLINE)] == [
        b"zset", b"string", b"zset",
    ]
    (score,) = redis.members(user_key(alice)).values()
    assert score.is_integer() and started <= score <= redis.now()
    assert redis.call("GET", route_key(alice, connection)) == POD.encode()
    assert close_to(redis.seconds_left(user_key(alice)))
    assert close_to(redis.seconds_left(route_key(alice, connection)))
    assert close_to(redis.seconds_left(ONLINE), 2 * EXPIRY + 1)
    hub.leave()


def test_the_connection_is_named_by_its_id_not_its_token(redis, pod, alice):
    """Who holds the token can take the connection over; Redis must not learn it."""
    answer = request(pod.address, "POST", f"/hubs/chat/negotiate?user={alice}&negotiateVersion=1", body=b"").json()
    hub = RawHub(pod.address, target=hub_target(alice, id=answer["connectionToken"]))
    assert present(redis, alice) == {answer["connectionId"].encode()}
    assert not any(answer["connectionToken"].encode() in key for key in redis.keys())
    hub.leave()


def test_no_presence_before_the_handshake(redis, pod, names):
    silent, other = names("silent"), names("other")
    unready = RawHub(pod.address, silent, handshake=False)
    hub = RawHub(pod.address, other)
    present(redis, other)
    assert not any(silent.encode() in key for key in redis.keys()) and silent.encode() not in online(redis)
    unready.websocket.disconnect()
    hub.leave()


@pytest.mark.parametrize("sign", SIGNS_OF_LIFE)
def test_sign_of_life(redis, pod, alice, sign):
    """It renews the score and both expiries, and adds nothing."""
    hub = RawHub(pod.address, alice)
    (connection,) = present(redis, alice)
    user, route = user_key(alice), route_key(alice, connection)
    (member,) = redis.members(user)
    old = redis.now() - 40
    redis.call("ZADD", user, old, member)
    redis.call("ZADD", ONLINE, old, alice)
    for key in (user, route):
        redis.call("EXPIRE", key, 20)
    SIGNS_OF_LIFE[sign](hub)
    poll_until(lambda: redis.members(ONLINE)[alice.encode()] > old + 30, "renewal")
    assert old + 40 <= redis.members(user)[member] <= redis.now()
    assert close_to(redis.seconds_left(user)) and close_to(redis.seconds_left(route))
    assert set(redis.members(user)) == {member}
    hub.leave()


@pytest.mark.parametrize("sign", SIGNS_OF_LIFE)
def test_sign_of_life_brings_back_what_was_lost(redis, pod, alice, sign):
    hub = RawHub(pod.address, alice)
    (connection,) = present(redis, alice)
    redis.call("DEL", user_key(alice), route_key(alice, connection), ONLINE)
    SIGNS_OF_LIFE[sign](hub)
    assert present(redis, alice) == {connection}
    assert redis.call("GET", route_key(alice, connection)) == POD.encode()
    hub.leave()


def test_two_connections_of_a_user(redis, pod, alice):
    """The first to go takes its own member and route along; the user goes with the second."""
    first = RawHub(pod.address, alice)
    (first_id,) = present(redis, alice)
    second = RawHub(pod.address, alice)
    (second_id,) = present(redis, alice, 2) - {first_id}
    assert all(redis.call("GET", route_key(alice, id)) == POD.encode() for id in (first_id, second_id))
    first.leave()
    assert present(redis, alice) == {second_id}
    poll_until(lambda: redis.call("EXISTS", route_key(alice, first_id)) == 0, "the end of the route")
    assert redis.call("GET", route_key(alice, second_id)) == POD.encode()
    assert alice.encode() in online(redis)
    second.leave()
    gone(redis, alice)


@pytest.mark.parametrize("goodbye", GOODBYES)
def test_disconnect(redis, pod, alice, goodbye):
    hub = RawHub(pod.address, alice)
    present(redis, alice)
    GOODBYES[goodbye](hub)
    gone(redis, alice)
    hub.websocket.disconnect()


def test_client_that_falls_silent(redis, pod, alice):
    """The client time-out of 2 s runs from its first ping on."""
    hub = RawHub(pod.address, alice)
    present(redis, alice)
    hub.send({"type": 6})
    gone(redis, alice)
    hub.websocket.disconnect()


def test_a_route_that_another_pod_took_over_is_left(redis, pod, alice):
    hub = RawHub(pod.address, alice)
    (connection,) = present(redis, alice)
    redis.call("SET", route_key(alice, connection), "pod-other", "EX", 30)
    hub.leave()
    poll_until(lambda: redis.call("EXISTS", user_key(alice)) == 0, "the end of the member")
    poll_until(lambda: alice.encode() not in online(redis), "the end of the user")
    assert redis.call("GET", route_key(alice, connection)) == b"pod-other"
    assert 20 < redis.seconds_left(route_key(alice, connection)) <= 30


def test_dead_members_are_dropped_by_a_write(redis, pod, alice):
    """A score more than 60 s old is dead; one of 58 s is not."""
    hub = RawHub(pod.address, alice)
    present(redis, alice)
    redis.call("ZADD", user_key(alice), redis.now() - 62, "pod-dead:c1", redis.now() - 58, "pod-old:c2")
    hub.send({"type": 6})
    poll_until(lambda: b"pod-dead:c1" not in redis.members(user_key(alice)), "the end of the dead")
    assert b"pod-old:c2" in redis.members(user_key(alice))
    hub.leave()


def test_send(redis, pod, scope, alice):
    """A counter as a string, whose expiry is set when the window opens and never again."""
    before = redis.keys()
    say(pod, scope, "one", alice)
    key = limit_key(alice)
    assert redis.keys() - before == {key}
    assert redis.call("TYPE", key) == b"string" and redis.call("GET", key) == b"1"
    assert close_to(redis.seconds_left(key))
    redis.call("PEXPIRE", key, 20_000)
    for count in range(2, THRESHOLD + 1):
        say(pod, scope, str(count), alice)
        assert redis.call("GET", key) == str(count).encode()
    for _ in range(3):
        problem = send(pod, scope, "too many", alice)
        assert check_problem(problem, 429)["code"] == "RATE_LIMIT_EXCEEDED"
        assert 15 <= int(problem.header("retry-after")) <= 20
    assert redis.call("GET", key) == str(THRESHOLD).encode()
    assert 15 < redis.seconds_left(key) <= 20


def test_a_window_that_ended_opens_anew(redis, pod, scope, alice):
    for _ in range(THRESHOLD):
        say(pod, scope, "x", alice)
    assert send(pod, scope, "x", alice).status == 429
    redis.call("PEXPIRE", limit_key(alice), 1)
    poll_until(lambda: send(pod, scope, "x", alice).status == 200, "the next window")
    assert redis.call("GET", limit_key(alice)) == b"1"
    assert close_to(redis.seconds_left(limit_key(alice)))


def test_a_counter_without_expiry_gets_one(redis, pod, scope, alice):
    """Somebody left it so; its user would be blocked for ever."""
    redis.call("SET", limit_key(alice), THRESHOLD)
    assert send(pod, scope, "x", alice).status == 429
    assert close_to(redis.seconds_left(limit_key(alice)))


def test_refused_messages_are_not_counted(redis, pod, scope, alice):
    """Validation comes before the limit."""
    assert check_problem(send(pod, scope, "x" * 5000, alice), 400)["code"] == "VALIDATION_ERROR"
    assert redis.call("EXISTS", limit_key(alice)) == 0


def test_hub_and_http_share_the_counter(redis, pod, scope, alice):
    hub = RawHub(pod.address, alice)
    hub.say(scope, "over the hub")
    say(pod, scope, "over HTTP", alice)
    assert redis.call("GET", limit_key(alice)) == b"2"
    hub.leave()


@pytest.mark.parametrize("user", HOSTILE, ids=ascii)
def test_user_ids_go_in_as_they_are(redis, pod, scope, names, user):
    """Another user who is there all the time notices nothing."""
    well = names("well")
    neighbour = RawHub(pod.address, well)
    present(redis, well)
    before = redis.keys() | {ONLINE}
    hub = RawHub(pod.address, user)
    (connection,) = present(redis, user)
    assert hub.say(scope, "x")["chatEvent"]["senderId"] == user
    keys = {user_key(user), route_key(user, connection), limit_key(user)}
    assert redis.keys() - before == keys
    assert redis.call("GET", limit_key(user)) == b"1"
    assert redis.call("GET", route_key(user, connection)) == POD.encode()
    hub.result("HeartbeatAsync")
    hub.leave()
    gone(redis, user)
    assert redis.keys() | {ONLINE} == before | {limit_key(user)}
    redis.call("DEL", limit_key(user))
    assert neighbour.say(scope, "y")["chatEvent"]["senderId"] == well
    neighbour.leave()


def test_users_whose_names_hold_one_another(redis, pod, names):
    """`a` with a connection and `a:b`, and names that look like members, share nothing."""
    users = [name := names("a"), f"{name}:b", f"{name}:b:c", f"{POD}:{name}"]
    hubs = [RawHub(pod.address, user) for user in users]
    ids = [present(redis, user) for user in users]
    assert len(set.union(*ids)) == len(users)
    hubs[0].leave()
    poll_until(lambda: redis.call("EXISTS", user_key(users[0])) == 0, "the end of the first")
    assert [present(redis, user) for user in users[1:]] == ids[1:]
    for hub in hubs[1:]:
        hub.leave()


def test_names_are_compared_by_their_code_units(redis, pod, names):
    """Composed and decomposed letters are two users."""
    users = [names("caf\u00e9"), names("cafe\u0301")]
    hubs = [RawHub(pod.address, user) for user in users]
    assert all(len(present(redis, user)) == 1 for user in users)
    assert {user.encode() for user in users} <= online(redis)
    for hub in hubs:
        hub.leave()


def test_a_name_that_reads_like_a_counter(redis, pod, scope):
    """It counts on its own."""
    shady = "mallory:SendMessage:60"
    for _ in range(THRESHOLD):
        assert say_once(pod, shady, scope) is None
    assert "RATE_LIMIT_EXCEEDED" in say_once(pod, shady, scope)
    assert send(pod, scope, "x", "mallory").status == 200


def say_once(pod, user: str, scope: str) -> str | None:
    """Sends one message on a connection of its own; answers the error."""
    hub = RawHub(pod.address, user)
    completion = hub.invoke("SendAsync", {"scopeType": CHANNEL, "scopeId": scope, "text": "x"})
    hub.leave()
    return completion.get("error")
