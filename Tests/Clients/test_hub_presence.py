"""Who is online: `WatchPresenceAsync` and `ReceivePresence`, on one pod and across pods."""

from raw_hub import RawHub


def change(record: dict) -> tuple[str, bool]:
    """Who came or went, as a pushed record says it."""
    assert set(record) == {"type", "target", "arguments"}, record
    assert (record["type"], record["target"]) == (1, "ReceivePresence"), record
    (argument,) = record["arguments"]
    assert set(argument) == {"userId", "isOnline"}, record
    return argument["userId"], argument["isOnline"]


def test_comings_and_goings_are_pushed_at_once(start_server):
    # The next lookup is far away: what is pushed is known from the connections themselves.
    server = start_server(Hub__PresenceIntervalSeconds="3600")
    ann = RawHub(server.address, "ann")
    assert ann.result("WatchPresenceAsync", ["bob", "cid"]) == []
    bob = RawHub(server.address, "bob")
    assert change(ann.read()) == ("bob", True)
    assert ann.result("WatchPresenceAsync", ["bob", "cid"]) == ["bob"]
    bob.leave()
    assert change(ann.read()) == ("bob", False)
    cid = RawHub(server.address, "cid")
    assert change(ann.read()) == ("cid", True)
    assert ann.result("WatchPresenceAsync", []) == []
    cid.leave()
    ann.hears_nothing()
    ann.leave()


def test_who_watches_nobody_is_told_of_nobody(start_server):
    server = start_server()
    ann, bob = RawHub(server.address, "ann"), RawHub(server.address, "bob")
    bob.leave()
    ann.hears_nothing()
    ann.leave()


def test_other_pods_are_looked_up(start_pod):
    near = start_pod("pod-near", Hub__PresenceIntervalSeconds="1")
    far = start_pod("pod-far", Hub__PresenceIntervalSeconds="1")
    ann = RawHub(near.address, "ann")
    assert ann.result("WatchPresenceAsync", ["bob"]) == []
    bob = RawHub(far.address, "bob")
    assert change(ann.read()) == ("bob", True)
    bob.leave()
    assert change(ann.read()) == ("bob", False)
    ann.leave()


def test_too_many_are_refused(start_server):
    ann = RawHub(start_server().address, "ann")
    assert "VALIDATION_ERROR" in ann.error("WatchPresenceAsync", [f"user-{number}" for number in range(101)])
    assert ann.result("WatchPresenceAsync", [f"user-{number}" for number in range(100)]) == []
    ann.leave()
