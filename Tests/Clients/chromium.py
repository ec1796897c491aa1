"""Drives headless Chromium over the DevTools protocol, on one WebSocket."""

import base64
import json
import os
import queue
import shutil
import subprocess
import threading
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from websockets.sync.client import connect

from server_process import poll_until

# Generous: the machine may be busy with other work, and nothing here measures time.
WAIT = 30.0
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
KEYS = {
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "Tab": ("Tab", 9, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
}
ALT, SHIFT = 1, 8


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

    def open(self, url: str, width: int = 1280, height: int = 800) -> "Page":
        """Opens a page in a new profile and waits until it is loaded."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context, newWindow=True)
        session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session, context)
        for domain in ("Runtime", "Log", "Page"):
            page.call(f"{domain}.enable")
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


class Page:
    """One page; what goes wrong in it is kept in `faults`."""

    def __init__(self, browser: Chromium, session: str, context: str):
        self._browser = browser
        self._session = session
        self._context = context
        self.faults: list[str] = []

    def call(self, method: str, **parameters):
        return self._browser.call(method, self._session, **parameters)

    def note(self, method: str, parameters: dict) -> None:
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.faults.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Log.entryAdded" and parameters["entry"]["source"] in ("security", "javascript", "violation"):
            self.faults.append(parameters["entry"]["text"])

    def go(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        self.until(f"location.href.startsWith({json.dumps(url)}) && document.readyState === 'complete'")

    def evaluate(self, expression: str):
        """The value of a JavaScript expression."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, expression: str) -> None:
        """Waits until an expression is true in the sense of JavaScript."""
        try:
            poll_until(lambda: self.evaluate(f"Boolean({expression})"), expression, WAIT)
        except AssertionError as error:
            shown = self.evaluate("document.body.innerText")
            raise AssertionError(f"{error}; faults {self.faults}; the page shows:\n{shown}") from None

    def type(self, text: str) -> None:
        """Types into whatever has the focus."""
        self.call("Input.insertText", text=text)

    def press(self, key: str, modifiers: int = 0) -> None:
        """Presses and releases a key."""
        name, code, text = KEYS.get(key, (key, 0, key))
        event = {"key": name, "code": name, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        down = {"type": "keyDown", "text": text} if text and not modifiers & ALT else {"type": "rawKeyDown"}
        self.call("Input.dispatchKeyEvent", **event, **down)
        self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def click(self, selector: str) -> None:
        """Clicks in the middle of an element, as a mouse does."""
        box = self.evaluate(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def resize(self, width: int, height: int, is_phone: bool = False) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=is_phone
        )

    def prefer(self, scheme: str) -> None:
        """Makes the page think that people prefer `dark` or `light`."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, name: str) -> None:
        """Keeps a picture where the artefacts of a test run go."""
        directory = artifacts()
        directory.mkdir(parents=True, exist_ok=True)
        picture = self.call("Page.captureScreenshot", format="png")["data"]
        (directory / f"{name}.png").write_bytes(base64.b64decode(picture))

    def close(self) -> None:
        """Closes the page and forgets its profile."""
        self._browser.call("Target.disposeBrowserContext", browserContextId=self._context)


def artifacts() -> Path:
    """Where pictures are kept: `CHATIFY_ARTIFACTS`, else under `.build`."""
    default = Path(__file__).resolve().parents[2] / ".build" / "artifacts"
    return Path(os.environ.get("CHATIFY_ARTIFACTS") or default)
