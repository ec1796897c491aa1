"""Starting, refusing to start, and stopping (contracts.md section 8, design.md section 4)."""

import json
import re
import signal
import time

import pytest

from byte_stream import EndOfStream
from hub_transports import TRANSPORTS, PollingHub, StreamHub
from raw_http import post_json, request
from raw_hub import RawHub, sending
from server_process import run_to_end, the_line

GOODBYE = {"type": 7, "allowReconnect": True}


@pytest.fixture
def run(chatify_server_path, tmp_path):
    """Runs the server with flags and settings until it ends by itself."""

    def run_with(*flags: str, **settings: str):
        environment = {f"Chatify__{key}": value for key, value in ({"Server__Port": "0"} | settings).items()}
        return run_to_end([chatify_server_path, "--in-memory", *flags], environment, str(tmp_path))

    return run_with


def settings_key(key: str) -> str:
    """A pattern for a setting's name, written as in JSON or as in the environment."""
    return "(:|__)".join(re.escape(part) for part in ("Chatify", *key.split("__")))


def test_busy_port(server, run):
    port = str(server.address[1])
    result = run("--port", port)
    assert result.returncode > 0 and "listening on" not in result.stdout
    naming = [line for line in result.stderr.splitlines() if port in line]
    assert len(naming) == 1, result.stderr
    assert result.stderr.splitlines()[-1] == naming[0], result.stderr


@pytest.mark.parametrize("key, value, allowed", [
    ("Server__Port", "abc", "65535"),
    ("Server__Port", "65536", "65535"),
    ("Server__Port", "-1", "65535"),
    ("Server__Loops", "-1", ""),
    ("Server__ShutdownGraceSeconds", "soon", ""),
    ("Server__InMemory", "maybe", "true"),
    ("Hub__KeepAliveSeconds", "0", ""),
    ("Hub__KeepAliveSeconds", "1.5.2", ""),
    ("Hub__MaximumReceiveMessageSize", "many", ""),
    ("RateLimit__SendMessage__Threshold", "-5", ""),
    ("RateLimit__SendMessage__WindowSeconds", "99999999999999999999", ""),
    ("RateLimit__FailOpen", "2", "true"),
])
def test_wrong_settings(run, key, value, allowed):
    line = the_line(run(**{key: value}))
    assert re.search(settings_key(key), line, re.IGNORECASE), line
    assert value in line and allowed in line, line


@pytest.mark.parametrize("flags, named", [
    (["--nonsense"], ["--nonsense"]),
    (["--loops", "-1"], ["loops", "-1"]),
    (["--port", "eighty"], ["port", "eighty", "65535"]),
    (["--port"], ["--port"]),
    (["--log-level", "loud"], ["log-level", "loud", "info"]),
    (["--config", "missing.json"], ["missing.json"]),
    (["stray"], ["stray"]),
])
def test_wrong_flags(run, flags, named):
    line = the_line(run(*flags))
    assert all(part.lower() in line.lower() for part in named), line


@pytest.mark.parametrize("text", ["not json", "[]", '{"Chatify":', '{"Chatify":{"Server":7}}'])
def test_config_file_that_is_not_one(run, tmp_path, text):
    path = tmp_path / "settings.json"
    path.write_text(text)
    line = the_line(run("--config", str(path)))
    assert "settings.json" in line or "Chatify:Server" in line, line


def test_wrong_value_in_the_config_file(run, tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"Chatify": {"Hub": {"KeepAliveSeconds": "often"}}}))
    line = the_line(run("--config", str(path)))
    assert re.search(settings_key("Hub__KeepAliveSeconds"), line, re.IGNORECASE) and "often" in line, line


def test_secrets_are_not_shown(run):
    result = run("--check-config", Caching__ConnectionString="redis:99999999,password=hunter2secret")
    assert "hunter2secret" not in result.stderr + result.stdout


def test_unknown_key_is_a_warning(start_server):
    started = start_server(Nonsense__Key="1")
    started.stop()
    assert any("Nonsense" in line for line in started.stderr_lines + started.stdout_lines), started.stderr_lines


def test_check_config(run):
    assert run("--check-config").returncode == 0
    assert "listening on" not in run("--check-config").stdout
    the_line(run("--check-config", Server__Port="abc"))


def test_version(run):
    result = run("--version")
    assert result.returncode == 0 and re.search(r"\d+\.\d+", result.stdout) and len(result.stdout.splitlines()) == 1


def test_help_names_every_flag(run):
    result = run("--help")
    assert result.returncode == 0
    flags = "--host --port --loops --in-memory --config --log-level --help --version --check-config"
    assert [flag for flag in flags.split() if flag not in result.stdout] == []


def sends_allowed(server, scope: str) -> int:
    """How many sends of one user the server's rate limit allows, up to 10."""
    body = {"scopeType": 0, "scopeId": scope, "text": "x"}
    for count in range(10):
        status = post_json(server.address, "/chat/send", body, {"X-User-Id": "alice"}).status
        if status == 429:
            return count
        assert status == 200
    return 10


@pytest.mark.parametrize("environment, allowed", [(None, 2), ("3", 3)])
def test_environment_overrides_the_file(start_server, tmp_path, scope, environment, allowed):
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"Chatify": {"RateLimit": {"SendMessage": {"Threshold": 2}}}}))
    started = start_server("--config", str(path), RateLimit__SendMessage__Threshold=environment)
    assert sends_allowed(started, scope) == allowed


def test_flags_override_the_environment(start_server):
    """Port 1 could not be bound; the flag asks for any free one."""
    assert start_server("--port", "0", Server__Port="1").address[1] > 1024


def test_environment_in_any_letter_case(start_server, scope):
    settings = {"RateLimit__SendMessage__Threshold": "0", "HUB__keepaliveseconds": "1"}
    client = RawHub(start_server(**settings).address, "alice")
    assert client.read_bytes(5) == b'{"type":6}\x1e'
    client.leave()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_clients_are_told_to_reconnect(start_server, scope, number):
    """Each client gets a close record that allows reconnecting, then the close frame; then the server ends well."""
    started = start_server()
    clients = [RawHub(started.address, f"user{index}") for index in range(20)]
    for client in clients:
        client.join(scope)
    started.ask_to_stop(number)
    for client in clients:
        goodbye = client.read()
        assert {name: goodbye.get(name) for name in GOODBYE} == GOODBYE, goodbye
        assert client.websocket.read_close() in (1000, 1001, 1012)
        client.websocket.finish()
    started.expect_exit(0)


def test_stopping_without_clients_is_quick(start_server):
    started = start_server(Server__ShutdownGraceSeconds="30")
    start = time.monotonic()
    started.stop()
    assert time.monotonic() - start < 5


def test_polls_and_streams_are_told_to_reconnect(start_server):
    """Clients whose poll waits, one that is between two polls, and streams."""
    started = start_server()
    polling = [PollingHub(started.address, f"polling{index}", True) for index in range(10)]
    for client in polling[1:]:
        client.wait_at_server()
    streaming = [StreamHub(started.address, f"streaming{index}", True) for index in range(10)]
    started.ask_to_stop()
    for client in polling + streaming:
        assert client.read() == GOODBYE
    for client in streaming:
        with pytest.raises(EndOfStream):
            client.read()
    for client in polling + streaming:
        client.disconnect()
    started.expect_exit(0)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_sends_under_way_are_answered(start_server, scope, transport):
    """Fifty calls arrive in one message; the first answer shows that the server has them, so all must be answered."""
    started = start_server()
    alice = TRANSPORTS[transport](started.address, "alice")
    ids = [str(index) for index in range(50)]
    alice.send(*(sending(scope, id, id=id) for id in ids))
    answers = [alice.read()]
    started.ask_to_stop(signal.SIGTERM)
    while (record := alice.read())["type"] != 7:
        answers.append(record)
    assert [answer["invocationId"] for answer in answers] == ids
    assert all("result" in answer for answer in answers), [answer for answer in answers if "error" in answer]
    assert record.get("allowReconnect") is True
    alice.disconnect()
    started.expect_exit(0)


def test_clients_that_do_not_react_do_not_hold_the_server(start_server):
    """The grace time is 4 s here: silent sockets, half requests and clients that ignore the goodbye end with it."""
    started = start_server()
    deaf = [RawHub(started.address, f"user{index}") for index in range(5)]
    half = RawHub(started.address, "half", handshake=False)
    half.websocket.stream.write(b"\x81")
    started.ask_to_stop(signal.SIGTERM)
    started.expect_exit(0, 7)
    for hub in (*deaf, half):
        hub.websocket.disconnect()


def test_no_new_connections_while_stopping(start_server):
    started = start_server()
    deaf = RawHub(started.address, "deaf")
    started.ask_to_stop(signal.SIGTERM)
    assert deaf.read()["type"] == 7
    try:
        assert request(started.address, "POST", "/hubs/chat/negotiate?user=late", body=b"").status == 503
    except (EndOfStream, ConnectionError):
        pass
    deaf.websocket.disconnect()
    started.expect_exit(0, 7)


def test_port_is_free_after_the_stop(start_server):
    first = start_server()
    first.stop()
    second = start_server("--port", str(first.address[1]))
    assert second.address == first.address
