"""The page of `chatify-server --demo` when its connection is lost: nothing of what it shows is missing or twice."""

from pathlib import Path

from browser_chat import BrowserChat, shown_count
from http_chat import say, stored

WORLDS = Path(__file__).with_name("conversation_worlds.js")
GAP = "Messages may be missing here"
FORGOTTEN = "The server has no record of what was said before."


def test_a_lost_connection_loses_and_repeats_nothing(browser, start_durable, tmp_path):
    server = start_durable(tmp_path / "data", "--demo")
    ann = joined(browser, server, "room", ["before"])
    server.crash()
    ann.has_state("waiting")
    ann.page.go_offline()
    ann.says_in_the_banner("You are offline.")
    ann.say("written while away")
    ann.sees("written while away", "queued")
    ann.page.screenshot("chat-connection-lost")
    again = start_durable(tmp_path / "data", "--demo", "--port", str(server.address[1]))
    for number in range(5):
        say(again, "room", f"missed {number}", user="bob")
    ann.page.go_offline(False)
    ann.is_connected()
    ann.page.until_traffic('"recovered":true')
    ann.sees("written while away")
    shows_all_of(ann, again, "room", 7)
    ann.close()


def test_a_gap_that_cannot_be_replayed_is_read_from_history(browser, start_durable, tmp_path):
    server = start_durable(tmp_path / "data", "--demo")
    ann = joined(browser, server, "gap", ["one", "two", "three"])
    again = miss(ann, server, start_durable, tmp_path, "gap", 120)
    # What is pushed before history is read must not hide that there is a gap in front of it.
    ann.page.hold("*/chat/history/*")
    ann.page.go_offline(False)
    ann.page.until_traffic('"recovered":false')
    ann.is_connected()
    say(again, "gap", "pushed meanwhile", user="bob")
    ann.sees("pushed meanwhile")
    written = [message["text"] for message in stored(again, "gap", 124)]
    ann.page.release()
    ann.page.until(shown_count("=== 50"))
    assert ann.texts() == written[-50:]
    say(again, "gap", "live again", user="bob")
    ann.sees("live again")
    ann.reads_back_to(125)
    shows_all_of(ann, again, "gap", 125)
    ann.close()


def test_a_small_gap_is_filled_in_place(browser, start_durable, tmp_path):
    server = start_durable(tmp_path / "data", "--demo")
    ann = joined(browser, server, "hole", ["one", "two"])
    again = miss(ann, server, start_durable, tmp_path, "hole", 3)
    ann.page.block("*/chat/history/*")
    ann.page.go_offline(False)
    ann.page.until_traffic('"recovered":false')
    ann.page.until(notice("two", GAP))
    say(again, "hole", "live", user="bob")
    ann.sees("live")
    ann.page.screenshot("chat-gap")
    ann.page.block()
    ann.page.until(shown_count("=== 6"))
    ann.page.until("!document.querySelector('.notice')")
    shows_all_of(ann, again, "hole", 6)
    ann.close()


def test_a_server_that_forgot_everything_is_believed(browser, start_server):
    server = start_server("--demo")
    ann = joined(browser, server, "memory", ["one", "two", "three"])
    server.crash()
    ann.page.go_offline()
    again = start_server("--demo", "--port", str(server.address[1]), Hub__ResumeWaitSeconds="0")
    say(again, "memory", "a new beginning", user="bob")
    ann.page.go_offline(False)
    ann.page.until_traffic('"recovered":false')
    ann.sees("a new beginning")
    shows_all_of(ann, again, "memory", 1)
    ann.page.until(f"document.querySelector('.notice').textContent === {FORGOTTEN!r}")
    say(again, "memory", "live", user="bob")
    ann.sees("live")
    shows_all_of(ann, again, "memory", 2)
    ann.close()


def test_whatever_is_lost_what_is_known_has_no_hole(browser, demo):
    page = browser.open(f"{demo.origin}/demo/")
    assert page.evaluate(f"({WORLDS.read_text()})(1, 2000)") == ""
    page.close()


def joined(browser, server, channel: str, texts: list[str]) -> BrowserChat:
    """Somebody who was there for a while, and to whom all that was pushed."""
    ann = BrowserChat(browser, server.origin, "ann", channel)
    for text in texts:
        say(server, channel, text, user="bob")
        ann.sees(text)
    ann.has_settled()
    return ann


def miss(ann: BrowserChat, server, start_durable, tmp_path, channel: str, count: int):
    """Starts the server again with messages that the page has missed and that are too many to replay."""
    ann.page.go_offline()
    server.crash()
    ann.has_state("waiting")
    again = start_durable(tmp_path / "data", "--demo", "--port", str(server.address[1]), Hub__ResumeMaxEvents="1")
    for number in range(count):
        say(again, channel, f"missed {number}", user="bob")
    return again


def shows_all_of(ann: BrowserChat, server, channel: str, count: int) -> None:
    """Whether the page shows what history holds, in its order."""
    written = [message["text"] for message in stored(server, channel, count)]
    ann.page.until(shown_count(f"=== {count}"))
    assert ann.texts() == written


def notice(text: str, begins_with: str) -> str:
    """Whether a notice stands right behind a message, as JavaScript."""
    return (
        "[...document.querySelectorAll('.message + .notice')].some((notice) =>"
        f" notice.textContent.startsWith({begins_with!r})"
        f" && notice.previousElementSibling.querySelector('.bubble').textContent === {text!r})"
    )
