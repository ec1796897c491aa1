"""Resuming on one server: what is answered, what is pushed, and a kill between (contracts.md section 4)."""

import threading

import pytest

from http_chat import all_pages, ids, say, stored
from raw_hub import CHANNEL, RawHub
from resuming import ROOMY, ResumingListener, follows
from senders import HubSender

RESUME = "ResumeScopeAsync"


@pytest.fixture(scope="module")
def small_server(start_server):
    """A server that replays five events at most, remembers none, and waits for no position.

    It has one loop: who hears an event there knows that all others who are there are to hear it too.
    """
    settings = {"Hub__ResumeMaxEvents": "5", "Hub__ResumeWindowBytes": "0", "Hub__ResumeWaitSeconds": "0"}
    return start_server("--loops", "1", **settings)


def position(answer: dict) -> dict:
    return {key: answer[key] for key in ("partition", "offset")}


def texts(events: list[dict]) -> list[str]:
    return [event["text"] for event in events]


def say_and_hear(server, scope: str, witness: str, *said: str) -> list[dict]:
    """Says something and hears it, so that it was read from the log when this returns."""
    hub = RawHub(server.address, witness)
    hub.join(scope)
    answers = [hub.say(scope, text) for text in said]
    hub.hear(*said)
    hub.leave()
    return answers


def test_what_was_missed_then_live(server, scope, names):
    """What is answered as sent but not yet read from the log when the client resumes is replayed to nobody: it comes live."""
    answers = [say(server, scope, str(number)) for number in range(6)]
    listener = ResumingListener(scope, names("alice"))
    result = listener.resume(server, position(answers[2]))
    assert result["recovered"] and result["replayed"] <= 3
    live = say(server, scope, "live")
    assert texts(listener.hear(4)) == ["3", "4", "5", "live"]
    assert listener.position == position(live)
    listener.hub.hears_nothing()
    listener.disconnect()


def test_nothing_missed(server, scope, names):
    last = say(server, scope, "last")
    listener = ResumingListener(scope, names("alice"))
    assert listener.resume(server, position(last)) == {"recovered": True, "replayed": 0}
    listener.hub.hears_nothing()
    listener.disconnect()


def test_without_a_type_the_direct_messages_too_for_those_whose_they_are(server, names):
    alice, bob = names("alice"), names("bob")
    scope = f"{alice}-{bob}"
    first = say(server, scope, "channel", alice)
    say(server, scope, "direct", alice, 1)
    say(server, scope, "channel again", alice)
    expected = {alice: ["direct", "channel again"], names("carol"): ["channel again"]}
    for name, missed in expected.items():
        hub = RawHub(server.address, name)
        assert hub.result(RESUME, scope, position(first))["recovered"]
        hub.hear(*missed)
        hub.hears_nothing()
        hub.leave()
    stranger = RawHub(server.address, names("carol"))
    assert stranger.error(RESUME, scope, position(first), 1) == (
        "Failed to invoke 'ResumeScopeAsync' because user is unauthorized"
    )
    stranger.leave()


def test_positions_that_are_not_of_this_log(small_server, scope, names):
    """The client is told, is joined, and hears what is said from now on."""
    [last] = say_and_hear(small_server, scope, names("witness"), "last")
    places = [
        {"partition": (last["partition"] + 1) % 3, "offset": 0},
        {"partition": 2_147_483_647, "offset": 0},
        {"partition": last["partition"], "offset": last["offset"] + 1000},
        {"partition": last["partition"], "offset": 9_007_199_254_740_991},
    ]
    for number, place in enumerate(places):
        listener = ResumingListener(scope, names("alice"))
        assert listener.resume(small_server, place) == {"recovered": False, "replayed": 0}
        say(small_server, scope, f"live {number}")
        assert texts(listener.hear(1)) == [f"live {number}"]
        listener.disconnect()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a"],
        ["a", None],
        ["a", 1],
        ["a", {}],
        ["a", {"partition": 0}],
        ["a", {"partition": 0, "offset": "1"}],
        ["a", {"partition": 0, "offset": 1e300}],
        ["a", {"partition": 0, "offset": 1.5}],
        ["a", {"partition": 1.0, "offset": 1}],
        ["a", {"partition": "0", "offset": 1}],
        ["a", {"partition": None, "offset": 1}],
        ["a", {"partition": 0, "offset": None}],
        ["a", {"partition": 0, "offset": True}],
        ["a", [0, 1]],
        ["a", "0-1"],
        ["a", {"partition": 0, "offset": -1}],
        ["a", {"partition": -1, "offset": 1}],
        ["a", {"partition": 2**31, "offset": 1}],
        ["a", {"partition": 0, "offset": 2**63 - 1}],
        ["a", {"partition": 0, "offset": 2**64}],
        ["a", {"partition": 0, "offset": 1}, 2],
        ["a", {"partition": 0, "offset": 1}, 0, 0],
        ["", {"partition": 0, "offset": 1}],
    ],
)
def test_positions_that_are_none(server, names, arguments):
    hub = RawHub(server.address, names("mallory"))
    assert "'ResumeScopeAsync'" in hub.error(RESUME, *arguments)
    assert hub.result("HeartbeatAsync") is None, "the connection stays open"
    hub.leave()


def test_what_is_too_much_is_in_the_history(small_server, scope, names):
    answers = say_and_hear(small_server, scope, names("witness"), *(str(number) for number in range(8)))
    listener = ResumingListener(scope, names("alice"))
    assert listener.resume(small_server, position(answers[2])) == {"recovered": True, "replayed": 5}
    assert texts(listener.hear(5)) == ["3", "4", "5", "6", "7"], "from the log, for the server remembers nothing"
    listener.disconnect()
    late = ResumingListener(scope, names("bob"))
    assert late.resume(small_server, position(answers[1])) == {"recovered": False, "replayed": 0}
    live = say(small_server, scope, "live")
    assert ids(late.hear(1)) == [live["chatEvent"]["messageId"]], "only what is new"
    assert texts(stored(small_server, scope, 9)) == [str(number) for number in range(8)] + ["live"]
    late.disconnect()


def test_a_connection_that_is_joined_gets_again_what_it_asks_for(server, scope, names):
    hub = RawHub(server.address, names("alice"))
    hub.join(scope)
    answers = [hub.say(scope, str(number)) for number in range(3)]
    hub.hear("0", "1", "2")
    assert hub.result(RESUME, scope, position(answers[0]), CHANNEL) == {"recovered": True, "replayed": 2}
    hub.hear("1", "2")
    hub.say(scope, "3")
    hub.hear("3")
    hub.hears_nothing()
    hub.leave()


@pytest.mark.parametrize("remembered", ["67108864", "0"], ids=["from memory", "from the file"])
def test_kill_and_resume(start_durable, tmp_path, names, seed, remembered):
    """Four senders talk without pause while the server is killed, twice; nothing that was answered is missed or comes twice."""
    scope = "lobby"
    senders = [HubSender(names(f"talker{index}"), [scope], f"{seed} {index}", window=4) for index in range(4)]
    listener = ResumingListener(scope, names("listener"))
    for life in range(3):
        server = start_durable(tmp_path, Hub__ResumeWindowBytes=remembered, **ROOMY)
        if life == 0:
            listener.join(server)
        else:
            assert listener.resume(server)["recovered"]
        talk_and_kill(server, senders, listener)
    server = start_durable(tmp_path, Hub__ResumeWindowBytes=remembered, **ROOMY)
    result = listener.resume(server)
    assert result["recovered"]
    last = say(server, scope, "last")
    listener.hear_until(last["chatEvent"]["messageId"])
    listener.hub.hears_nothing()
    follows(listener.heard, [answer for sender in senders for answers in sender.answers for answer in answers])
    assert ids(listener.heard) == [event["messageId"] for event in in_log_order(server, scope, listener.heard)]
    listener.disconnect()


def talk_and_kill(server, senders: list[HubSender], listener: ResumingListener) -> None:
    """Kills the server when every sender was answered and the listener heard a hundred events more."""
    answered = threading.Semaphore(0)
    threads = [threading.Thread(target=sender.talk, args=(server, answered)) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        listener.hear(100)
        all_talk = all(answered.acquire(timeout=10) for _ in senders)
    finally:
        server.crash()
    listener.hear_until_death()
    for thread in threads:
        thread.join()
    assert all_talk


def in_log_order(server, scope: str, heard: list[dict]) -> list[dict]:
    """The whole history, in the order of the log: what one pod stamps is in both orders the same but for ties in time."""
    places = {event["messageId"]: event["offset"] for event in heard}
    return sorted(all_pages(server, scope, limit=500), key=lambda event: places[event["messageId"]])
