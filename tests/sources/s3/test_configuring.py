"""Notification configurations at run time: replaced as a whole, once every destination has taken its test message."""

import copy
from typing import Any

import pytest

from eventbus import App
from eventbus.core.effects import Arrived, Deliver
from eventbus.errors import AccessDeniedException
from eventbus.names import arn_of, function_arn
from sources import s3, sqs
from sources.s3.configurations import OVERLAP
from sources.s3.configuring import NO_ARN, NO_EVENT, NO_RULE, NOT_VALIDATED, change_of
from tests.contracts.s3_tables import OVERLAPS, Overlap
from tests.golden import load, match
from tests.helpers import echo, virtually
from tests.sources.helpers import done
from tests.sources.s3.helpers import CONTENT, KEY, QUEUE, Sink, bucket_at, make_machine

CREATED = ["s3:ObjectCreated:*"]
TOPIC = arn_of("sns", "topic")
MISSING = arn_of("sqs", "my-queue")
FILTER = {"key": {"filter_rules": [{"name": "prefix", "value": "in/"}, {"name": "SUFFIX", "value": ".csv"}]}}


def queue(arn: Any = QUEUE.arn, **settings: Any) -> dict[str, Any]:
    return {"queue_configurations": [{"id": "notify", "queue_arn": arn, "events": CREATED, **settings}]}


def put(uploads: s3.BucketClient, given: Any, **settings: Any) -> None:
    done(uploads.put_bucket_notification_configuration(given, **settings))


def refused(given: Any, **settings: Any) -> s3.S3Error:
    """The refusal; the bucket is as it was."""
    uploads, _, machine = bucket_at()
    before = machine.configurations
    with pytest.raises(s3.S3Error) as raised:
        put(uploads, given, **settings)
    assert machine.configurations is before
    return raised.value


def test_put_replaces_everything() -> None:
    """Also what was declared; the test message is the golden, then events go by the new one."""
    uploads, sink, _ = bucket_at()
    put(uploads, queue(filter=FILTER))
    done(uploads.put_object("in/a.txt"))
    done(uploads.put_object(KEY, CONTENT))

    told, event = sink.bodies
    match(load("s3/test_event"), told)
    match(load("s3/object_created_put"), event)


def test_get_shows_what_was_put() -> None:
    """By kind, filter rules in capitals; what is shown may be put again."""
    uploads, _, _ = bucket_at(notify=False)
    work = function_arn("work")
    given = {
        **queue(filter=FILTER),
        "lambda_function_configurations": [{"lambda_function_arn": work, "events": ["s3:ObjectRemoved:Delete"]}],
        "event_bridge_configuration": {},
    }

    async def main() -> tuple[dict[str, Any], dict[str, Any]]:
        await uploads.put_bucket_notification_configuration(given)
        found = await uploads.get_bucket_notification_configuration()
        await uploads.put_bucket_notification_configuration(found)
        return found, await uploads.get_bucket_notification_configuration()

    found, again = done(main())
    rules = [{"name": "Prefix", "value": "in/"}, {"name": "Suffix", "value": ".csv"}]
    assert found["queue_configurations"] == [
        {"id": "notify", "queue_arn": QUEUE.arn, "events": CREATED, "filter": {"key": {"filter_rules": rules}}}
    ]
    [function] = found["lambda_function_configurations"]
    assert function.pop("id")
    assert function == {"lambda_function_arn": work, "events": ["s3:ObjectRemoved:Delete"]}
    assert found["event_bridge_configuration"] == {}
    assert again["queue_configurations"] == found["queue_configurations"]


def test_empty_configuration_ends_all() -> None:
    """Nothing is told any more."""
    uploads, sink, _ = bucket_at()
    put(uploads, {})
    done(uploads.put_object(KEY))

    assert sink.bodies == []
    assert done(uploads.get_bucket_notification_configuration()) == {}


def test_declared_notifications_are_shown() -> None:
    """With the bus, where the bucket has it."""
    uploads, _, _ = bucket_at(event_bridge_enabled=True)
    found = done(uploads.get_bucket_notification_configuration())

    assert [each["id"] for each in found["queue_configurations"]] == ["notify"]
    assert found["event_bridge_configuration"] == {}


def test_missing_queues_are_named() -> None:
    """As recorded 2025-01: each with its number; the queue that is there got a test message."""
    given = {"queue_configurations": [
        {"queue_arn": MISSING, "events": CREATED, "id": "a"},
        {"queue_arn": QUEUE.arn, "events": ["s3:ObjectRemoved:*"], "id": "b"},
        {"queue_arn": f"{MISSING}-2", "events": ["s3:ObjectTagging:*"], "id": "c"},
    ]}  # fmt: skip
    error = refused(given)

    assert (error.code, error.status, str(error)) == ("InvalidArgument", 400, NOT_VALIDATED)
    assert isinstance(error, s3.InvalidArgument)
    assert error.arguments == {
        "ArgumentName1": MISSING,
        "ArgumentValue1": "The destination queue does not exist",
        "ArgumentName2": f"{MISSING}-2",
        "ArgumentValue2": "The destination queue does not exist",
    }


@pytest.mark.parametrize(
    ("refusal", "text"),
    [
        ("AccessDeniedException: no grant", "Permissions on the destination queue do not allow S3 to publish notifications from this bucket"),
        ("ServiceUnavailable", "The destination queue refused the test message: ServiceUnavailable"),
    ],
)  # fmt: skip
def test_refused_test_message(refusal: str, text: str) -> None:
    """Nothing changes."""
    uploads, sink, machine = bucket_at()
    sink.error = refusal
    before = machine.configurations

    with pytest.raises(s3.InvalidArgument) as raised:
        put(uploads, queue())
    assert raised.value.arguments["ArgumentValue1"] == text
    assert machine.configurations is before


def test_validation_may_be_skipped() -> None:
    """No test message, and nobody asks whether the queue is there."""
    uploads, sink, _ = bucket_at()
    put(uploads, queue(MISSING), skip_destination_validation=True)

    found = done(uploads.get_bucket_notification_configuration())
    assert found["queue_configurations"][0]["queue_arn"] == MISSING
    assert sink.bodies == []


def test_change_waits_for_every_answer() -> None:
    """Until the last one the old configuration holds; then whoever waits is told."""
    machine = make_machine()
    change = change_of({**queue(), "topic_configurations": [{"topic_arn": TOPIC, "events": ["s3:ObjectRemoved:*"]}]})
    machine.replace(10.0, change, test=True)
    first, second = machine.effects
    assert isinstance(first, Deliver)
    assert isinstance(second, Deliver)
    assert (first.target, second.target, first.body != "", machine.outstanding()) == (TOPIC, QUEUE.arn, True, 2)

    machine.delivered(11.0, second.token, None)
    assert not machine.configurations
    machine.delivered(12.0, first.token, None)

    assert [each.target for each in machine.configurations] == [TOPIC, QUEUE.arn]
    assert isinstance(machine.effects[-1], Arrived)
    assert machine.outstanding() == 0


def test_copy_of_the_machine_goes_on_with_the_change() -> None:
    """All of it is state."""
    machine = make_machine()
    machine.replace(10.0, change_of(queue()), test=True)
    [effect] = machine.effects
    assert isinstance(effect, Deliver)
    machine = copy.deepcopy(machine)

    machine.delivered(11.0, effect.token, None)

    assert [each.id for each in machine.configurations] == ["notify"]


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize(
    ("kind", "member", "argument"),
    [
        ("queue_configurations", "queue_arn", "Queue"),
        ("topic_configurations", "topic_arn", "Topic"),
        ("lambda_function_configurations", "lambda_function_arn", "CloudFunction"),
    ],
)
@pytest.mark.parametrize("value", ["invalid", arn_of("events", "event-bus/default"), None], ids=str)
def test_arns_that_are_none(kind: str, member: str, argument: str, value: Any, skip: bool) -> None:
    """As recorded, before any destination is looked at, and without validation too."""
    error = refused({kind: [{member: value, "events": CREATED}]}, skip_destination_validation=skip)

    assert str(error) == NO_ARN
    assert isinstance(error, s3.InvalidArgument)
    assert error.arguments == {"ArgumentName": argument, "ArgumentValue": str(value)}


@pytest.mark.parametrize("row", OVERLAPS, ids=lambda row: row.id)
def test_overlaps(row: Overlap) -> None:
    """Two configurations that one key and one type could meet."""
    entries = []
    for number, each in enumerate((row.one, row.other)):
        rules = [{"name": "prefix", "value": each.prefix}, {"name": "suffix", "value": each.suffix}]
        entry = {"id": str(number), "queue_arn": QUEUE.arn, "events": list(each.events)}
        entries.append({**entry, "filter": {"key": {"filter_rules": rules}}})
    if row.overlaps:
        assert str(refused({"queue_configurations": entries})) == OVERLAP
    else:
        uploads, sink, _ = bucket_at()
        put(uploads, {"queue_configurations": entries})
        assert len(sink.bodies) == 2


def rules(*given: Any) -> dict[str, Any]:
    return queue(filter={"key": {"filter_rules": list(given)}})


@pytest.mark.parametrize(
    ("given", "code", "text"),
    [
        (rules({"name": "INVALID", "value": "x"}), "InvalidArgument", NO_RULE),
        (rules({"name": 7, "value": "x"}), "InvalidArgument", NO_RULE),
        (rules({"name": "prefix", "value": "a"}, {"name": "Prefix", "value": "b"}), "InvalidArgument", "more than one prefix"),
        (rules({"name": "prefix", "value": "p" * 1_025}), "InvalidArgument", "cannot exceed 1024"),
        (rules({"name": "prefix"}), "MalformedXML", ""),
        (queue(filter="in/"), "MalformedXML", ""),
        (queue(events=["s3:ObjectCreated:Nothing"]), "InvalidArgument", NO_EVENT),
        (queue(events=[7]), "InvalidArgument", NO_EVENT),
        (queue(events=[]), "MalformedXML", ""),
        (queue(events="s3:ObjectCreated:*"), "MalformedXML", ""),
        (queue(id=""), "MalformedXML", ""),
        (queue(id="\ud800"), "MalformedXML", ""),
        (queue(prefix="in/"), "MalformedXML", ""),
        (queue(f"{QUEUE.arn}.fifo"), "InvalidArgument", NOT_VALIDATED),
        ({"queue_configurations": queue()["queue_configurations"][0]}, "MalformedXML", ""),
        ({"queue_configurations": ["q"]}, "MalformedXML", ""),
        ({"event_bridge_configuration": True}, "MalformedXML", ""),
        ({"QueueConfigurations": []}, "MalformedXML", ""),
        ("x", "MalformedXML", ""),
    ],
    ids=lambda each: str(each)[:50],
)  # fmt: skip
def test_what_is_refused(given: Any, code: str, text: str) -> None:
    """Before any destination is looked at."""
    error = refused(given)

    assert error.code == code
    assert text in str(error)


def test_ids_are_unique() -> None:
    """Also where nothing overlaps."""
    entries = [
        {"id": "same", "queue_arn": QUEUE.arn, "events": [event]}
        for event in ("s3:ObjectTagging:Put", "s3:ObjectAcl:Put")
    ]

    assert "unique" in str(refused({"queue_configurations": entries}))


def test_longest_filters() -> None:
    """1,024 characters each."""
    uploads, _, machine = bucket_at()
    put(uploads, rules({"name": "prefix", "value": "p" * 1_024}, {"name": "suffix", "value": "s" * 1_024}))

    assert [len(each.prefix) for each in machine.configurations] == [1_024]


def test_a_running_bus() -> None:
    """Queues that are part of the app are found, others are not; a handler needs the permission."""
    app = App()
    uploads, orders = app.add(s3.Bucket("uploads")), app.add(sqs.Queue("orders"))
    work = app.function(echo, name="work")

    async def change(event: Any, context: Any) -> None:
        from eventbus import current_bus

        await current_bus()[uploads].put_bucket_notification_configuration({})

    changer = app.function(change)
    app.revoke(changer, "s3:PutBucketNotification", uploads)

    async def main() -> None:
        async with app.start() as bus:
            bucket = bus[uploads]
            with pytest.raises(s3.InvalidArgument, match=NOT_VALIDATED):
                await bucket.put_bucket_notification_configuration(queue(MISSING))
            functions = [{"lambda_function_arn": work.arn, "events": CREATED}]
            other = queue(orders.arn, events=["s3:ObjectRemoved:*"])
            await bucket.put_bucket_notification_configuration({**other, "lambda_function_configurations": functions})
            await bucket.put_object("a")
            await bucket.delete_object("a")
            await bus.settle()

            assert [attempt.event["Records"][0]["eventName"] for attempt in bus.invocations(work)] == [
                "ObjectCreated:Put"
            ]
            assert ["TestEvent" in each.body for each in await bus[orders].peek()] == [True, False]
            with pytest.raises(Exception, match="may not s3:PutBucketNotification") as raised:
                (await bus.invoke(changer)).result()
            assert isinstance(raised.value.__cause__, AccessDeniedException)

    virtually(main)


def test_topics_are_notified() -> None:
    """The record is the text of the message; the test message comes first."""
    bucket, sink = s3.Bucket("uploads"), Sink()
    machine = make_machine()
    topic = type("Declared", (), {"arn": TOPIC})()
    s3.Notification(bucket, topic, events=CREATED).connect(machine)
    machine.put(1.0, "a", b"", "", {}, None)

    test, event = machine.effects
    assert isinstance(test, Deliver)
    assert isinstance(event, Deliver)
    assert (test.target, event.target) == (TOPIC, TOPIC)
    for effect in (test, event):
        sink.deliver(1.0, effect)
    assert sink.bodies[0]["Event"] == "s3:TestEvent"
    assert sink.bodies[1]["Records"][0]["eventName"] == "ObjectCreated:Put"
