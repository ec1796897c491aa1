"""The page of `chatify-server --demo` in headless Chromium."""

import re
from pathlib import Path

from browser_chat import BrowserChat, shown_count
from http_chat import ids, say, stored
from raw_http import request
from raw_hub import RawHub

PAGE = Path(__file__).resolve().parents[2] / "Examples" / "BrowserChat" / "Page"


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
    trap = "javascript:alert(1) data:text/html,x https://example.org/?a<i>"
    mallory.say("safety", trap)
    ann.sees(trap)
    links = "[...document.querySelectorAll('.bubble a')].map((link) => [link.href, link.rel])"
    assert ann.page.evaluate(links) == [["https://example.org/?a", "noopener noreferrer nofollow"]]
    ann.page.until(f"document.getElementById('people-list').textContent.includes('{name}')")
    assert ann.page.evaluate("document.querySelectorAll('.messages img, .messages b, .app i').length") == 0
    mallory.leave()
    ann.close()


def test_sends_that_fail_say_why(browser, start_server):
    server = start_server("--demo", RateLimit__SendMessage__Threshold="1")
    ann = BrowserChat(browser, server.origin, "ann", "limits")
    ann.say("one")
    ann.sees("one")
    ann.say("two")
    ann.sees("two", "failed")
    state = ann.page.evaluate("document.querySelector('.failed .state').textContent")
    again = re.fullmatch(r"Not sent\. Too many messages: at most 1 per 60 s\. Try again in (\d+) s\..*", state)
    assert again and 1 <= int(again[1]) <= 60, state
    ann.page.screenshot("chat-failed")
    ann.page.evaluate("[...document.querySelectorAll('.failed button')].at(-1).click()")
    ann.page.until(shown_count("=== 1"))
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


def test_too_long_a_message_stays_where_it_is_written(browser, demo):
    ann = BrowserChat(browser, demo.origin, "ann", "long")
    ann.say("x" * 4099)
    ann.page.until("document.getElementById('text-hint').textContent === '3 characters too many'")
    assert ann.page.evaluate("document.getElementById('text').value.length") == 4099
    ann.page.evaluate("document.getElementById('text').setSelectionRange(0, 3)")
    ann.page.press("Backspace")
    ann.page.press("Enter")
    ann.sees("x" * 4096)
    ann.close()


def test_one_person_in_two_tabs_is_one_person(browser, demo):
    tabs = [BrowserChat(browser, demo.origin, "ann", "twice") for _ in range(2)]
    bob = BrowserChat(browser, demo.origin, "bob", "twice")
    tabs[0].say("from the first")
    tabs[1].sees("from the first")
    tabs[1].say("from the second")
    for tab in tabs:
        tab.sees("from the second")
        assert tab.texts() == ["from the first", "from the second"]
        assert tab.page.evaluate("document.querySelectorAll('.mine').length") == 2
    online = "document.getElementById('people-title').textContent === 'People · 2 online'"
    bob.page.until(online)
    tabs[0].close()
    bob.say("still there?")
    tabs[1].sees("still there?")
    assert bob.page.evaluate(online)
    tabs[1].close()
    bob.page.until("document.getElementById('people-title').textContent === 'People · 1 online'")
    bob.close()
