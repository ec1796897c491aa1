"""What must hold after a server was killed again and again, whatever it was doing."""

from collections import Counter, defaultdict
from itertools import pairwise

from event_rules import FIELDS, history_key
from senders import Sender
from subscriber import Subscriber


def plain(event: dict) -> dict:
    """The fields that an event has everywhere: without its place in the log."""
    return {name: event[name] for name in FIELDS}


def place(answer: dict) -> tuple[int, int]:
    return answer["partition"], answer["offset"]


def first_not_growing(numbers: list[int]) -> tuple[int, int] | None:
    """The first two neighbours of which the second is not greater."""
    return next((pair for pair in pairwise(numbers) if pair[0] >= pair[1]), None)


def places_in(life: int, lists: list[list[list[dict]]]) -> list[tuple[int, int]]:
    """The places of what came in one life, from the lists of each client."""
    return [place(item) for lives in lists if life < len(lives) for item in lives[life]]


def answers_of(senders: list[Sender]) -> list[dict]:
    return [answer for sender in senders for answers in sender.answers for answer in answers]


def check_history(histories: dict[str, list[dict]], senders: list[Sender]) -> None:
    """What was answered is there exactly once, what was not answered at most once, in order, and nothing else."""
    found = [event for events in histories.values() for event in events]
    check_found(found, senders)
    for scope, events in histories.items():
        assert {event["scopeId"] for event in events} <= {scope}
        keys = [history_key(event) for event in events]
        assert keys == sorted(keys), f"the history of {scope} is not ordered"
        check_order_of_each_sender(events)


def check_found(found: list[dict], senders: list[Sender]) -> None:
    repeated = [text for text, count in Counter(event["text"] for event in found).items() if count > 1]
    assert not repeated, f"in the history more than once: {repeated[:5]}"
    assert len({event["messageId"] for event in found}) == len(found), "an id is used twice"
    stored = {event["text"]: event for event in found}
    answered = [answer["chatEvent"] for answer in answers_of(senders)]
    lost = [event for event in answered if event["text"] not in stored]
    assert not lost, f"{len(lost)} of {len(answered)} answered messages are lost, first {lost[:3]}"
    changed = [event for event in answered if plain(stored[event["text"]]) != event]
    assert not changed, f"answered otherwise than stored: {[(event, stored[event['text']]) for event in changed[:3]]}"
    sent = {text: (sender.name, scope) for sender in senders for text, scope in sender.sent.items()}
    strange = [event for event in found if sent.get(event["text"]) != (event["senderId"], event["scopeId"])]
    assert not strange, f"never sent: {strange[:3]}"


def check_order_of_each_sender(events: list[dict]) -> None:
    """A sender's own messages stand as they were sent, those included that were not answered."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for event in events:
        name, number, *_ = event["text"].split(" ")
        numbers[name].append(int(number))
    for name, found in numbers.items():
        assert found == sorted(found), f"the messages of {name} are out of order"


def check_places(senders: list[Sender], *subscribers: Subscriber) -> None:
    """A place in the log is of one message, and a message has one place."""
    answered = [(place(answer), answer["chatEvent"]["messageId"]) for answer in answers_of(senders)]
    pushed = [event for subscriber in subscribers for events in subscriber.pushed for event in events]
    message_at: dict[tuple[int, int], str] = {}
    place_of: dict[str, tuple[int, int]] = {}
    for where, message in answered + [(place(event), event["messageId"]) for event in pushed]:
        assert message_at.setdefault(where, message) == message, f"{where} is of {message_at[where]} and of {message}"
        assert place_of.setdefault(message, where) == where, f"{message} is at {place_of[message]} and at {where}"


def check_offsets_of_each_sender(senders: list[Sender]) -> None:
    """The offsets that one sender was answered grow in each partition, also over restarts."""
    for sender in senders:
        offsets: dict[int, list[int]] = defaultdict(list)
        for answer in answers_of([sender]):
            offsets[answer["partition"]].append(answer["offset"])
        for partition, answered in offsets.items():
            back = first_not_growing(answered)
            assert back is None, f"partition {partition} went from {back} for {sender.name}"


def check_offsets_over_restarts(senders: list[Sender], *subscribers: Subscriber) -> None:
    """After a restart, whatever is sent lies behind everything that anybody saw before."""
    highest: dict[int, int] = {}
    lists = [sender.answers for sender in senders]
    pushes = [subscriber.pushed for subscriber in subscribers]
    for life in range(max(len(answers) for answers in lists)):
        answered, pushed = places_in(life, lists), places_in(life, pushes)
        for partition, offset in answered:
            before = highest.get(partition, -1)
            assert offset > before, f"life {life} answered {offset} of partition {partition}, {before} was there before"
        for partition, offset in answered + pushed:
            highest[partition] = max(offset, highest.get(partition, -1))


def check_live_order(subscriber: Subscriber) -> None:
    """On each connection a scope's events are pushed in the order of the log, each once."""
    for events in subscriber.pushed:
        offsets: dict[str, list[int]] = defaultdict(list)
        for event in events:
            offsets[event["scopeId"]].append(event["offset"])
        for scope, pushed in offsets.items():
            back = first_not_growing(pushed)
            assert back is None, f"the pushes of {scope} went from {back}"


def check_heard(subscriber: Subscriber, senders: list[Sender]) -> None:
    """Every answered message reached the subscriber, as it was answered."""
    answered = [answer["chatEvent"] for answer in answers_of(senders)]
    missed = [event for event in answered if event["messageId"] not in subscriber.seen]
    assert not missed, f"the subscriber missed {len(missed)} of {len(answered)} messages, first {missed[:3]}"
    for event in answered:
        assert plain(subscriber.seen[event["messageId"]]) == event
