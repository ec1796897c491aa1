"""The page of `chatify-server --demo` in headless Chromium."""

from pathlib import Path

import pytest

from browser_chat import BrowserChat, shown_count
from browser_page import ALT, SHIFT
from http_chat import ids, say, stored
from raw_http import request
from raw_hub import RawHub

PAGE = Path(__file__).resolve().parents[2] / "Examples" / "BrowserChat" / "Page"


@pytest.fixture(scope="module")
def demo(start_server):
    return start_server("--demo")


def test_the_page_is_served_with_a_strict_policy(demo):
    assert any(line == f"Open {demo.origin}/demo/ in a browser to chat" for line in demo.stdout_lines)
    page = request(demo.address, "GET", "/demo/")
    assert page.status == 200 and page.header("content-type") == "text/html; charset=utf-8"
    policy = page.header("content-security-policy")
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert page.header("x-content-type-options") == "nosniff"
    for file in PAGE.iterdir():
        assert request(demo.address, "GET", f"/demo/{file.name}").body == file.read_bytes(), file.name
    root = request(demo.address, "GET", "/")
    assert (root.status, root.header("location")) == (307, "/demo/")
    missing = request(demo.address, "GET", "/demo/nothing.js")
    assert (missing.status, missing.header("content-type")) == (404, "application/problem+json")
    wrong = request(demo.address, "POST", "/demo/")
    assert (wrong.status, wrong.header("allow")) == (405, "GET, HEAD")


def test_without_the_flag_there_is_no_page(start_server):
    server = start_server()
    assert request(server.address, "GET", "/demo/").status == 404
    assert request(server.address, "GET", "/").status == 404


def test_two_people_chat_and_see_each_other(browser, demo):
    ann = BrowserChat(browser, demo.origin, "ann", "lobby")
    bob = BrowserChat(browser, demo.origin, "bob", "lobby")
    ann.say("Hello, is anybody here?")
    ann.sees("Hello, is anybody here?")
    bob.sees("Hello, is anybody here?")
    bob.say("I am.")
    ann.sees("I am.")
    ann.page.until("document.getElementById('people-title').textContent.includes('2 online')")
    ann.page.screenshot("chat-desktop-light")
    ann.page.prefer("dark")
    ann.page.screenshot("chat-desktop-dark")
    bob.close()
    ann.page.until("document.getElementById('people-title').textContent.includes('1 online')")
    assert ann.texts() == ["Hello, is anybody here?", "I am."]
    ann.close()


def test_what_people_write_is_never_markup(browser, demo):
    evil = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>"
    name = "<i>mallory</i>"
    mallory = RawHub(demo.address, name)
    ann = BrowserChat(browser, demo.origin, "ann", "safety")
    mallory.say("safety", evil)
    ann.sees(evil)
    ann.page.until(f"document.getElementById('people-list').textContent.includes('{name}')")
    assert ann.page.evaluate("document.querySelectorAll('.messages img, .messages b, .app i').length") == 0
    mallory.leave()
    ann.close()


def test_history_is_read_back_on_scroll(browser, demo):
    for number in range(120):
        say(demo, "archive", f"message {number}", user="bob")
    stored(demo, "archive", 120)
    ann = BrowserChat(browser, demo.origin, "ann", "archive")
    ann.sees("message 119")
    assert "message 0" not in ann.texts()
    ann.page.evaluate("document.getElementById('timeline').focus()")
    ann.reads_back_to(120)
    assert ann.texts() == [f"message {number}" for number in range(120)]
    ann.page.until("document.getElementById('older').textContent === 'This is the beginning of #archive'")
    ann.page.until("!document.getElementById('to-latest').hidden")
    ann.close()


def test_sends_that_fail_say_why(browser, start_server):
    server = start_server("--demo", RateLimit__SendMessage__Threshold="1")
    ann = BrowserChat(browser, server.origin, "ann", "limits")
    ann.say("one")
    ann.sees("one")
    ann.say("two")
    ann.sees("two", "failed")
    state = ann.page.evaluate("document.querySelector('.failed .state').textContent")
    assert state.startswith("Not sent. Too many messages: at most 1 per 60 s."), state
    ann.page.screenshot("chat-failed")
    ann.page.evaluate("[...document.querySelectorAll('.failed button')].at(-1).click()")
    ann.page.until(shown_count("=== 1"))
    ann.close()


def test_keys_are_enough(browser, demo):
    ann = BrowserChat(browser, demo.origin, "ann", "keys")
    page = ann.page
    page.until("document.activeElement.id === 'text'")
    page.type("first line")
    page.press("Enter", SHIFT)
    page.type("second line")
    page.press("Enter")
    ann.sees("first line\nsecond line")
    # Back from the message box to the form that joins channels, which comes right after the channels.
    for _ in range(20):
        if page.evaluate("document.activeElement.id") == "join-channel":
            break
        page.press("Tab", SHIFT)
    page.until("document.activeElement.id === 'join-channel' && document.activeElement.matches(':focus-visible')")
    page.type("#other")
    page.press("Enter")
    page.until("document.getElementById('title').textContent === '#other' && document.activeElement.id === 'text'")
    page.press("ArrowUp", ALT)
    page.until("document.getElementById('title').textContent === '#keys'")
    page.press("Tab", SHIFT)
    page.until("document.activeElement.id === 'timeline'")
    page.press("?")
    page.until("document.getElementById('help').open")
    page.press("Escape")
    page.until("!document.getElementById('help').open")
    page.press("/")
    page.until("document.activeElement.id === 'text'")
    ann.close()


def test_a_phone_shows_one_thing_at_a_time(browser, demo):
    ann = BrowserChat(browser, demo.origin, "ann", "pocket", 320, 640)
    page = ann.page
    page.resize(320, 640, is_phone=True)
    ann.say("A message that is long enough to need more than one line on a telephone of that width, " + "w" * 80)
    page.until("document.querySelector('.message.sent')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("document.getElementById('timeline').scrollWidth") <= 320
    small = page.evaluate(
        "[...document.querySelectorAll('.room button')].filter((button) => button.checkVisibility())"
        ".filter((button) => button.getBoundingClientRect().height < 40).map((button) => button.outerHTML)"
    )
    assert small == []
    page.screenshot("chat-phone-light")
    page.click("#show-channels")
    page.until("document.getElementById('channels').checkVisibility({ visibilityProperty: true })")
    page.until("document.querySelector('#channels').contains(document.activeElement)")
    page.press("Escape")
    page.until("document.activeElement.id === 'show-channels'")
    page.prefer("dark")
    page.screenshot("chat-phone-dark")
    ann.close()


def test_a_reload_finds_everything_again(browser, demo):
    ann = BrowserChat(browser, demo.origin, "ann", "again")
    ann.say("still here")
    ann.sees("still here")
    sent = stored(demo, "again", 1)
    ann.page.go(f"{demo.origin}/demo/?reloaded")
    ann.is_connected()
    ann.sees("still here")
    assert ids(stored(demo, "again", 1)) == ids(sent)
    ann.close()
