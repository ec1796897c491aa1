"""Fixtures: the servers under test, named by the environment, one per module and setting."""

import os
import uuid

import pytest

from chromium import Chromium
from kafka_broker import KafkaBroker, open_broker
from redis_server import RedisServer
from server_process import ServerProcess, run_and_kill, run_to_end, the_line

BANNER = r"chatify-server listening on http://(?P<host>[^:/]+):(?P<port>\d+)"
ECHO_BANNER = r"echo listening on http://(?P<host>[^:/]+):(?P<port>\d+)"
VARIABLES = ("CHATIFY_SERVER", "CHATIFY_ECHO_SERVER")


def pytest_configure(config):
    """Refuses a run in which everything would be skipped."""
    if not config.option.collectonly and not any(os.environ.get(name) for name in VARIABLES):
        raise pytest.UsageError(f"set {' or '.join(VARIABLES)} to the path of an executable to test")


def executable(variable: str) -> str:
    path = os.environ.get(variable)
    if not path:
        pytest.skip(f"{variable} is not set")
    assert os.access(path, os.X_OK), f"{variable}={path} is not an executable file"
    return os.path.abspath(path)


@pytest.fixture(scope="session")
def chatify_server_path() -> str:
    return executable("CHATIFY_SERVER")


@pytest.fixture(scope="module")
def launch(chatify_server_path, tmp_path_factory):
    """Starts servers with given flags and settings; those still running at the end must stop cleanly."""
    running: list[ServerProcess] = []

    def start(
        flags: tuple[str, ...], settings: dict[str, str | None], restore_signals: bool = True, pod: str | None = None
    ) -> ServerProcess:
        port = () if "--port" in flags else ("--port", "0")
        command = [chatify_server_path, "--host", "127.0.0.1", *port, *flags]
        directory = str(tmp_path_factory.mktemp("server"))
        variables = environment(settings) | ({"POD_NAME": pod} if pod else {})
        server = ServerProcess(command, BANNER, variables, directory, restore_signals)
        running.append(server)
        return server

    yield start
    try:
        for server in running:
            if not server.was_asked_to_stop:
                server.stop()
    finally:
        for server in running:
            server.kill()


def environment(settings: dict[str, str | None]) -> dict[str, str]:
    """Settings as environment variables, with defaults of ours; None takes a default away."""
    defaults = {"RateLimit__SendMessage__Threshold": "0", "Server__ShutdownGraceSeconds": "4"}
    return {f"Chatify__{key}": value for key, value in (defaults | settings).items() if value is not None}


@pytest.fixture(scope="module")
def start_server(launch):
    """Starts servers that keep everything in memory."""

    def start(*flags: str, **settings: str | None) -> ServerProcess:
        """Settings are `Hub__KeepAliveSeconds="1"`, without `Chatify__`; None takes a default of ours away."""
        return launch(("--in-memory", *flags), settings)

    return start


@pytest.fixture(scope="module")
def start_durable(launch):
    """Starts servers that keep log and history in a data directory."""

    def start(data_dir, *flags: str, restore_signals: bool = True, **settings: str | None) -> ServerProcess:
        return launch(("--data-dir", str(data_dir), *flags), settings, restore_signals)

    return start


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    """A Redis of the module's own, without a password."""
    server = RedisServer(str(tmp_path_factory.mktemp("redis")))
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="module")
def start_pod(redis, launch):
    """Starts servers that share the module's Redis and keep everything else in memory."""

    def start(pod: str, *flags: str, **settings: str | None) -> ServerProcess:
        """Settings are as those of `start_server`."""
        return launch(("--in-memory", *flags), {"Caching__ConnectionString": redis.address} | settings, pod=pod)

    return start


@pytest.fixture(scope="module")
def open_kafka():
    """Opens brokers: mock clusters, unless CHATIFY_TEST_KAFKA names others; they end after the servers that use them."""
    brokers: list[KafkaBroker] = []

    def open() -> KafkaBroker:
        mock = None if os.environ.get("CHATIFY_TEST_KAFKA") else executable("CHATIFY_MOCK_BROKER")
        brokers.append(open_broker(mock))
        return brokers[-1]

    yield open
    for broker in brokers:
        broker.end()


@pytest.fixture(scope="module")
def kafka(open_kafka) -> KafkaBroker:
    """A Kafka of the module's own."""
    return open_kafka()


@pytest.fixture
def own_kafka(open_kafka) -> KafkaBroker:
    """A Kafka of the test's own, to do harm to."""
    return open_kafka()


@pytest.fixture(scope="module")
def start_kafka_pod(open_kafka, launch, tmp_path_factory):
    """Starts servers whose log is a Kafka topic; a pod that is started again finds its history."""
    directories: dict[tuple[str, str], str] = {}

    def start(topic, pod: str, *flags: str, **settings: str | None) -> ServerProcess:
        """Settings are as those of `start_server`."""
        directory = directories.setdefault((topic.name, pod), str(tmp_path_factory.mktemp(pod)))
        return launch(("--data-dir", directory, *flags), topic.settings() | settings, pod=pod)

    return start


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """One Chromium for all tests; each page in it has a profile of its own."""
    browser = Chromium(str(tmp_path_factory.mktemp("chromium")))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def demo(start_server):
    """A server with the chat page."""
    return start_server("--demo", Hub__PresenceIntervalSeconds="1")


@pytest.fixture
def refuse(chatify_server_path, tmp_path):
    """Runs servers that must not start, and answers the one line in which each says why."""

    def run(data_dir, *flags: str, **settings: str) -> str:
        command = [chatify_server_path, "--port", "0", "--data-dir", str(data_dir), *flags]
        result = run_to_end(command, environment(settings), str(tmp_path))
        assert result.returncode == 1, result
        return the_line(result)

    return run


@pytest.fixture
def kill_at_start(chatify_server_path, tmp_path_factory):
    """Starts a server on a data directory and kills it some seconds later, whether it serves by then or not."""

    def run(data_dir, after: float) -> None:
        command = [chatify_server_path, "--port", "0", "--data-dir", str(data_dir)]
        run_and_kill(command, environment({}), str(tmp_path_factory.mktemp("server")), after)

    return run


@pytest.fixture
def seed() -> str:
    """What the random choices of a test are made from; `CHATIFY_TEST_SEED` repeats those of a failed run."""
    chosen = os.environ.get("CHATIFY_TEST_SEED") or uuid.uuid4().hex[:8]
    print(f"CHATIFY_TEST_SEED={chosen}")
    return chosen


@pytest.fixture(scope="module")
def server(start_server) -> ServerProcess:
    """A server without a rate limit, everything else at its default."""
    return start_server()


@pytest.fixture(scope="module")
def short_server(start_server) -> ServerProcess:
    """A server with the shortest keep-alive and time-outs."""
    return start_server(
        Hub__KeepAliveSeconds="1",
        Hub__ClientTimeoutSeconds="2",
        Hub__HandshakeTimeoutSeconds="1",
        Server__RequestTimeoutSeconds="1",
    )


@pytest.fixture(scope="module")
def limited_server(start_server) -> ServerProcess:
    """A server that lets each user send three messages a minute."""
    return start_server(RateLimit__SendMessage__Threshold="3", RateLimit__SendMessage__WindowSeconds="60")


@pytest.fixture(scope="module")
def echo_server(tmp_path_factory):
    """The WebSocket echo executable."""
    path = executable("CHATIFY_ECHO_SERVER")
    server = ServerProcess([path], ECHO_BANNER, {}, str(tmp_path_factory.mktemp("echo")))
    yield server
    assert server.process.poll() is None, f"the echo server ended: {server.stderr_lines[-20:]}"
    server.kill()


@pytest.fixture
def scope() -> str:
    """The id of a channel that no other test uses."""
    return f"scope-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def names():
    """Makes user names that no other test uses; they hold no `-`, so they can be parts of a direct message's id."""
    suffix = uuid.uuid4().hex[:8]
    return lambda name: f"{name}{suffix}"
