"""Redis fails while servers use it: what each fault costs, and that all heal without a restart (Operations.md)."""

import re
import threading
import time

import pytest

from http_chat import all_pages, ids, say, send
from problem_rules import check_problem
from raw_http import request
from raw_hub import CHANNEL, RawHub
from redis_faults import FAULTS, Fault, frozen, killed
from server_process import poll_until

DEPENDENCY = "presence and limits (Redis)"
REFUSED = "An unexpected error occurred invoking 'SendAsync' on the server. HubException: CONFIGURATION_ERROR: "
#: The longest that a call may take while Redis does not answer; its own deadline is 1 s.
SLOWEST = 2.5
#: The longest until Redis is used again: reconnects are at most 5 s apart, and an attempt that hangs takes 2 s.
HEALING = 8.0
#: What is said of every call that fails, and of what is done by the clock twice a minute.
NO_NEWS = (
    "Hub invocation failed",
    "Request failed",
    "Cannot look for expired presence",
    "Expired presence is found again",
)
LOG_LINE = re.compile(r"\S+ (?P<level>\w+) chatify: .*?\[(?P<source>\w+)\] (?P<message>.*)")


@pytest.fixture(scope="module")
def closed_pod(start_pod):
    """A pod that refuses sends while it cannot count them, as by default."""
    return start_pod("pod-closed", RateLimit__SendMessage__Threshold="100000")


@pytest.fixture(scope="module")
def open_pod(start_pod):
    """A pod that lets sends through then."""
    return start_pod("pod-open", RateLimit__SendMessage__Threshold="100000", RateLimit__FailOpen="true")


class Listener:
    """A hub connection that is joined to the scope and stays open whatever happens."""

    def __init__(self, pod, user: str, scope: str):
        self.user = user
        self.scope = scope
        self.hub = RawHub(pod.address, user)
        self.hub.join(scope, CHANNEL)

    def try_to_say(self, text: str) -> str | None:
        """Sends a message, which must be answered soon; answers the error."""
        started = time.monotonic()
        completion = self.hub.invoke("SendAsync", {"scopeType": CHANNEL, "scopeId": self.scope, "text": text})
        assert time.monotonic() - started < SLOWEST, f"the answer took {time.monotonic() - started} s"
        return completion.get("error")

    def says_and_hears(self, text: str) -> None:
        assert self.try_to_say(text) is None
        self.hub.hear(text)

    def ping(self) -> None:
        self.hub.send({"type": 6})
        self.hub.result("HeartbeatAsync")


@pytest.fixture
def listeners(closed_pod, open_pod, scope, names):
    """One on each pod, the one that fails closed first. They come when the fault of the test before is over: whoever
    comes earlier is present only with the next ping."""
    pods = (closed_pod, open_pod)
    for pod in pods:
        poll_until(lambda: ready(pod) == (200, "healthy"), "readiness")
    found = [Listener(pod, names(f"listener{index}x"), f"{scope}-{index}") for index, pod in enumerate(pods)]
    yield found
    for listener in found:
        listener.hub.leave()


def ready(pod) -> tuple[int, str]:
    """The status of readiness, and what it says of Redis."""
    response = request(pod.address, "GET", "/health/ready")
    (entry,) = [entry for entry in response.json()["dependencies"] if entry["name"] == DEPENDENCY]
    assert ("error" in entry) == (entry["status"] != "healthy"), entry
    return response.status, entry["status"]


def news(pod, since: int = 0) -> list[tuple[str, str]]:
    """The warnings, worse things and notices of its log, but for what is no news."""
    found = []
    for line in pod.stderr_lines[since:]:
        match = LOG_LINE.fullmatch(line)
        assert match, f"not a line of the log: {line!r}"
        if match["level"] in ("notice", "warning", "error", "critical") and match["message"] not in NO_NEWS:
            found.append((match["level"], match["message"]))
    return found


def is_present(redis, user: str) -> bool:
    return bool(redis.members(f"presence:user:{user}")) and redis.call("ZSCORE", "presence:online", user) is not None


def settled(redis, pods, listeners) -> None:
    """Waits until all is well before a fault."""
    for pod, listener in zip(pods, listeners):
        poll_until(lambda: ready(pod) == (200, "healthy"), "readiness")
        poll_until(lambda: is_present(redis, listener.user), "presence")
        listener.says_and_hears("before")


@pytest.mark.parametrize("name", FAULTS)
def test_fault(redis, closed_pod, open_pod, listeners, name):
    fault = FAULTS[name]
    pods = (closed_pod, open_pod)
    careful, generous = listeners
    settled(redis, pods, listeners)
    begin = [len(pod.stderr_lines) for pod in pods]

    with fault.happens(redis):
        error = careful.try_to_say("refused")
        assert error is not None and error.startswith(REFUSED), error
        for index in range(5):
            generous.says_and_hears(f"during {index}")
        for listener in listeners:
            listener.ping()
        error = careful.try_to_say("refused again")
        assert error is not None and error.startswith(REFUSED), error
        problem = check_problem(send(closed_pod, careful.scope, "refused over HTTP", careful.user), 500)
        assert problem["code"] == "CONFIGURATION_ERROR"
        assert ready(closed_pod) == (503, "unhealthy")
        assert ready(open_pod) == (200, "degraded")
        assert all(request(pod.address, "GET", "/health/live").status == 200 for pod in pods)
        generous.says_and_hears("still there")
        for pod, since in zip(pods, begin):
            poll_until(lambda: ("warning", "Presence cannot be reported") in news(pod, since), "the warning")

    poll_until(lambda: careful.try_to_say("after") is None, "healing", HEALING)
    for pod, listener in zip(pods, listeners):
        poll_until(lambda: ready(pod) == (200, "healthy"), "readiness", HEALING)
        listener.ping()
        poll_until(lambda: is_present(redis, listener.user), "presence after a ping")
    careful.hub.hear("after")
    for pod, listener, since in zip(pods, listeners, begin):
        listener.says_and_hears("and on")
        check_log(pod, since, fault)


def check_log(pod, since: int, fault: Fault) -> None:
    """Whoever notices the fault says so once, and once that it is over; nothing secret is in the log."""

    def is_over() -> bool:
        levels = [level for level, _ in news(pod, since)]
        return levels.count("notice") == levels.count("warning") > 0

    poll_until(is_over, f"the end of {news(pod, since)}")
    found = news(pod, since)
    if fault.is_steady:
        assert len(found) == len(set(found)), f"said more than once: {found}"
    said = {message for _, message in found}
    assert {"Presence cannot be reported", "Presence is reported again"} <= said, found
    assert ("Redis is out of reach" in said) == ("Redis is in reach again" in said) == fault.is_outage, found
    assert not any("secret" in line for line in pod.stderr_lines)


class Traffic:
    """Threads that send over HTTP to pods as long as the context is open; every answer must come soon."""

    def __init__(self, pods, scope: str, users: list[str]):
        self.answers: dict[int, list] = {index: [] for index in range(len(pods))}
        self._failures: list[BaseException] = []
        self._stopping = False
        self._moved = threading.Condition()
        self._threads = [
            threading.Thread(target=self._run, args=(index, pod, scope, user))
            for index, pod in enumerate(pods)
            for user in users
        ]

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        self.more()
        return self

    def __exit__(self, kind, *_) -> None:
        if kind is None:
            self.more()
        self._stopping = True
        for thread in self._threads:
            thread.join()
        assert not self._failures, self._failures

    def more(self, count: int = 20, status: int | None = 200) -> None:
        """Waits until each pod gave so many more answers, of one status if given."""

        def counts() -> list[int]:
            return [sum(status in (None, answer.status) for answer in list(found)) for found in self.answers.values()]

        goals = [number + count for number in counts()]
        with self._moved:
            done = self._moved.wait_for(
                lambda: self._failures or all(has >= goal for has, goal in zip(counts(), goals)), 2 * HEALING
            )
        assert done and not self._failures, (self._failures, counts(), goals)

    def statuses(self, index: int) -> set[int]:
        """The statuses of a pod's answers."""
        return {answer.status for answer in self.answers[index]}

    def said(self, index: int) -> list[str]:
        """The message ids that a pod answered as sent."""
        return ids([answer.json()["chatEvent"] for answer in self.answers[index] if answer.status == 200])

    def _run(self, index: int, pod, scope: str, user: str) -> None:
        try:
            while not self._stopping:
                started = time.monotonic()
                answer = send(pod, scope, "x", user)
                took = time.monotonic() - started
                assert took < SLOWEST, f"an answer took {took} s"
                if answer.status != 200:
                    assert check_problem(answer, 500)["code"] == "CONFIGURATION_ERROR"
                with self._moved:
                    self.answers[index].append(answer)
                    self._moved.notify_all()
        except BaseException as error:
            with self._moved:
                self._failures.append(error)
                self._moved.notify_all()


def test_killed_in_the_midst_of_traffic(redis, closed_pod, open_pod, listeners, scope, names):
    """What was answered as sent is in the history, once; what was not counted is refused, or let through if so set."""
    pods = (closed_pod, open_pod)
    settled(redis, pods, listeners)
    with Traffic(pods, scope, [names("bob"), names("carol")]) as traffic:
        for _ in range(2):
            with killed(redis):
                poll_until(lambda: 500 in traffic.statuses(0), "a refusal")
                traffic.more(5, None)
            traffic.more()
    assert traffic.statuses(0) == {200, 500} and traffic.statuses(1) == {200}
    for index, pod in enumerate(pods):
        said = traffic.said(index)
        say(pod, scope, "the last of its scope, so that all before it are in the history with it", names("dave"))
        found = in_history(pod, scope, len(said) + 1)
        assert len(set(found)) == len(found) and set(said) == set(found[:-1])
    for listener in listeners:
        listener.says_and_hears("still there")


def in_history(pod, scope: str, count: int) -> list[str]:
    """The ids in the scope's history once it holds as many as expected."""
    return poll_until(
        lambda: found if len(found := ids(all_pages(pod, scope, limit=500))) >= count else None,
        f"{count} messages in history",
    )


def test_emptied_in_the_midst_of_traffic(redis, closed_pod, open_pod, listeners, scope, names):
    """No send fails; counters begin anew, and presence is there again with the next ping."""
    pods = (closed_pod, open_pod)
    settled(redis, pods, listeners)
    begin = [len(pod.stderr_lines) for pod in pods]
    with Traffic(pods, scope, [names("bob")]) as traffic:
        for _ in range(5):
            redis.call("FLUSHALL")
            assert not is_present(redis, listeners[0].user)
            traffic.more(3)
    assert traffic.statuses(0) == traffic.statuses(1) == {200}
    for listener in listeners:
        listener.ping()
        poll_until(lambda: is_present(redis, listener.user), "presence after a ping")
        listener.says_and_hears("and on")
    assert [news(pod, since) for pod, since in zip(pods, begin)] == [[], []]


def test_scripts_forgotten_in_the_midst_of_traffic(redis, closed_pod, open_pod, listeners, scope, names):
    """No send fails, and each is counted once."""
    pods = (closed_pod, open_pod)
    settled(redis, pods, listeners)
    bob = names("bob")
    begin = [len(pod.stderr_lines) for pod in pods]
    with Traffic(pods, scope, [bob]) as traffic:
        for _ in range(10):
            redis.call("SCRIPT", "FLUSH")
            traffic.more(3)
    assert traffic.statuses(0) == traffic.statuses(1) == {200}
    assert int(redis.call("GET", f"rl:{bob}:SendMessage:60")) == sum(len(traffic.said(index)) for index in (0, 1))
    for listener in listeners:
        redis.call("DEL", f"presence:user:{listener.user}")
        redis.call("SCRIPT", "FLUSH")
        listener.ping()
        poll_until(lambda: is_present(redis, listener.user), "presence after a ping")
    assert [news(pod, since) for pod, since in zip(pods, begin)] == [[], []]


def test_connections_cut_in_the_midst_of_traffic(redis, closed_pod, open_pod, listeners, scope, names):
    pods = (closed_pod, open_pod)
    settled(redis, pods, listeners)
    with Traffic(pods, scope, [names("bob")]) as traffic:
        for _ in range(5):
            redis.kill_clients()
            traffic.more(5)
    assert traffic.statuses(1) == {200}
    for pod, listener in zip(pods, listeners):
        poll_until(lambda: ready(pod) == (200, "healthy"), "readiness", HEALING)
        listener.says_and_hears("still there")


#: What may stand in a counter's place, and whether its user is told to wait instead of being refused.
COUNTERS = {
    "a set": (("SADD", "x"), False),
    "a list": (("RPUSH", "x"), False),
    "a word": (("SET", "many"), False),
    "nothing": (("SET", ""), False),
    "less than nothing": (("SET", "-5"), False),
    "a fraction": (("SET", "1.5"), False),
    "more than a number": (("SET", "9" * 30), True),
}


@pytest.mark.parametrize("name", COUNTERS)
def test_wrong_counter_of_one_user(redis, closed_pod, open_pod, listeners, scope, names, name):
    """A clear error for that user, a warning where it is let through, nothing for others."""
    (command, value), is_limit = COUNTERS[name]
    settled(redis, (closed_pod, open_pod), listeners)
    bob = names("bob")
    key = f"rl:{bob}:SendMessage:60"
    redis.call(command, key, value)
    begin = len(open_pod.stderr_lines), len(closed_pod.stderr_lines)
    if is_limit:
        assert check_problem(send(closed_pod, scope, "x", bob), 429)["code"] == "RATE_LIMIT_EXCEEDED"
        assert 0 < redis.seconds_left(key) <= 60
    else:
        assert check_problem(send(closed_pod, scope, "x", bob), 500)["code"] == "CONFIGURATION_ERROR"
        poll_until(lambda: any("not Chatify's" in line for line in closed_pod.stderr_lines[begin[1] :]), "the cause")
        say(open_pod, scope, "x", bob)
        poll_until(lambda: news(open_pod, begin[0]), "a warning")
    for listener in listeners:
        listener.says_and_hears("unharmed")
    assert ready(closed_pod) == ready(open_pod) == (200, "healthy")
    assert {level for level, _ in news(open_pod, begin[0])} <= {"warning"}, "nothing went down or came back"
    redis.call("DEL", key)
    say(closed_pod, scope, "x", bob)


def test_wrong_presence_of_one_user(redis, closed_pod, open_pod, listeners, names):
    """It is said that some cannot be reported; others are renewed, the user chats on, and is back once it is gone."""
    settled(redis, (closed_pod, open_pod), listeners)
    bob = Listener(closed_pod, names("bob"), names("scope"))
    poll_until(lambda: is_present(redis, bob.user), "presence")
    key = f"presence:user:{bob.user}"
    redis.call("DEL", key)
    redis.call("SET", key, "not ours")
    begin = len(closed_pod.stderr_lines)
    neighbour = listeners[0]
    for _ in range(3):
        redis.call("DEL", f"presence:user:{neighbour.user}")
        bob.ping()
        neighbour.ping()
        poll_until(lambda: is_present(redis, neighbour.user), "the neighbour's presence")
    poll_until(lambda: news(closed_pod, begin), "a warning")
    assert set(news(closed_pod, begin)) == {("warning", "Presence of some cannot be reported")}
    bob.says_and_hears("chatting on")
    assert redis.call("GET", key) == b"not ours" and ready(closed_pod) == (200, "healthy")
    redis.call("DEL", key)
    bob.ping()
    poll_until(lambda: is_present(redis, bob.user), "presence after a ping")
    bob.hub.leave()


def test_wrong_route(redis, closed_pod, open_pod, listeners):
    """The next sign of life puts it right."""
    settled(redis, (closed_pod, open_pod), listeners)
    (route,) = [key for key in redis.keys() if key.startswith(f"route:{listeners[0].user}:".encode())]
    redis.call("DEL", route)
    redis.call("RPUSH", route, "not ours")
    listeners[0].ping()
    poll_until(lambda: redis.call("TYPE", route) == b"string", "the route")
    assert redis.call("GET", route) == b"pod-closed"


def test_wrong_index_of_who_is_online(redis, closed_pod, open_pod, listeners):
    """Nobody's presence can be told whole, so readiness says so; sends go on, and all heals once it is gone."""
    settled(redis, (closed_pod, open_pod), listeners)
    redis.call("DEL", "presence:online")
    redis.call("SET", "presence:online", "not ours")
    assert ready(closed_pod) == (503, "unhealthy") and ready(open_pod) == (200, "degraded")
    for listener in listeners:
        listener.ping()
        listener.says_and_hears("unharmed")
    redis.call("DEL", "presence:online")
    for pod, listener in zip((closed_pod, open_pod), listeners):
        listener.ping()
        poll_until(lambda: is_present(redis, listener.user), "presence after a ping")
        assert ready(pod) == (200, "healthy")


@pytest.mark.parametrize("happens", [killed, frozen])
def test_stop_while_redis_is_away(redis, start_pod, names, happens):
    """A pod that cannot say goodbye to Redis ends all the same, well and in time."""
    pod = start_pod("pod-stopping")
    hubs = [RawHub(pod.address, names(f"user{index}")) for index in range(20)]
    for index in range(20):
        poll_until(lambda: is_present(redis, names(f"user{index}")), "presence")
    with happens(redis):
        pod.ask_to_stop()
        for hub in hubs:
            assert hub.read()["type"] == 7
            hub.leave()
        pod.expect_exit(0, 6)
