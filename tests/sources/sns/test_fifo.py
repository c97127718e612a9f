"""FIFO topics: order in each group, duplicates, the archive and its replays."""

import json
from typing import Any

import pytest

from eventbus.core.effects import Deliver, Delivered
from sources import sns
from sources.sns.machine import TopicMachine
from sources.sns.options import moment
from tests.sources.helpers import EPOCH, Machines, done, make_queue
from tests.sources.sns.helpers import (
    FIFO_DEAD,
    FIFO_QUEUE,
    QUEUE,
    Sink,
    fifo_message,
    make_topic,
    run_until,
    told,
    topic_at,
)

RAW = {"RawMessageDelivery": "true"}
START = "2026-01-01T00:00:00Z"


def fifo_topic(**settings: Any) -> TopicMachine:
    return make_topic("orders.fifo", **settings)


def replay(start: str = START, end: str | None = None) -> str:
    policy = {"PointType": "Timestamp", "StartingPoint": start}
    return json.dumps(policy if end is None else {**policy, "EndingPoint": end})


def test_a_group_waits_for_its_delivery() -> None:
    """While it is tried again nothing of the group overtakes it; other groups go on."""
    machine, sink = fifo_topic(), Sink(FIFO_QUEUE, ["ServiceUnavailable"] * 4)
    machine.subscribe(0.0, "sqs", FIFO_QUEUE, RAW)
    machine.publish(0.0, fifo_message("a1", "a"))
    run_until(0.5, machine, sink)
    for body in ("a2", "b1", "a3"):
        machine.publish(0.5, fifo_message(body, body[0]))
    run_until(0.9, machine, sink, now=0.5)
    assert (sink.bodies, machine.outstanding()) == (["b1"], 3)

    run_until(2.0, machine, sink, now=0.9)

    assert sink.bodies == ["b1", "a1", "a2", "a3"]
    assert machine.outstanding() == 0


def test_subscriptions_do_not_wait_for_each_other() -> None:
    """A group is held back by one of them alone."""
    machine, slow, quick = fifo_topic(), Sink(FIFO_QUEUE, ["ServiceUnavailable"] * 4), Sink(QUEUE)
    for sink in (slow, quick):
        machine.subscribe(0.0, "sqs", sink.arn, RAW)
    for body in ("1", "2"):
        machine.publish(0.0, fifo_message(body))
    run_until(0.5, machine, slow, quick)

    assert (slow.bodies, quick.bodies) == ([], ["1", "2"])


def test_the_group_goes_on_after_a_dead_letter() -> None:
    """Which is in the group as well."""
    machine, sink, dead = fifo_topic(), Sink(FIFO_QUEUE, ["AccessDeniedException"]), Sink(FIFO_DEAD.arn)
    redrive = json.dumps({"deadLetterTargetArn": FIFO_DEAD.arn})
    machine.subscribe(0.0, "sqs", FIFO_QUEUE, {**RAW, "RedrivePolicy": redrive})
    for body in ("1", "2"):
        machine.publish(0.0, fifo_message(body))
    Machines(machine, sink, dead).drain(0.0)

    assert (sink.bodies, dead.bodies) == (["2"], ["1"])
    assert (dead.got[0].group, dead.got[0].deduplication_id) == ("g", "1")


def test_standard_queues_get_no_group() -> None:
    """A FIFO topic may have them."""
    machine, sink = fifo_topic(), Sink(QUEUE)
    machine.subscribe(0.0, "sqs", QUEUE, RAW)
    machine.publish(0.0, fifo_message())
    Machines(machine, sink).drain(0.0)

    assert (sink.got[0].group, sink.got[0].deduplication_id) == (None, None)


def test_fifo_queues_keep_the_order() -> None:
    """A real one; duplicates are dropped before they reach it."""
    queue, machine = make_queue("q.fifo"), fifo_topic()
    machine.subscribe(0.0, "sqs", FIFO_QUEUE, RAW)
    for body in ("1", "2", "1", "3"):
        machine.publish(0.0, fifo_message(body))
    Machines(machine, queue).drain(0.0)

    assert [message.body for message in queue.messages()] == ["1", "2", "3"]


def test_duplicates_are_those_of_five_minutes() -> None:
    """They answer as the first did, and are delivered to nobody."""
    orders, machine = topic_at(0.0, name="orders.fifo", content_based_deduplication=True)
    feed = orders._feed

    async def publish(at: float) -> sns.PublishResult:
        feed.now = at  # type: ignore[attr-defined]  # a feed of tests
        return await orders.publish("x", message_group_id="g")

    first, again, later = done(publish(0.0)), done(publish(299.9)), done(publish(300.0))
    assert (first.message_id, first.sequence_number) == (again.message_id, again.sequence_number)
    assert first.message_id != later.message_id
    assert int(first.sequence_number or 0) < int(later.sequence_number or 0)
    assert [what for what, _ in told(machine)] == ["published", "deduplicated", "published"]


@pytest.mark.parametrize(("scope", "published"), [("Topic", 1), ("MessageGroup", 2)])
def test_scope_of_duplicates(scope: str, published: int) -> None:
    """The whole topic, or each group."""
    machine = fifo_topic(fifo_throughput_scope=scope)
    for group in ("a", "b", "a"):
        machine.publish(0.0, fifo_message("x", group, "1"))

    assert [what for what, _ in told(machine)].count("published") == published


def test_replay_sends_the_archive_in_order() -> None:
    """The same ids and times, marked as replayed, through the filter; then what is new."""
    machine, sink = fifo_topic(message_retention_period=1), Sink(FIFO_QUEUE)
    for at, body in enumerate(('{"n":1}', '{"n":2}', '{"n":3}')):
        machine.publish(float(at), fifo_message(body))
    attributes = {"FilterPolicy": '{"n":[2,3,4]}', "FilterPolicyScope": "MessageBody", "ReplayPolicy": replay()}

    subscription = machine.subscribe(10.0, "sqs", FIFO_QUEUE, attributes)
    assert subscription.replaying == 2
    Machines(machine, sink).drain(10.0)
    machine.publish(11.0, fifo_message('{"n":4}'))
    Machines(machine, sink).drain(11.0)

    found = [json.loads(body) for body in sink.bodies]
    assert [(each["Message"], each.get("Replayed"), each["Timestamp"][17:19]) for each in found] == [
        ('{"n":2}', True, "01"),
        ('{"n":3}', True, "02"),
        ('{"n":4}', None, "11"),
    ]
    assert subscription.replaying == 0


def test_replay_with_an_end_ends() -> None:
    """What is published after it is not delivered, and said to be so."""
    machine, sink = fifo_topic(message_retention_period=1), Sink(FIFO_QUEUE)
    arn = machine.subscribe(0.0, "sqs", FIFO_QUEUE, RAW).arn
    for at in (1, 2, 3):
        machine.publish(float(at), fifo_message(str(at)))
    Machines(machine, sink).drain(3.0)
    policy = replay("2026-01-01T00:00:02Z", "2026-01-01T00:00:04Z")
    machine.set_subscription_attributes(3.0, arn, "ReplayPolicy", policy)
    for at in (4, 5):
        machine.publish(float(at), fifo_message(str(at)))
    Machines(machine, sink).drain(5.0)
    machine.set_subscription_attributes(5.0, arn, "ReplayPolicy", "")
    machine.publish(6.0, fifo_message("6"))
    Machines(machine, sink).drain(6.0)

    assert sink.bodies == ["1", "2", "3", "2", "3", "4", "6"]
    assert ("filtered", "q.fifo: its replay has ended") in told(machine)


def test_archive_forgets_after_its_days() -> None:
    """At the instant itself."""
    machine, sink = fifo_topic(message_retention_period=1), Sink(FIFO_QUEUE)
    for at in (0.0, 1.0):
        machine.publish(at, fifo_message(str(at)))
    machine.subscribe(86_400.0, "sqs", FIFO_QUEUE, {**RAW, "ReplayPolicy": replay()})
    Machines(machine, sink).drain(86_400.0)

    assert sink.bodies == ["1.0"]


def test_archive_begins_and_ends_with_its_policy() -> None:
    """What came before is not in it; emptied, it is gone."""
    machine = fifo_topic()
    machine.publish(0.0, fifo_message("before"))
    machine.change_settings(1.0, "ArchivePolicy", '{"MessageRetentionPeriod": "30"}')
    machine.publish(2.0, fifo_message("after"))
    archive = machine.archive

    assert archive is not None
    assert archive.began_at == 1.0
    assert [message.body for message in archive.between(2.0, 30, 0.0, 9.0)] == ["after"]
    machine.change_settings(3.0, "ArchivePolicy", "{}")
    assert machine.archive is None


def test_without_an_archive_replays_are_over() -> None:
    """Their policies go with it."""
    machine = fifo_topic(message_retention_period=1)
    attributes = {**RAW, "ReplayPolicy": replay(end="2026-01-01T00:00:01Z")}
    subscription = machine.subscribe(0.0, "sqs", FIFO_QUEUE, attributes)
    machine.change_settings(2.0, "ArchivePolicy", "")
    machine.publish(3.0, fifo_message())

    assert subscription.options.texts == RAW
    assert machine.outstanding() == 1


@pytest.mark.parametrize(
    "policy",
    [
        '{"PointType":"Timestamp"}',
        '{"PointType":"Timestamp","StartingPoint":"yesterday"}',
        '{"PointType":"Begin","StartingPoint":"2026-01-01T00:00:00Z"}',
        '{"PointType":"Timestamp","StartingPoint":"2026-01-01T00:00:00Z","Speed":2}',
        "x",
    ],
)
def test_wrong_replays_are_refused(policy: str) -> None:
    """And any, where there is no archive."""
    for machine, given in ((fifo_topic(message_retention_period=1), policy), (fifo_topic(), replay())):
        with pytest.raises(sns.InvalidParameterException):
            machine.subscribe(0.0, "sqs", FIFO_QUEUE, {"ReplayPolicy": given})
        assert machine.subscriptions == {}


def test_times_without_a_zone_are_utc() -> None:
    """So that a test means the same everywhere."""
    assert moment("2026-01-01T00:00:00") == EPOCH
    assert moment("2026-01-01T01:00:00+01:00") == EPOCH


def test_status_of_a_replay() -> None:
    """In progress until everything has arrived."""
    orders, machine = topic_at(0.0, name="orders.fifo", message_retention_period=1)
    machine.publish(0.0, fifo_message())
    subscription = machine.subscribe(0.0, "sqs", FIFO_QUEUE, {"ReplayPolicy": replay()})
    effects = list(machine.effects)
    machine.effects.clear()

    assert done(orders.get_subscription_attributes(subscription.arn))["ReplayStatus"] == "In progress"
    machine.delivered(0.0, effects[0].token, None)  # type: ignore[union-attr]  # the one delivery
    assert done(orders.get_subscription_attributes(subscription.arn))["ReplayStatus"] == "Completed"


def test_message_without_a_group_is_no_fifo_message() -> None:
    """A machine that publishes one is refused."""
    machine = fifo_topic(content_based_deduplication=True)
    machine.deliver(0.0, Deliver(machine.arn, QUEUE, 1, "x"))
    machine.deliver(0.0, Deliver(machine.arn, QUEUE, 2, "x", group="g"))

    answers = [effect.error for effect in machine.effects if isinstance(effect, Delivered)]
    assert answers[0] is not None
    assert answers[1] is None
