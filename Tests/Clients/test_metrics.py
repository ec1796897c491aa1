"""What operators read at `GET /metrics` (contracts.md section 9, Documentation/Operations.md)."""

import math
import re
import uuid
from pathlib import Path

import pytest

from http_chat import say, send
from metrics_page import MetricsPage
from problem_rules import check_problem
from raw_http import request
from raw_hub import RawHub
from server_process import poll_until

OPERATIONS = Path(__file__).resolve().parents[2] / "Documentation" / "Operations.md"
REDIS = "presence and limits (Redis)"


def poll_value(server, expected: float, name: str, **labels: str) -> None:
    poll_until(lambda: MetricsPage(server).get(name, **labels) == expected, f"{name} {labels} = {expected}")


@pytest.fixture
def fresh_server(start_server):
    """A server that has counted nothing yet, with the smallest bound on what waits for a client."""
    server = start_server("--loops", "2", Hub__MaxOutboundBytesPerConnection="65536")
    yield server
    server.stop()


def test_form(server):
    page = MetricsPage(server)
    assert page.text.endswith("\n")
    for family in page.families:
        assert family.documentation, f"{family.name} says nothing about itself"
        assert family.type in ("counter", "gauge", "histogram"), family
        assert all(math.isfinite(sample.value) for sample in family.samples), family
    assert page.value("chatify_build_info", version="0.1.0") == 1
    assert page.value("chatify_process_cpu_seconds_total") > 0
    assert page.value("chatify_process_resident_memory_bytes") > 1_000_000
    assert 3 < page.value("chatify_process_open_descriptors") < page.value("chatify_process_max_descriptors")


def test_methods(server):
    head = request(server.address, "HEAD", "/metrics")
    assert (head.status, head.body) == (200, b"")
    refused = request(server.address, "POST", "/metrics")
    check_problem(refused, 405)
    assert refused.header("allow") == "GET, HEAD"


def test_all_that_is_shown_is_documented(server):
    """And the other way: what is documented is shown, but for the adapters this server does without."""
    rows = re.findall(r"^\| (`(?:chat|presence)\w*_[^|]*) \|", OPERATIONS.read_text(), re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert len(documented) > 30
    expected = {name for name in documented if not re.search("_(kafka|redis|sqlite)_", name)}

    def shown() -> set[str]:
        return set(re.findall(r"^# TYPE (\S+)", MetricsPage(server).text, re.MULTILINE))

    # What loops tell comes with their first tick.
    poll_until(lambda: shown() >= expected, f"all of {expected} are shown")
    assert shown() == expected


def test_messages_are_counted_exactly(fresh_server, scope, names):
    users = [names("alice"), names("bob"), names("carol")]
    clients = [RawHub(fresh_server.address, user) for user in users]
    for client in clients:
        client.join(scope, 0)
    for index in range(20):
        clients[0].say(scope, f"hub {index}") if index % 2 else say(fresh_server, scope, f"http {index}")
    for client in clients:
        for _ in range(20):
            client.next_event()
    page = MetricsPage(fresh_server)
    assert page.value("chat_messages_ingested_total") == 20
    assert page.value("chatify_sends_total", code="OK") == 20
    assert page.total("chatify_sends_total") == 20
    assert page.value("chatify_produce_seconds_count") == 20
    assert page.value("chat_ws_active_sessions") == 3
    assert page.value("chatify_slow_consumers_closed_total") == 0
    # The last client may hear of a batch before it is counted.
    poll_value(fresh_server, 60, "chatify_deliveries_total")
    # Once for each batch and loop that has somebody to deliver to.
    assert 1 <= MetricsPage(fresh_server).value("chat_messages_fanout_latency_ms_count") <= 40
    poll_value(fresh_server, 3, "presence_online_users")
    poll_value(fresh_server, 20, "chatify_history_stored_total")
    poll_value(fresh_server, 0, "chatify_history_lag_records")
    for client in clients:
        client.leave()
    poll_value(fresh_server, 0, "chat_ws_active_sessions")
    poll_value(fresh_server, 0, "presence_online_users")
    text = MetricsPage(fresh_server).text
    assert not [name for name in [scope, *users] if name in text], "labels carry no user and no scope"


def test_refused_sends_are_counted_by_code(start_server, scope, names):
    server = start_server(RateLimit__SendMessage__Threshold="3", RateLimit__SendMessage__WindowSeconds="3600")
    user = names("alice")
    answers = [send(server, scope, "x", user).status for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert send(server, scope, "x" * 5000, user).status == 400
    assert send(server, f"{names('bob')}-{names('carol')}", "x", user, scope_type=1).status == 403
    page = MetricsPage(server)
    codes = {"OK": 3, "RATE_LIMIT_EXCEEDED": 2, "VALIDATION_ERROR": 1, "FORBIDDEN": 1, "EVENT_PRODUCTION_FAILED": 0}
    assert {code: page.value("chatify_sends_total", code=code) for code in codes} == codes
    assert page.value("chatify_rate_limited_sends_total") == 2
    assert page.value("chat_messages_ingested_total") == 3


def test_slow_consumers_are_counted(fresh_server, scope, names):
    slow = RawHub(fresh_server.address, names("slow"), receive_buffer=4096)
    quick = RawHub(fresh_server.address, names("quick"))
    for client in (slow, quick):
        client.join(scope, 0)
    text = "x" * 4000
    # What the kernel takes for the slow one is not ours to say; 12 MB are more than it does.
    for index in range(3000):
        quick.say(scope, text)
        quick.hear(text)
        if index % 50 == 49 and MetricsPage(fresh_server).value("chatify_slow_consumers_closed_total"):
            break
    poll_value(fresh_server, 1, "chatify_slow_consumers_closed_total")
    poll_value(fresh_server, 1, "chat_ws_active_sessions")
    slow.websocket.reset()
    quick.leave()


def test_sqlite_commits_are_counted(start_durable, tmp_path, scope):
    server = start_durable(tmp_path)
    for index in range(5):
        say(server, scope, f"{index}")
    page = MetricsPage(server)
    assert page.value("chatify_sqlite_commit_writes_sum") >= 5
    assert page.value("chatify_sqlite_commit_seconds_count") == page.value("chatify_sqlite_commit_writes_count")
    assert page.value("chatify_history_lag_records") == 0
    for dependency in ("log (SQLite)", "history (SQLite)"):
        assert page.value("chatify_dependency_up", dependency=dependency) == 1


def test_a_dependency_that_goes_shows(start_pod, redis, names):
    """The number of users online is not shown while nobody knows it."""
    pod = start_pod(f"pod-{uuid.uuid4().hex[:8]}")
    client = RawHub(pod.address, names("alice"))
    poll_value(pod, 1, "chatify_dependency_up", dependency=REDIS)
    poll_until(lambda: (MetricsPage(pod).get("presence_online_users") or 0) >= 1, "alice is online")
    redis.kill()
    try:
        poll_value(pod, 0, "chatify_dependency_up", dependency=REDIS)
        page = MetricsPage(pod)
        assert page.get("presence_online_users") is None
        assert page.value("chatify_redis_connection_losses_total") >= 1
    finally:
        redis.start()
    poll_value(pod, 1, "chatify_dependency_up", dependency=REDIS)
    poll_until(lambda: MetricsPage(pod).get("presence_online_users") is not None, "the number is known again")
    assert MetricsPage(pod).value("chatify_redis_connections_total") >= 2
    client.leave()
