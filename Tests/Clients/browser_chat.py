"""The chat page in a browser, as the person before it uses it."""

import json

from browser_page import Page
from chromium import Chromium


class BrowserChat:
    """One person's page; the selectors are those of `Examples/BrowserChat/Page/index.html`."""

    def __init__(self, browser: Chromium, origin: str, user: str, channel: str, width: int = 1280, height: int = 800):
        self.page: Page = browser.open(f"{origin}/demo/", width, height)
        self.page.until("document.activeElement.id === 'name'")
        self.page.type(user)
        self.page.press("Tab")
        self.page.evaluate("document.activeElement.select()")
        self.page.type(channel)
        self.page.press("Enter")
        self.is_connected()
        self.page.until("document.querySelector('#older').textContent.includes('beginning') || " + shown_count("> 20"))

    def say(self, text: str) -> None:
        """Types a message into the box and presses Enter."""
        self.page.evaluate("document.getElementById('text').focus()")
        self.page.type(text)
        self.page.press("Enter")

    def is_connected(self) -> None:
        self.has_state("connected")

    def has_state(self, state: str) -> None:
        self.page.until(f"document.getElementById('status').dataset.state === {json.dumps(state)}")

    def sees(self, text: str, state: str = "sent") -> None:
        """Waits until a message is shown once, and in that state."""
        self.page.until(f"{matching(text)}.length === 1 && {matching(text)}[0].dataset.state === {json.dumps(state)}")

    def says_in_the_banner(self, text: str) -> None:
        self.page.until("document.getElementById('banner').checkVisibility()")
        self.page.until(f"document.getElementById('banner-text').textContent.startsWith({json.dumps(text)})")

    def has_settled(self) -> None:
        """Waits until the page has read history again after it joined, and can resume from what it knows."""
        self.page.until_traffic("/chat/history/", times=2)
        self.page.until("document.getElementById('timeline').ariaBusy === 'false'")

    def has_read(self, channel: str) -> None:
        """Waits until the page has joined a channel and read its history."""
        self.page.until_traffic(f"/chat/history/Channel/{channel}?")

    def reads_back_to(self, count: int) -> None:
        """Scrolls up and up until as many messages are shown."""
        self.page.until(f"(document.getElementById('timeline').scrollTop = 0, {shown_count(f'=== {count}')})")

    def texts(self) -> list[str]:
        """All messages that are shown, from top to bottom."""
        return self.page.evaluate("[...document.querySelectorAll('.bubble')].map((bubble) => bubble.textContent)")

    def close(self) -> None:
        """Closes the page, in which nothing may have gone wrong."""
        faults = self.page.faults
        self.page.close()
        assert not faults, faults


def matching(text: str) -> str:
    """The messages with exactly that text, as JavaScript."""
    return (
        "[...document.querySelectorAll('.message')].filter("
        f"(row) => row.querySelector('.bubble').textContent === {json.dumps(text)})"
    )


def shown_count(condition: str) -> str:
    """Whether as many messages are shown, as JavaScript."""
    return f"document.querySelectorAll('.message').length {condition}"
