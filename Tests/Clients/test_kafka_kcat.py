"""Another program on the topic: kcat, and librdkafka's partitioner with it (contracts.md sections 1 and 5)."""

import json
import uuid

import pytest

from event_rules import FIELDS
from http_chat import say, stored
from kafka_topic import event_of_another
from raw_http import post_json
from raw_hub import RawHub


@pytest.fixture(scope="module")
def topic(kafka):
    return kafka.make_topic()


@pytest.fixture(scope="module")
def pods(start_kafka_pod, topic):
    return [start_kafka_pod(topic, f"pod-{index}") for index in range(2)]


#: Ways of writing that are read, and how each is told to clients.
FREEDOMS = [
    ({}, {}),
    ({"scopeType": "Channel"}, {"scopeType": 0}),
    ({"scopeType": "channel"}, {"scopeType": 0}),
    ({"createdAtUtc": "2099-01-15T12:30:00.1234567+02:00"}, {"createdAtUtc": "2099-01-15T10:30:00.123Z"}),
    ({"createdAtUtc": "2099-01-15T10:30:00Z"}, {"createdAtUtc": "2099-01-15T10:30:00.000Z"}),
    ({"text": ""}, {}),
    ({"text": "ünï 日本 🙂 \" \\ \n"}, {}),
    ({"more": {"nested": [1, None]}}, {}),
]


@pytest.mark.parametrize("written, told", FREEDOMS)
def test_records_of_others_are_delivered_and_stored(topic, pods, scope, written, told):
    hubs = [RawHub(pod.address, "alice") for pod in pods]
    for hub in hubs:
        hub.join(scope)
    event = event_of_another(scope, **written)
    topic.write(event, key=scope)
    expected = {name: value for name, value in (event | told).items() if name in FIELDS}
    for hub in hubs:
        pushed = hub.next_event()
        assert {name: pushed[name] for name in FIELDS} == expected
        hub.leave()
    for pod in pods:
        assert [{name: found[name] for name in FIELDS} for found in stored(pod, scope, 1)] == [expected]


def test_ids_are_read_in_any_case(topic, pods, scope):
    event = event_of_another(scope)
    topic.write(event | {"messageId": event["messageId"].upper()}, key=scope)
    assert stored(pods[0], scope, 1)[0]["messageId"] == event["messageId"]


def test_direct_messages_of_others(topic, pods, names):
    """The participants hear them, a stranger does not."""
    first, second, stranger = names("alice"), names("bob"), names("mallory")
    scope = f"{first}-{second}"
    hubs = {user: RawHub(pods[0].address, user) for user in (first, second, stranger)}
    for hub in hubs.values():
        hub.join(scope)
    topic.write(event_of_another(scope, "secret", scopeType="DirectMessage"), key=scope)
    topic.write(event_of_another(scope, "open"), key=scope)
    for user in (first, second):
        hubs[user].hear("secret", "open")
    hubs[stranger].hear("open")
    for hub in hubs.values():
        hub.leave()


@pytest.mark.parametrize("text", ["Hello", "", "ünï 日本 🙂 \" \\ / \n \u0001", "x" * 4096])
def test_what_we_write_reads_back(topic, pods, scope, text):
    """Key, headers and body are the contract's, and so is the place that the sender was answered."""
    correlation = f"corr_{uuid.uuid4()}"
    trace = f"00-{uuid.uuid4().hex}-00f067aa0ba902b7-01"
    response = post_json(
        pods[0].address,
        "/chat/send",
        {"scopeType": 0, "scopeId": scope, "text": text},
        {"X-User-Id": "alice", "X-Correlation-ID": correlation, "traceparent": trace},
    )
    assert response.status == 200, response
    answer = response.json()
    (record,) = [record for record in topic.records() if record.key == scope]
    assert record.place == (answer["partition"], answer["offset"])
    assert record.headers["correlation-id"] == correlation
    assert set(record.headers) <= {"correlation-id", "traceparent"}
    event = json.loads(record.value)
    assert event == answer["chatEvent"] and set(event) == FIELDS
    assert (event["text"], event["senderId"], event["originPodId"]) == (text, "alice", "pod-0")


def test_partition_of_a_key_is_librdkafkas(topic, pods, scope):
    """A scope's records stand together, whoever writes them."""
    scopes = [scope, *(f"{scope}-{index}" for index in range(20)), f"ünï {scope}", f"{scope} 日本", f"{scope}🙂" * 10]
    topic.write_lines([f"{each}\t{json.dumps(event_of_another(each))}" for each in scopes])
    ours = {each: say(pods[1], each, "ours")["partition"] for each in scopes}
    theirs = {record.key: record.partition for record in topic.records() if "from afar" in record.value}
    assert {each: theirs[each] for each in scopes} == ours
    assert set(ours.values()) == set(range(topic.partitions)), "too few partitions to mean anything"
