"""Connection strings, right and wrong, and a Redis that is not there, or not ours (contracts.md section 8)."""

import threading
import time
from urllib.parse import quote

import pytest

from http_chat import say, send
from problem_rules import check_problem
from raw_http import request
from raw_hub import RawHub
from redis_server import RedisServer, free_port
from server_process import poll_until, run_to_end, the_line

KEY = "Chatify:Caching:ConnectionString"
SECRET = "hunter2"
#: A password with all that needs care in a URL or a list, but for the comma, which a list cannot have.
PASSWORD = "p@ss:w/rd=%?#[] é"
#: The longest until Redis is used once it is there: reconnects are at most 5 s apart, an attempt takes at most 2 s.
HEALING = 8.0


@pytest.fixture
def away(tmp_path):
    """A Redis that is not started yet."""
    server = RedisServer(str(tmp_path))
    yield server
    server.kill()


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    """A Redis with a password, and with a user who may do no more than Chatify needs."""
    server = RedisServer(str(tmp_path_factory.mktemp("locked")))
    try:
        server.start()
        rights = ("~presence:*", "~route:*", "~rl:*", "+@read", "+@write", "+@scripting", "+@connection", "+time")
        server.call("ACL", "SETUSER", "chat@user", "on", f">{PASSWORD}", *rights, "-@dangerous")
        server.call("CONFIG", "SET", "requirepass", PASSWORD)
        server.login = (PASSWORD,)
        yield server
    finally:
        server.kill()


@pytest.fixture
def start_with(launch):
    """Starts servers with a connection string."""

    def start(text: str, **settings: str):
        return launch(("--in-memory",), {"Caching__ConnectionString": text, **limited(), **settings})

    return start


@pytest.fixture
def run(chatify_server_path, tmp_path):
    """Runs a server with a connection string until it ends by itself."""

    def run_with(text: str, *flags: str):
        settings = {"Chatify__Caching__ConnectionString": text}
        return run_to_end([chatify_server_path, "--port", "0", "--in-memory", *flags], settings, str(tmp_path))

    return run_with


def limited() -> dict[str, str]:
    return {"RateLimit__SendMessage__Threshold": "100"}


def ready(server) -> tuple[int, str, str]:
    """The status of readiness, and what it says of Redis and why."""
    response = request(server.address, "GET", "/health/ready")
    (entry,) = [entry for entry in response.json()["dependencies"] if "Redis" in entry["name"]]
    return response.status, entry["status"], entry.get("error", "")


@pytest.mark.parametrize("fail_open", [False, True])
def test_redis_comes_later(away, start_with, scope, names, fail_open):
    """The server starts, says so, and uses Redis as soon as it is there."""
    alice = names("alice")
    started = time.monotonic()
    server = start_with(away.address, RateLimit__FailOpen=str(fail_open).lower())
    assert time.monotonic() - started < 5
    assert ready(server)[:2] == ((200, "degraded") if fail_open else (503, "unhealthy"))
    assert request(server.address, "GET", "/health/startup").status == 200
    hub = RawHub(server.address, alice)
    hub.join(scope)
    if fail_open:
        hub.say(scope, "early")
        hub.hear("early")
    else:
        assert "CONFIGURATION_ERROR" in hub.error("SendAsync", {"scopeType": 0, "scopeId": scope, "text": "early"})
        assert check_problem(send(server, scope, "early", alice), 500)["code"] == "CONFIGURATION_ERROR"
    away.start()
    poll_until(lambda: ready(server)[:2] == (200, "healthy"), "readiness", HEALING)
    hub.say(scope, "late")
    hub.hear("late")
    assert away.call("GET", f"rl:{alice}:SendMessage:60") == b"1"
    hub.send({"type": 6})
    poll_until(lambda: away.members(f"presence:user:{alice}"), "presence after a ping")
    hub.leave()
    for message in ("Redis is out of reach", "Redis is in reach again", "Presence cannot be reported"):
        assert sum(line.endswith(f"] {message}") for line in server.stderr_lines) == 1, server.stderr_lines


def test_the_first_client_is_not_missed(away, start_with, scope, names):
    """A Redis that takes its time to answer is waited for before clients are let in."""
    away.start()
    away.freeze()
    thaw = threading.Timer(0.3, away.thaw)
    thaw.start()
    try:
        server = start_with(away.address)
        alice = names("alice")
        hub = RawHub(server.address, alice)
        hub.say(scope, "the first")
        poll_until(lambda: away.members(f"presence:user:{alice}"), "presence")
        hub.leave()
    finally:
        thaw.join()


WRONG = {
    "port": f"127.0.0.1:99999999,password={SECRET}",
    "port 0": f"127.0.0.1:0,password={SECRET}",
    "port that is a word": f"127.0.0.1:{SECRET}",
    "no host": f",password={SECRET}",
    "no host but a port": f":6379,password={SECRET}",
    "two servers": f"127.0.0.1:6379,127.0.0.2:6379,password={SECRET}",
    "unknown option": f"127.0.0.1:6379,pasword={SECRET}",
    "no option": f"127.0.0.1:6379,{SECRET}",
    "tls": f"127.0.0.1:6379,password={SECRET},ssl=true",
    "tls in capitals": f"127.0.0.1:6379,password={SECRET},SSL=True",
    "ssl that is neither": f"127.0.0.1:6379,password={SECRET},ssl=maybe",
    "negative database": f"127.0.0.1:6379,password={SECRET},defaultDatabase=-1",
    "database that is a word": f"127.0.0.1:6379,password={SECRET},defaultDatabase={SECRET}",
    "user without password": f"127.0.0.1:6379,user={SECRET}",
    "control character": f"127.0.0.1:6379,password={SECRET}\n",
    "IPv6 without brackets": f"::1,password={SECRET}",
    "URL with tls": f"rediss://:{SECRET}@127.0.0.1",
    "URL with another scheme": f"http://:{SECRET}@127.0.0.1",
    "URL without host": f"redis://:{SECRET}@",
    "URL with a wrong port": f"redis://:{SECRET}@127.0.0.1:redis",
    "URL with a wrong database": f"redis://:{SECRET}@127.0.0.1/{SECRET}",
    "URL with two databases": f"redis://:{SECRET}@127.0.0.1/1/2",
    "URL with a query": f"redis://:{SECRET}@127.0.0.1/1?protocol=3",
    "URL with a wrong escape": f"redis://:{SECRET}%2@127.0.0.1",
    "URL that is not UTF-8": f"redis://:{SECRET}%FF@127.0.0.1",
    "URL with a user alone": f"redis://{SECRET}@127.0.0.1",
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("flags", [(), ("--check-config",)], ids=["start", "check"])
def test_wrong_connection_string(run, name, flags):
    """One line that names the key and shows nothing that may be secret, and exit code 1."""
    result = run(WRONG[name], *flags)
    assert result.returncode == 1, result
    line = the_line(result)
    assert KEY in line and SECRET not in line, line
    assert ("TLS" in line) == ("tls" in name), line


@pytest.mark.parametrize("form, database", [
    ("127.0.0.1:{port},password={password}", 0),
    ("127.0.0.1:{port}, password={password}, defaultDatabase=3", 3),
    ("127.0.0.1:{port},user=chat@user,password={password},ssl=false,abortConnect=false,connectTimeout=5000", 0),
    ("localhost:{port},PASSWORD={password},DefaultDatabase=7", 7),
    ("redis://:{encoded}@127.0.0.1:{port}", 0),
    ("redis://:{encoded}@127.0.0.1:{port}/", 0),
    ("redis://chat%40user:{encoded}@127.0.0.1:{port}/3", 3),
    ("redis://chat%40user:{encoded}@localhost:{port}/15", 15),
    ("redis://default:{encoded}@127.0.0.1:{port}/1", 1),
])
def test_right_connection_string(locked, run, start_with, scope, names, form, database):
    """Presence and counters are where it says; the password is in no line of the log."""
    text = form.format(port=locked.port, password=PASSWORD, encoded=quote(PASSWORD, safe=""))
    assert run(text, "--check-config").returncode == 0
    alice = names("alice")
    server = start_with(text)
    poll_until(lambda: ready(server)[:2] == (200, "healthy"), "readiness")
    hub = RawHub(server.address, alice)
    hub.say(scope, "x")
    locked.call("SELECT", database)
    try:
        poll_until(lambda: len(locked.keys()) == 4, "the keys")
        assert locked.keys() >= {f"presence:user:{alice}".encode(), f"rl:{alice}:SendMessage:60".encode()}
        hub.leave()
        poll_until(lambda: len(locked.keys()) == 1, "the end of presence")
    finally:
        locked.call("FLUSHDB")
        locked.call("SELECT", 0)
    server.stop()
    assert not any(PASSWORD in line or quote(PASSWORD, safe="") in line for line in server.stderr_lines)


@pytest.mark.parametrize("form", [
    "127.0.0.1:{port},password=hunter2",
    "redis://nobody:hunter2@127.0.0.1:{port}",
    "127.0.0.1:{port}",
])
def test_refused_login(locked, start_with, scope, names, form):
    """The server runs, unready, and says that it is the login, but not with what."""
    server = start_with(form.format(port=locked.port))
    status, state, error = ready(server)
    assert (status, state) == (503, "unhealthy") and "login" in error, error
    assert check_problem(send(server, scope, "x", names("alice")), 500)["code"] == "CONFIGURATION_ERROR"
    server.stop()
    warnings = [line for line in server.stderr_lines if line.endswith("] Redis is out of reach")]
    assert len(warnings) == 1 and "login refused" in warnings[0]
    assert SECRET not in "\n".join([*server.stderr_lines, error])


def test_password_that_is_corrected_in_redis(locked, start_with, scope, names):
    server = start_with(f"redis://newcomer:{SECRET}@127.0.0.1:{locked.port}")
    assert ready(server)[0] == 503
    locked.call("ACL", "SETUSER", "newcomer", "on", f">{SECRET}", "~*", "+@all")
    poll_until(lambda: ready(server)[0] == 200, "readiness", HEALING)
    say(server, scope, "x", names("alice"))


def test_database_that_is_not_there(locked, start_with):
    server = start_with(f"127.0.0.1:{locked.port},password={PASSWORD},defaultDatabase=99")
    assert ready(server)[0] == 503
    poll_until(lambda: any("index is out of range" in line for line in server.stderr_lines), "the reason in the log")


def test_user_who_may_not_write(locked, start_with, scope, names):
    """What a readiness probe that only reads would not find."""
    locked.call("ACL", "SETUSER", "reader", "on", f">{SECRET}", "~*", "+@read", "+@scripting", "+@connection", "+time")
    server = start_with(f"redis://reader:{SECRET}@127.0.0.1:{locked.port}")
    assert ready(server)[0] == 503
    assert check_problem(send(server, scope, "x", names("alice")), 500)["code"] == "CONFIGURATION_ERROR"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "127.0.0.1"])
def test_nobody_there(start_with, host):
    server = start_with(f"{host}:{free_port()}")
    assert ready(server)[:2] == (503, "unhealthy")
    server.stop()


def test_something_else_is_there(server, start_with):
    """An HTTP server at the address: unready, and not for ever reading."""
    started = start_with(f"127.0.0.1:{server.address[1]}")
    assert ready(started)[:2] == (503, "unhealthy")
    started.stop()
