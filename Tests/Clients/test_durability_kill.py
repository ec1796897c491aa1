"""The server is killed at any moment, again and again: nothing that was answered is lost (design.md section 4)."""

import random
import time

import durability_rules as rules
from kill_rig import KillRig

LIVES = 20


def test_killed_again_and_again(start_durable, kill_at_start, tmp_path, seed):
    """Lives of 50 to 400 ms of traffic; every fourth is preceded by one that ends before it has well begun."""
    choice = random.Random(seed)
    rig = KillRig(lambda: start_durable(tmp_path), seed)
    under_way = []
    for life in range(LIVES):
        if life % 4 == 3:
            kill_at_start(tmp_path, choice.uniform(0.01, 0.12))
        under_way.append(rig.live_and_die(lambda: time.sleep(choice.uniform(0.05, 0.4))))
    rig.last_words()

    rules.check_history(rig.histories(), rig.senders)
    for subscriber in rig.subscribers:
        rules.check_heard(subscriber, rig.senders)
        rules.check_live_order(subscriber)
    rules.check_places(rig.senders, *rig.subscribers)
    rules.check_offsets_of_each_sender(rig.senders)
    rules.check_offsets_over_restarts(rig.senders, *rig.subscribers)
    assert rig.answered > 20 * LIVES, f"only {rig.answered} sends were answered"
    assert sum(count > 0 for count in under_way) >= LIVES // 4, f"sends under way at the kills: {under_way}"
    assert any(subscriber.missed for subscriber in rig.subscribers), "nobody had to read the history"


def test_killed_while_it_checkpoints(start_durable, tmp_path, seed):
    """Long messages fill the write-ahead log quickly; the kill comes when the database file itself is written."""
    choice = random.Random(seed)
    database = tmp_path / "chatify.db"

    def wait_for_checkpoint() -> None:
        before = database.stat().st_mtime_ns
        end = time.monotonic() + 30
        while database.stat().st_mtime_ns == before:
            assert time.monotonic() < end, "no checkpoint"
            time.sleep(0.0002)
        time.sleep(choice.uniform(0, 0.004))

    rig = KillRig(lambda: start_durable(tmp_path), seed, filler="\u20ac" * 4000, with_subscribers=False)
    for _ in range(5):
        rig.live_and_die(wait_for_checkpoint)
    rig.last_words()

    rules.check_history(rig.histories(), rig.senders)
    rules.check_places(rig.senders)
    rules.check_offsets_of_each_sender(rig.senders)
    rules.check_offsets_over_restarts(rig.senders)
