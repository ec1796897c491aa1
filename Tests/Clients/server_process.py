"""Starts and stops the executables under test, each by its own process id."""

import os
import queue
import re
import signal
import subprocess
import threading
import time

from byte_stream import WAIT


class ServerProcess:
    """A running server that said where it listens.

    Without `restore_signals` it ignores the signals that Python ignores, among them the one of a write past a limit on
    file sizes, so that such a write fails instead of ending the server.
    """

    def __init__(
        self, command: list[str], banner: str, settings: dict[str, str], directory: str, restore_signals: bool = True
    ):
        self.stdout_lines: list[str] = []
        self.stderr_lines: list[str] = []
        self.was_asked_to_stop = False
        self.directory = directory
        self._banner = re.compile(banner)
        self._announced: queue.Queue[tuple[str, int] | None] = queue.Queue()
        self.process = subprocess.Popen(
            command,
            env=clean_environment() | settings,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            restore_signals=restore_signals,
        )
        self._readers = [
            threading.Thread(target=self._read_stdout, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        self.address = self._wait_for_banner()

    @property
    def origin(self) -> str:
        """The server's own origin, as `http://host:port`."""
        return f"http://{self.address[0]}:{self.address[1]}"

    @property
    def memory(self) -> float:
        """The memory that it has in use, in MiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024

    def stop(self, number: int = signal.SIGTERM, wait: float = WAIT) -> None:
        """Asks the server to end and expects exit code 0 within `wait` seconds."""
        self.ask_to_stop(number)
        self.expect_exit(0, wait)

    def ask_to_stop(self, number: int = signal.SIGTERM) -> None:
        """Sends the signal; the server must still be running."""
        assert self.process.poll() is None, self._story("it had ended before it was stopped")
        self.was_asked_to_stop = True
        self.process.send_signal(number)

    def expect_exit(self, code: int, wait: float = WAIT) -> None:
        """Waits for the end and checks the exit code and that the place was announced once."""
        try:
            self.process.wait(wait)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(self._story(f"it did not end within {wait} s")) from None
        self._join_readers()
        assert self.process.returncode == code, self._story("wrong exit code")
        banners = [line for line in self.stdout_lines if self._banner.fullmatch(line)]
        assert len(banners) == 1, f"announced {len(banners)} times: {self.stdout_lines}"

    def crash(self) -> None:
        """Kills the server in the middle of whatever it does."""
        self.ask_to_stop(signal.SIGKILL)
        self.expect_exit(-signal.SIGKILL)

    def kill(self) -> None:
        """Ends the process whatever it does; for cleaning up."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(WAIT)
        self._join_readers()

    def _wait_for_banner(self) -> tuple[str, int]:
        try:
            address = self._announced.get(timeout=WAIT)
        except queue.Empty:
            address = None
        if address is None:
            self.kill()
            raise AssertionError(self._story("it did not say where it listens"))
        return address

    def _read_stdout(self) -> None:
        for line in self.process.stdout:
            self.stdout_lines.append(line.rstrip("\n"))
            if match := self._banner.fullmatch(self.stdout_lines[-1]):
                self._announced.put((match["host"], int(match["port"])))
        self._announced.put(None)

    def _read_stderr(self) -> None:
        for line in self.process.stderr:
            self.stderr_lines.append(line.rstrip("\n"))

    def _join_readers(self) -> None:
        for reader in self._readers:
            reader.join(WAIT)
        self.process.stdout.close()
        self.process.stderr.close()

    def _story(self, what: str) -> str:
        tail = "\n".join(self.stderr_lines[-30:])
        return f"{what}; exit code {self.process.returncode}; stdout {self.stdout_lines[-5:]}; stderr:\n{tail}"


def clean_environment() -> dict[str, str]:
    """This process's environment without settings for the server."""
    kept = {key: value for key, value in os.environ.items() if not key.lower().startswith("chatify")}
    return kept | {"POD_NAME": "pod-under-test"}


def run_to_end(
    command: list[str], settings: dict[str, str], directory: str, wait: float = WAIT
) -> subprocess.CompletedProcess:
    """Runs a server that is expected to end by itself soon."""
    return subprocess.run(
        command,
        env=clean_environment() | settings,
        cwd=directory,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=wait,
    )


def run_and_kill(command: list[str], settings: dict[str, str], directory: str, after: float) -> None:
    """Runs a server and kills it after a time, however far it came."""
    try:
        run_to_end(command, settings, directory, after)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError("it ended before it was killed")


def the_line(result: subprocess.CompletedProcess) -> str:
    """The one line of a refusal to start."""
    assert result.returncode not in (0, None) and result.returncode > 0, f"ended by a signal or well: {result}"
    assert result.stdout == "", result.stdout
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def poll_until(condition, what: str, wait: float = WAIT):
    """Asks `condition` again and again until it answers something true, for state that nothing announces."""
    end = time.monotonic() + wait
    while not (answer := condition()):
        assert time.monotonic() < end, f"{what} did not happen within {wait} s"
        time.sleep(0.01)
    return answer
