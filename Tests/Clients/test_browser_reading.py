"""Reading on the page of `chatify-server --demo`: what is old, what is new, and where one is in between."""

from browser_chat import BrowserChat
from http_chat import say, stored

TIMELINE = "document.getElementById('timeline')"


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


def test_the_place_where_one_reads_stays(browser, demo):
    for number in range(80):
        say(demo, "place", f"message {number}\n" * (1 + number % 3), user="bob")
    stored(demo, "place", 80)
    ann = BrowserChat(browser, demo.origin, "ann", "place")
    page = ann.page
    page.hold("*/chat/history/*")
    page.evaluate(f"{TIMELINE}.scrollTop = 120")
    page.until("document.getElementById('older').textContent === 'Loading…'")
    page.evaluate("window.seen = document.querySelectorAll('.message')[1]")
    page.evaluate("window.top0 = seen.getBoundingClientRect().top")
    page.release()
    page.until("document.querySelectorAll('.message').length === 80")
    assert abs(page.evaluate("seen.getBoundingClientRect().top - top0")) < 2
    say(demo, "place", "below", user="bob")
    ann.sees("below")
    assert abs(page.evaluate("seen.getBoundingClientRect().top - top0")) < 2
    ann.close()


def test_what_comes_while_one_reads_further_up_is_counted_and_marked(browser, demo):
    for number in range(30):
        say(demo, "news", f"message {number}", user="bob")
    ann = BrowserChat(browser, demo.origin, "ann", "news")
    page = ann.page
    ann.sees("message 29")
    page.evaluate(f"{TIMELINE}.scrollTop = 0")
    page.until("!document.getElementById('to-latest').hidden")
    for number in range(3):
        say(demo, "news", f"news {number}", user="bob")
    page.until("document.getElementById('to-latest').textContent === '3 new messages ↓'")
    assert page.evaluate("document.title") == "(3) #news · Chatify"
    page.screenshot("chat-unread")
    page.click("#to-latest")
    page.until("document.getElementById('to-latest').hidden && document.title === '#news · Chatify'")
    assert page.evaluate("document.querySelector('.unread + .message .bubble').textContent") == "news 0"
    ann.say("I have read it.")
    ann.sees("I have read it.")
    page.until("!document.querySelector('.unread')")
    ann.close()


def test_channels_one_does_not_look_at_are_counted(browser, demo):
    say(demo, "front", "before", user="bob")
    stored(demo, "front", 1)
    ann = BrowserChat(browser, demo.origin, "ann", "front")
    page = ann.page
    page.evaluate("document.getElementById('join-channel').focus()")
    page.type("back")
    page.press("Enter")
    page.until("document.getElementById('title').textContent === '#back'")
    ann.has_read("back")
    ann.has_read("front")
    say(demo, "front", "over here", user="bob")
    page.until("document.querySelector('.channel[aria-label=\"front, 1 unread\"]')")
    page.click(".channel[aria-label='front, 1 unread']")
    ann.sees("over here")
    page.until("!document.querySelector('.badge')")
    ann.close()
