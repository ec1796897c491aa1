"""A `redis-server` of our own on a free loopback port, and a small RESP client to look into it."""

import signal
import socket
import subprocess
import threading

from byte_stream import WAIT, ByteStream, EndOfStream
from server_process import poll_until


class RedisError(Exception):
    """Redis answered a command with an error."""


class RedisConnection(ByteStream):
    """One connection to Redis; words are text or bytes, strings of the answers are bytes."""

    def call(self, *words: str | bytes | int, wait: float = WAIT):
        """Sends one command and answers its reply; raises `RedisError` if that is an error."""
        parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.write(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
        return self._read_reply(wait)

    def _read_reply(self, wait: float):
        line = self.until(b"\r\n", wait)[:-2]
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b"$":
            return self.exactly(int(rest) + 2, wait)[:-2] if int(rest) >= 0 else None
        if kind == b"*":
            return [self._read_reply(wait) for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest


class RedisServer:
    """A Redis process, ended and started again at the same port as often as a test likes; nothing is kept on disk."""

    def __init__(self, directory: str, *options: str):
        self.directory = directory
        self.options = options
        self.port = free_port()
        #: With what this client logs in, as the words after AUTH.
        self.login: tuple[str, ...] = ()
        self.process: subprocess.Popen | None = None
        self._lock = threading.Lock()
        self._connection: RedisConnection | None = None

    @property
    def address(self) -> str:
        """Where it listens, as the server's setting names it."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts the process and waits until it answers."""
        assert self.process is None or self.process.poll() is not None, "it runs already"
        places = ("--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.directory)
        self.process = subprocess.Popen(
            ["redis-server", *places, "--save", "", "--appendonly", "no", *self.options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        poll_until(self._answers, "Redis")

    def kill(self) -> None:
        """Kills the process, which forgets everything."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(WAIT)
        self._forget_connection()

    def freeze(self) -> None:
        """Stops the process from running, with its connections open."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def call(self, *words: str | bytes | int, wait: float = WAIT):
        """Sends one command, on a new connection if the last one ended."""
        with self._lock:
            for is_last in (False, True):
                if self._connection is None:
                    self._connection = self._connect()
                try:
                    return self._connection.call(*words, wait=wait)
                except (EndOfStream, TimeoutError, OSError):
                    self._connection = None
                    if is_last:
                        raise
            raise AssertionError("unreachable")

    def keys(self) -> set[bytes]:
        """All keys."""
        return set(self.call("KEYS", "*"))

    def members(self, key: str | bytes) -> dict[bytes, float]:
        """The members of a sorted set and their scores."""
        flat = self.call("ZRANGE", key, 0, -1, "WITHSCORES")
        return {member: float(score) for member, score in zip(flat[::2], flat[1::2])}

    def now(self) -> int:
        """Redis' own time in whole seconds."""
        return int(self.call("TIME")[0])

    def seconds_left(self, key: str | bytes) -> float:
        """The time until a key expires, in seconds; negative if it does not, or is not there."""
        left = self.call("PTTL", key)
        return left / 1000 if left >= 0 else float(left)

    def command_calls(self) -> dict[str, int]:
        """How often each command was called, by clients and by scripts, since the start."""
        lines = self.call("INFO", "commandstats").decode().split()
        calls = (line.removeprefix("cmdstat_").split(":") for line in lines if line.startswith("cmdstat_"))
        return {name: int(rest.split(",")[0].removeprefix("calls=")) for name, rest in calls}

    def kill_clients(self) -> None:
        """Ends all connections but ours."""
        self.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    def _connect(self) -> RedisConnection:
        connection = RedisConnection(("127.0.0.1", self.port))
        if self.login:
            connection.call("AUTH", *self.login)
        return connection

    def _answers(self) -> bool:
        assert self.process.poll() is None, f"redis-server ended with {self.process.returncode}"
        try:
            return self.call("PING") == b"PONG"
        except (OSError, EndOfStream):
            return False

    def _forget_connection(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
