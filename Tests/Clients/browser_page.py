"""One page of headless Chromium: what a person can do with it, and what went over its wires."""

import base64
import json
import os
from pathlib import Path

from server_process import poll_until

# Generous: the machine may be busy with other work, and nothing here measures time.
WAIT = 30.0
KEYS = {
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "Backspace": ("Backspace", 8, ""),
    "Tab": ("Tab", 9, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
}
ALT, SHIFT = 1, 8


class Page:
    """One page; what goes wrong in it is kept in `faults`, what it asks for and is told in `traffic`."""

    def __init__(self, browser, session: str, context: str):
        self._browser = browser
        self._session = session
        self._context = context
        self.faults: list[str] = []
        #: Addresses of requests, and texts over WebSockets in both directions.
        self.traffic: list[str] = []
        for domain in ("Runtime", "Log", "Page", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters):
        return self._browser.call(method, self._session, **parameters)

    def note(self, method: str, parameters: dict) -> None:
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.faults.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Log.entryAdded" and parameters["entry"]["source"] in ("security", "javascript", "violation"):
            self.faults.append(parameters["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.traffic.append(parameters["request"]["url"])
        elif method in ("Network.webSocketFrameSent", "Network.webSocketFrameReceived"):
            self.traffic.append(parameters["response"]["payloadData"])

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

    def until_traffic(self, text: str, times: int = 1) -> None:
        """Waits until a text went over the wires in as many requests or messages."""

        def is_enough():
            return sum(text in seen for seen in list(self.traffic)) >= times

        poll_until(is_enough, f"{text!r} in {times} of {self.traffic}", WAIT)

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

    def go_offline(self, is_offline: bool = True) -> None:
        """Takes the page off the network, as a phone in a tunnel; it has no new requests answered."""
        unlimited = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.call("Network.emulateNetworkConditions", offline=is_offline, **unlimited)

    def hold(self, pattern: str) -> None:
        """Keeps requests to such addresses from being sent until they are released."""
        self.call("Fetch.enable", patterns=[{"urlPattern": pattern}])

    def release(self) -> None:
        """Sends what is held, and holds nothing any more."""
        self.call("Fetch.disable")

    def block(self, *patterns: str) -> None:
        """Lets all requests to such addresses fail, and no others any more."""
        self.call("Network.setBlockedURLs", urls=list(patterns))

    def resize(self, width: int, height: int, is_phone: bool = False) -> None:
        self.call("Emulation.setTouchEmulationEnabled", enabled=is_phone)
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=is_phone
        )

    def prefer(self, scheme: str, motion: str = "no-preference") -> None:
        """Makes the page think that people prefer `dark` or `light`, and perhaps to `reduce` motion."""
        features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": motion}
        listed = [{"name": name, "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", features=listed)

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
