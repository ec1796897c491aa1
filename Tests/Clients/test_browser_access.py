"""The page of `chatify-server --demo` for those who use keys, a screen reader or a phone."""

from browser_chat import BrowserChat
from browser_page import ALT, SHIFT
from http_chat import say

PHONE = (390, 844)
NEEDS_NAME = ("button", "textbox", "log", "navigation", "complementary", "link", "dialog")


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


def test_everything_has_a_name_for_those_who_do_not_see_it(browser, demo):
    ann = BrowserChat(browser, demo.origin, "ann", "names")
    ann.say("see https://example.org/")
    ann.sees("see https://example.org/")
    nodes = ann.page.call("Accessibility.getFullAXTree")["nodes"]
    found = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    assert {"main", "navigation", "complementary", "log", "heading"} <= {role for role, _ in found}
    assert [role for role, name in found if role in NEEDS_NAME and not name] == []
    assert ("textbox", "Message") in found
    ann.close()


def test_what_others_say_is_read_aloud_once_and_the_past_is_not(browser, demo):
    say(demo, "aloud", "long ago", user="bob")
    ann = BrowserChat(browser, demo.origin, "ann", "aloud")
    ann.sees("long ago")
    say(demo, "aloud", "right now", user="bob")
    ann.page.until("document.getElementById('announcer').textContent === 'bob: right now'")
    ann.say("my own words")
    ann.sees("my own words")
    assert ann.page.evaluate("document.getElementById('announcer').textContent") == "bob: right now"
    assert ann.page.evaluate("document.getElementById('announcer').ariaLive") == "polite"
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
    page.prefer("dark", motion="reduce")
    assert page.evaluate("getComputedStyle(document.getElementById('channels')).transitionDuration") == "0s"
    page.screenshot("chat-phone-dark")
    ann.close()


def test_a_long_name_and_a_long_word_stay_within_a_phone(browser, demo):
    ann = BrowserChat(browser, demo.origin, "ann", "wide", *PHONE)
    ann.page.resize(*PHONE, is_phone=True)
    say(demo, "wide", "w" * 400, user="n" * 256)
    say(demo, "wide", "مرحبا https://example.org/" + "x" * 200, user="محمد")
    ann.page.until("document.querySelectorAll('.message').length === 2")
    assert ann.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert ann.page.evaluate("document.getElementById('timeline').scrollWidth") <= PHONE[0]
    assert ann.page.evaluate("document.querySelector('.byline').getBoundingClientRect().height") < 40
    ann.close()


def test_the_page_keeps_above_the_keyboard_of_a_phone(browser, demo):
    ann = BrowserChat(browser, demo.origin, "ann", "keyboard", *PHONE)
    ann.page.evaluate(
        "import('/demo/viewport.js').then(({ followViewport }) => {"
        " window.fake = Object.assign(new EventTarget(), { height: 844, scale: 1 }); followViewport(fake); })"
    )
    height = "document.getElementById('app').getBoundingClientRect().height"
    ann.page.evaluate("Object.assign(fake, { height: 500 }).dispatchEvent(new Event('resize'))")
    assert ann.page.evaluate(height) == 500
    # Who zooms in does so to see something larger, not to have the page laid out anew.
    ann.page.evaluate("Object.assign(fake, { height: 250, scale: 2 }).dispatchEvent(new Event('resize'))")
    assert ann.page.evaluate(height) == 500
    ann.close()
