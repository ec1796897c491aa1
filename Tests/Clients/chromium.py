"""Drives headless Chromium over the DevTools protocol, on one WebSocket."""

import json
import queue
import shutil
import subprocess
import threading
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from websockets.sync.client import connect

from browser_page import WAIT, Page
from server_process import poll_until

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--no-first-run",
    "--lang=en-GB",
    "--remote-debugging-port=0",
)


class Chromium:
    """One browser process; each page lives in a profile of its own, as if on another machine."""

    def __init__(self, directory: str):
        self._exits = ExitStack()
        self._process = subprocess.Popen(
            [shutil.which("chromium") or "chromium", *FLAGS, f"--user-data-dir={directory}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            endpoint = self._endpoint(Path(directory))
            self._socket = self._exits.enter_context(connect(endpoint, max_size=None, open_timeout=WAIT))
        except BaseException:
            self._kill()
            raise
        self._ids = count(1)
        self._answers: dict[int, queue.Queue] = {}
        self._pages: dict[str, Page] = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _endpoint(self, directory: Path) -> str:
        """Where the browser listens, which it writes into its profile when it does."""

        def lines():
            assert self._process.poll() is None, f"chromium ended with {self._process.returncode}"
            try:
                found = (directory / "DevToolsActivePort").read_text().splitlines()
            except FileNotFoundError:
                return None
            return found if len(found) == 2 else None

        port, path = poll_until(lines, "chromium's start", WAIT)
        return f"ws://127.0.0.1:{port}{path}"

    def call(self, method: str, session: str | None = None, **parameters):
        """Sends a command and answers its result."""
        id = next(self._ids)
        self._answers[id] = queue.Queue()
        message = {"id": id, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        self._socket.send(json.dumps(message))
        try:
            answer = self._answers[id].get(timeout=WAIT)
        except queue.Empty:
            raise AssertionError(f"chromium did not answer {method} within {WAIT} s") from None
        finally:
            del self._answers[id]
        assert "error" not in answer, f"{method}: {answer['error']}"
        return answer["result"]

    def open(self, url: str, width: int = 1280, height: int = 800) -> Page:
        """Opens a page in a new profile and waits until it is loaded."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context, newWindow=True)
        session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session, context)
        page.resize(width, height)
        page.go(url)
        return page

    def _read(self) -> None:
        try:
            for text in self._socket:
                message = json.loads(text)
                if "id" in message:
                    if waiting := self._answers.get(message["id"]):
                        waiting.put(message)
                elif page := self._pages.get(message.get("sessionId")):
                    page.note(message["method"], message["params"])
        except Exception:  # noqa: BLE001 - the browser is gone; whoever waits for it is told by the deadline
            pass

    def close(self) -> None:
        """Ends the browser."""
        self._exits.close()
        self._reader.join(WAIT)
        self._kill()

    def _kill(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
