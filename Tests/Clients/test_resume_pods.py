"""Resuming on another pod when the one that a client was on is dead; the pods share a log in Kafka."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from byte_stream import WAIT
from http_chat import say
from resuming import ROOMY, ResumingListener, follows
from senders import HubSender


@pytest.fixture
def start_pod_on(kafka, launch):
    """Starts pods that share one topic of the test's own and keep their history in memory; they end before the cluster."""
    topic = kafka.make_topic()
    return lambda pod, **settings: launch(("--in-memory",), topic.settings() | ROOMY | settings, pod=pod)


def test_clients_of_a_dead_pod_go_on_at_another(start_pod_on, scope, names, seed):
    """Ten clients hear A; A is killed while they hear; all is said through B meanwhile; they resume on B while it goes on."""
    first, second = start_pod_on("pod-a"), start_pod_on("pod-b")
    listeners = [ResumingListener(scope, names(f"listener{index}")) for index in range(10)]
    for listener in listeners:
        listener.join(first)
    sender = HubSender(names("talker"), [scope], seed, window=4)
    answered = threading.Semaphore(0)
    talking = threading.Thread(target=sender.talk, args=(second, answered))
    talking.start()
    with ThreadPoolExecutor(len(listeners)) as pool:
        try:
            assert answered.acquire(timeout=WAIT)
            list(pool.map(lambda listener: listener.hear(50), listeners))
            first.crash()
            list(pool.map(lambda listener: listener.hear_until_death(), listeners))
            results = list(pool.map(lambda listener: listener.resume(second), listeners))
            list(pool.map(lambda listener: listener.hear(50), listeners))
        finally:
            second.crash()
        list(pool.map(lambda listener: listener.hear_until_death(), listeners))
    talking.join()
    assert all(result["recovered"] for result in results), results
    answers = [answer for answers in sender.answers for answer in answers]
    for listener in listeners:
        whole = [answer for answer in answers if answer["offset"] <= listener.heard[-1]["offset"]]
        follows(listener.heard, whole)
        assert len(listener.heard) >= 100


def test_what_a_pod_has_forgotten_is_found_in_the_log(start_pod_on, scope, names):
    """A pod with room for some three records finds the rest again in Kafka, for many who come from a dead pod at one time."""
    first, second = start_pod_on("pod-a"), start_pod_on("pod-b", Hub__ResumeWindowBytes="2000")
    listeners = [ResumingListener(scope, names(f"listener{index}")) for index in range(5)]
    witness = ResumingListener(scope, names("witness"))
    for listener in listeners:
        listener.join(first)
    witness.join(second)
    answers = [say(second, scope, str(number)) for number in range(3)]
    for listener in listeners:
        listener.hear(3)
    first.crash()
    for listener in listeners:
        listener.hear_until_death()
    for number in range(3, 63):
        # Looked through and not pushed.
        say(second, f"{scope}-{number % 3}", "of others")
        answers.append(say(second, scope, str(number)))
    # So that the pod has read them, and forgotten most.
    witness.hear(63)
    with ThreadPoolExecutor(len(listeners)) as pool:
        results = list(pool.map(lambda listener: listener.resume(second), listeners))
    assert all(result["recovered"] for result in results), results
    answers.append(say(second, scope, "live"))
    for listener in listeners:
        listener.hear(61)
        follows(listener.heard, answers)
        assert [event["text"] for event in listener.heard] == [str(number) for number in range(63)] + ["live"]
        listener.hub.hears_nothing()
        listener.disconnect()
    witness.disconnect()


def test_a_new_pod_knows_where_it_begins(start_pod_on, scope, names):
    """It was given nothing, and still knows what a client missed that was on another pod."""
    first = start_pod_on("pod-a")
    before, last = say(first, scope, "before"), say(first, scope, "last")
    second = start_pod_on("pod-b")
    place = {"partition": last["partition"], "offset": last["offset"]}
    up_to_date = ResumingListener(scope, names("alice"))
    assert up_to_date.resume(second, place) == {"recovered": True, "replayed": 0}
    behind = ResumingListener(scope, names("bob"))
    assert behind.resume(second, place | {"offset": before["offset"]}) == {"recovered": True, "replayed": 1}
    say(first, scope, "live")
    for listener, texts in ((up_to_date, ["live"]), (behind, ["last", "live"])):
        assert [event["text"] for event in listener.hear(len(texts))] == texts
        listener.disconnect()


def test_a_pod_that_was_stopped_goes_on_where_it_stopped(start_pod_on, scope, names):
    """Started again under its name it reads what it missed, so that its clients can resume."""
    first, second = start_pod_on("pod-a"), start_pod_on("pod-b")
    listener = ResumingListener(scope, names("alice"))
    listener.join(first)
    say(second, scope, "heard")
    listener.hear(1)
    listener.disconnect()
    first.stop()
    answers = [say(second, scope, str(number)) for number in range(20)]
    again = start_pod_on("pod-a")
    assert listener.resume(again)["recovered"]
    listener.hear(20)
    follows(listener.heard, answers)
    listener.hub.hears_nothing()
    listener.disconnect()
