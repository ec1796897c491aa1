"""Pods that share one Redis: limits, presence, and what a pod leaves behind when it dies (contracts.md section 6)."""

import threading
import time

import pytest

from http_chat import send
from problem_rules import check_problem
from raw_http import Response
from raw_hub import RawHub
from server_process import poll_until

EXPIRY = 60
THRESHOLD = 40
#: A pod looks for users who died twice in the life of a connection, the first time half a life after its start.
SWEEP = EXPIRY / 2


@pytest.fixture(scope="module")
def pods(start_pod):
    """Three pods with one long window, started together; the module's last test waits for what they do by the clock."""
    return [start_pod(f"pod-{index}", **limit(THRESHOLD, 60)) for index in range(3)]


@pytest.fixture(scope="module")
def quick_pods(start_pod):
    """Three pods with a window of one second."""
    return [start_pod(f"quick-{index}", **limit(10, 1)) for index in range(3)]


@pytest.fixture
def alice(names) -> str:
    return names("alice")


def limit(threshold: int, seconds: int) -> dict[str, str]:
    return {
        "RateLimit__SendMessage__Threshold": str(threshold),
        "RateLimit__SendMessage__WindowSeconds": str(seconds),
    }


def send_at_once(pods, user: str, scope: str, senders: int, each: int) -> list[Response]:
    """The answers to sends of one user from so many threads on each pod, all let go at one moment."""
    answers: list[Response] = []
    start = threading.Barrier(len(pods) * senders)

    def run(pod) -> None:
        start.wait()
        for _ in range(each):
            answers.append(send(pod, scope, "x", user))

    threads = [threading.Thread(target=run, args=(pod,)) for pod in pods for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(threads) * each, "a send got no answer"
    return answers


def count_allowed(answers: list[Response], longest: int) -> int:
    """How many were let through; all others must be told how long to wait."""
    refused = [answer for answer in answers if answer.status != 200]
    for answer in refused:
        assert check_problem(answer, 429)["code"] == "RATE_LIMIT_EXCEEDED"
        assert 1 <= int(answer.header("retry-after")) <= longest
    return len(answers) - len(refused)


@pytest.mark.parametrize("count", [2, 3])
def test_one_limit_for_all_pods(redis, pods, scope, alice, count):
    """Exactly the threshold passes, however the calls fall; the next window lets as many through again."""
    key = f"rl:{alice}:SendMessage:60"
    for _ in range(3):
        answers = send_at_once(pods[:count], alice, scope, senders=5, each=12)
        assert count_allowed(answers, 60) == THRESHOLD
        assert redis.call("GET", key) == str(THRESHOLD).encode()
        redis.call("PEXPIRE", key, 1)
        poll_until(lambda: redis.call("EXISTS", key) == 0, "the end of the window")


def test_one_limit_for_hub_calls_on_all_pods(pods, scope, alice):
    """Calls that arrive together, in one message on each pod."""
    hubs = [RawHub(pod.address, alice) for pod in pods]
    for hub in hubs:
        hub.send(*({
            "type": 1, "target": "SendAsync", "invocationId": str(index),
            "arguments": [{"scopeType": 0, "scopeId": scope, "text": "x"}],
        } for index in range(THRESHOLD)))
    completions = [hub.read_completion() for hub in hubs for _ in range(THRESHOLD)]
    assert sum("result" in completion for completion in completions) == THRESHOLD
    assert all("RATE_LIMIT_EXCEEDED" in completion["error"] for completion in completions if "error" in completion)
    for hub in hubs:
        hub.leave()


def test_users_have_limits_of_their_own(pods, scope, names):
    answers = {user: send_at_once(pods, user, scope, senders=2, each=10) for user in (names("bob"), names("carol"))}
    assert [count_allowed(list_of_one, 60) for list_of_one in answers.values()] == [THRESHOLD] * 2


def test_short_windows_under_pressure(quick_pods, scope, alice):
    """Every window lets exactly its ten through; they open a second apart, and refusals do not keep them shut."""
    answers: list[tuple[float, Response]] = []
    end = time.monotonic() + 3.5

    def run(pod) -> None:
        while time.monotonic() < end:
            answers.append((time.monotonic(), send(pod, scope, "x", alice)))

    threads = [threading.Thread(target=run, args=(pod,)) for pod in quick_pods]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - started
    allowed = count_allowed([answer for _, answer in answers], 1)
    assert len(answers) > 2 * allowed, "too few calls to mean anything"
    assert 30 <= allowed <= 10 * (int(took) + 1), f"{allowed} in {took} s"
    passed = sorted(at for at, answer in answers if answer.status == 200)
    assert all(later - earlier > 0.5 for earlier, later in zip(passed[9::10], passed[10::10])), "not in tens"


def test_steady_sender_below_the_limit(quick_pods, scope, alice):
    """Never blocked, though there is no second without a call: traffic does not extend a window."""
    end = time.monotonic() + 3.5
    count = 0
    while time.monotonic() < end:
        assert send(quick_pods[count % 3], scope, "x", alice).status == 200, f"blocked after {count} calls"
        count += 1
        time.sleep(0.112)  # at most nine a second
    assert count > 20


def members(redis, user: str) -> set[str]:
    """The pods of the user's members."""
    return {member.decode().rpartition(":")[0] for member in redis.members(f"presence:user:{user}")}


def on(redis, user: str, *names: str) -> None:
    """Waits until the user is on exactly these pods."""
    poll_until(lambda: members(redis, user) == set(names), f"{user} on {names}")
    poll_until(lambda: (redis.call("ZSCORE", "presence:online", user) is not None) == bool(names), "the same online")


def routes(redis, user: str) -> set[str]:
    """The pods to which the user's routes lead."""
    keys = [key for key in redis.keys() if key.startswith(f"route:{user}:".encode())]
    return {redis.call("GET", key).decode() for key in keys}


def test_presence_over_pods(redis, pods, alice):
    """One set holds the members of all pods, and each pod takes only its own away."""
    hubs = [RawHub(pod.address, alice) for pod in pods]
    on(redis, alice, "pod-0", "pod-1", "pod-2")
    assert routes(redis, alice) == {"pod-0", "pod-1", "pod-2"}
    hubs[1].leave()
    on(redis, alice, "pod-0", "pod-2")
    poll_until(lambda: routes(redis, alice) == {"pod-0", "pod-2"}, "the end of the route")
    hubs[0].leave()
    on(redis, alice, "pod-2")
    hubs[2].leave()
    on(redis, alice)
    poll_until(lambda: routes(redis, alice) == set(), "the end of the routes")


def test_stopped_pod(redis, pods, start_pod, alice, names):
    """At SIGTERM its members and routes are gone when it is; those on other pods stay."""
    leaving = start_pod("pod-leaving")
    lonely = [names(f"lonely{index}") for index in range(20)]
    hubs = [RawHub(leaving.address, user) for user in (alice, *lonely)]
    staying = RawHub(pods[0].address, alice)
    on(redis, alice, "pod-0", "pod-leaving")
    for user in lonely:
        on(redis, user, "pod-leaving")
    leaving.ask_to_stop()
    for hub in hubs:
        assert hub.read()["type"] == 7
        hub.leave()
    leaving.expect_exit(0)
    assert members(redis, alice) == routes(redis, alice) == {"pod-0"}
    assert [user for user in lonely if members(redis, user) or routes(redis, user)] == []
    assert redis.call("ZSCORE", "presence:online", alice) is not None
    assert not {user.encode() for user in lonely} & set(redis.members("presence:online"))
    staying.leave()


def test_stopped_pod_with_deaf_clients(redis, start_pod, names):
    """Clients that ignore the goodbye are taken away at the end of the grace time."""
    leaving = start_pod("pod-leaving-late", Server__ShutdownGraceSeconds="1")
    users = [names(f"deaf{index}") for index in range(5)]
    hubs = [RawHub(leaving.address, user) for user in users]
    for user in users:
        on(redis, user, "pod-leaving-late")
    leaving.ask_to_stop()
    leaving.expect_exit(0)
    assert [user for user in users if members(redis, user) or routes(redis, user)] == []
    assert not {user.encode() for user in users} & set(redis.members("presence:online"))
    for hub in hubs:
        hub.websocket.disconnect()


def age(redis, user: str, pod: str, seconds: int) -> None:
    """Makes the members of a pod look as if nothing had been heard of them for so long."""
    key = f"presence:user:{user}"
    for member in redis.members(key):
        if member.startswith(f"{pod}:".encode()):
            redis.call("ZADD", key, redis.now() - seconds, member)


def test_crashed_pod_of_a_user_who_is_elsewhere_too(redis, pods, start_pod, alice):
    """Its member lives until its expiry although nobody renews it, and goes then although the key lives on."""
    crashing = start_pod("pod-crashing")
    lost, kept = RawHub(crashing.address, alice), RawHub(pods[0].address, alice)
    on(redis, alice, "pod-0", "pod-crashing")
    crashing.crash()
    lost.websocket.disconnect()
    age(redis, alice, "pod-crashing", EXPIRY - 2)
    kept.send({"type": 6})
    kept.result("HeartbeatAsync")
    on(redis, alice, "pod-0", "pod-crashing")
    age(redis, alice, "pod-crashing", EXPIRY + 2)
    kept.send({"type": 6})
    on(redis, alice, "pod-0")
    assert redis.call("ZSCORE", "presence:online", alice) is not None
    kept.leave()
    on(redis, alice)


def test_pod_that_comes_back_after_a_crash(redis, start_pod, alice):
    """The same name with other connections: the old member is nobody's and expires, the new one is taken away."""
    crashing = start_pod("pod-again")
    lost = RawHub(crashing.address, alice)
    on(redis, alice, "pod-again")
    (old,) = redis.members(f"presence:user:{alice}")
    crashing.crash()
    lost.websocket.disconnect()
    hub = RawHub(start_pod("pod-again").address, alice)
    poll_until(lambda: len(redis.members(f"presence:user:{alice}")) == 2, "both members")
    hub.leave()
    poll_until(lambda: set(redis.members(f"presence:user:{alice}")) == {old}, "the old member alone")
    assert redis.call("ZSCORE", "presence:online", alice) is not None, "online until the old one expires"


def test_users_of_a_crashed_pod_go_offline(redis, pods, start_pod, names):
    """Some other pod takes them out of the index of who is online, those alone, and without any traffic of theirs."""
    started = time.monotonic()
    crashing = start_pod("pod-crashed")
    dead, alive = names("dead"), names("alive")
    lost, kept = RawHub(crashing.address, dead), RawHub(pods[1].address, alive)
    on(redis, dead, "pod-crashed")
    on(redis, alive, "pod-1")
    crashing.crash()
    lost.websocket.disconnect()
    redis.call("ZADD", "presence:online", redis.now() - EXPIRY - 2, dead, redis.now() - EXPIRY + SWEEP + 15, alive)
    redis.call("PEXPIRE", f"presence:user:{dead}", 1)
    poll_until(lambda: redis.call("ZSCORE", "presence:online", dead) is None, "the end of the dead", SWEEP + 5)
    assert redis.call("ZSCORE", "presence:online", alive) is not None
    print(f"after {time.monotonic() - started:.1f} s")
    kept.leave()
