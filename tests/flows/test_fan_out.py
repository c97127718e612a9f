"""From one upload to many consumers, and a year of schedules: whole journeys through several producers."""

import json
import logging
import time
from datetime import timedelta
from typing import Any

import pytest

from eventbus import App, NotSettled
from sources import eventbridge, logs, s3, scheduler, sns, sqs
from tests.helpers import virtually


def by(**object_tests: Any) -> dict[str, Any]:
    """A filter policy on the object in an S3 record."""
    return {"Records": {"s3": {"object": object_tests}}}


def test_one_upload_fans_out() -> None:
    """Bucket, topic, three queues with filter policies, mappings, one dead letter; the trace tells of every branch."""
    app = App()
    uploads, images = app.add(s3.Bucket("uploads")), app.add(sns.Topic("images"))
    dead = app.add(sqs.Queue("dead"))
    redrive = sqs.Redrive(dead, max_receive_count=1)
    small, large, texts = (app.add(sqs.Queue(name, redrive=redrive)) for name in ("small", "large", "texts"))
    app.add(s3.Notification(uploads, images, events=["s3:ObjectCreated:*"], test_event=False))
    for queue, tests in (
        (small, {"size": [{"numeric": ["<", 1_000]}]}),
        (large, {"size": [{"numeric": [">=", 100]}]}),
        (texts, {"key": [{"suffix": ".txt"}]}),
    ):
        app.add(
            sns.Subscription(
                images,
                queue,
                filter_policy=by(**tests),
                filter_policy_scope="MessageBody",
                raw_message_delivery=queue is small,
            )
        )
    seen: list[Any] = []

    @app.function
    async def shows(event: sqs.SqsEvent, context: Any) -> None:
        seen.append(json.loads(event["Records"][0]["body"])["Records"][0]["s3"]["object"]["size"])

    @app.function
    async def fails(event: sqs.SqsEvent, context: Any) -> None:
        envelope = json.loads(event["Records"][0]["body"])
        seen.append((envelope["Type"], envelope["TopicArn"].rpartition(":")[2]))
        raise ValueError("no")

    app.map(small, shows)
    app.map(large, fails)
    app.map(texts, shows)

    async def main() -> str:
        async with app.start() as bus:
            await bus[uploads].put_object("in/cat.png", b"x" * 500)
            await bus.settle()
            [letter] = await bus[dead].peek()
            assert json.loads(letter.body)["Type"] == "Notification"
            return str(bus.trace("in/cat.png"))

    told = virtually(main)
    assert sorted(seen, key=str) == [("Notification", "images"), 500]
    for line in ("notified images as message", "notified small as message", "notified large as message"):
        assert line in told
    [filtered] = [line for line in told.splitlines() if "filtered out" in line]
    assert "texts" in filtered
    assert "Records.s3.object.key" in filtered
    assert "attempt of shows" in told
    assert "ValueError: no" in told
    assert "moved to dead" in told


def test_upload_through_event_buses() -> None:
    """Bucket, default bus, another bus, a function and a log group that invokes the next."""
    app = App()
    uploads = app.add(s3.Bucket("uploads", event_bridge_enabled=True))
    default, shop = app.add(eventbridge.EventBus()), app.add(eventbridge.EventBus("shop"))
    audit = app.add(logs.LogGroup("/aws/events/audit"))
    seen: list[str] = []

    @app.function
    async def billed(event: Any, context: Any) -> None:
        seen.append(event["detail"]["object"]["key"])

    @app.function
    async def audited(event: Any, context: Any) -> None:
        seen.append("audited")

    pattern = {"source": ["aws.s3"], "detail": {"object": {"key": [{"wildcard": "in/*.csv"}]}}}
    app.add(eventbridge.Rule("forward", default, event_pattern=pattern, targets=[shop]))
    app.add(eventbridge.Rule("bill", shop, event_pattern={"source": ["aws.s3"]}, targets=[billed, audit]))
    app.add(logs.SubscriptionFilter(audit, audited, filter_name="all"))

    async def main() -> str:
        async with app.start() as bus:
            await bus[uploads].put_object("in/a b.csv", b"1")
            await bus[uploads].put_object("in/a.txt", b"1")
            await bus.settle()
            return str(bus.trace("in/a b.csv"))

    told = virtually(main)
    assert sorted(seen) == ["audited", "in/a b.csv"]
    assert "attempt 1 of billed" in told


def test_month_of_a_schedule() -> None:
    """Each occurrence in its minute, once; `settle` does not wait for the next."""
    app = App()

    @app.function
    async def nightly(event: Any, context: Any) -> None: ...

    app.add(scheduler.Schedule("nightly", nightly, schedule_expression="cron(30 2 * * ? *)"))

    async def main() -> None:
        async with app.start() as bus:
            await bus.settle()
            assert bus.statistics().now == 0
            await bus.advance(timedelta(days=30))

            starts = [attempt.start for attempt in bus.invocations(nightly)]
            assert [(start.hour, start.minute) for start in starts] == [(2, 30)] * 30
            assert len({start.date() for start in starts}) == 30

    virtually(main)


@pytest.mark.long
def test_year_of_hourly_schedules_that_always_fail(caplog: pytest.LogCaptureFixture) -> None:
    """26,280 attempts, in a few seconds of real time; nobody reads their log lines."""
    caplog.set_level(logging.CRITICAL, logger="eventbus.handlers")
    app = App()

    @app.function
    async def fails(event: Any, context: Any) -> None:
        raise ValueError("no")

    app.add(scheduler.Schedule("hourly", fails, schedule_expression="cron(0 * * * ? *)"))

    async def main() -> int:
        async with app.start() as bus:
            await bus.advance(timedelta(days=365) - timedelta(seconds=1))  # the first fires at once
            await bus.settle()
            return bus.statistics().invocations

    started = time.process_time()
    assert virtually(main) == 8_760 * 3
    assert time.process_time() - started < 15  # a third of it on a machine of its own


@pytest.mark.parametrize(
    ("settings", "retries", "condition", "ends_at"),
    [
        ({}, 185, "MaximumRetryAttempts", 79_711.0),
        ({"maximum_event_age_in_seconds": 3_600}, None, "MaximumEventAgeInSeconds", None),
    ],
    ids=["default", "age"],
)
@pytest.mark.parametrize("through", ["rule", "schedule"])
def test_target_that_can_not_be_reached(
    through: str, settings: dict[str, Any], retries: int | None, condition: str, ends_at: float | None
) -> None:
    """The event ends in the target's dead-letter queue, with the bound that it met."""
    app = App()
    dead, target = app.add(sqs.Queue("dead")), app.add(sqs.Queue("target"))
    if through == "rule":
        default = app.add(eventbridge.EventBus())
        to = eventbridge.Target(target, dead_letter=dead, **settings)
        app.add(eventbridge.Rule("all", default, event_pattern={"source": ["shop"]}, targets=[to]))
    else:
        app.add(
            scheduler.Schedule(
                "once", target, schedule_expression="at(2026-01-01T00:01:00)", dead_letter=dead, **settings
            )
        )

    async def main() -> None:
        async with app.start() as bus:
            for nth in range(1, 200):
                bus.faults.refuse_delivery(target, nth=nth)
            if through == "rule":
                await bus[default].put_events([{"source": "shop", "detail_type": "x", "detail": "{}"}])
            else:
                await bus.advance(60)
            started = bus.statistics().now
            await bus.settle()

            [letter] = await bus[dead].peek()
            attributes = {name: value["string_value"] for name, value in letter.message_attributes.items()}
            assert attributes["EXHAUSTED_RETRY_CONDITION"] == condition
            if retries is not None:
                assert attributes["RETRY_ATTEMPTS"] == str(retries)
            if ends_at is not None:
                assert bus.statistics().now - started == ends_at
            assert await bus[target].peek() == []

    virtually(main)


def test_record_of_a_failed_event_in_a_bucket() -> None:
    """on_failure may be a bucket; the key tells function and time."""
    app = App()
    records = app.add(s3.Bucket("records"))

    @app.function(on_failure=records, maximum_retry_attempts=0)
    async def fails(event: Any, context: Any) -> None:
        raise ValueError("no")

    async def main() -> None:
        async with app.start() as bus:
            await bus.advance(3_661)
            await bus.invoke(fails, {"n": 1}, invocation_type="Event")
            await bus.settle()

            [stored] = (await bus[records].list_objects_v2()).contents
            assert stored.key.startswith("aws/lambda/async/fails/2026/01/01/2026-01-01T01.01.01-")
            record = json.loads((await bus[records].get_object(stored.key)).body)
            assert (record["requestPayload"], record["responsePayload"]["errorMessage"]) == ({"n": 1}, "no")

    virtually(main)


def test_topic_whose_queue_never_answers_is_named() -> None:
    """SNS tries for 23 days, longer than settle waits: the bound says what it waited for."""
    app = App()
    orders, queue = app.add(sns.Topic("orders")), app.add(sqs.Queue("queue"))
    app.add(sns.Subscription(orders, queue))

    async def main() -> None:
        async with app.start() as bus:
            for nth in range(1, 10_000):
                bus.faults.refuse_delivery(queue, nth=nth)
            await bus[orders].publish("x")
            with pytest.raises(
                NotSettled, match=r"orders: 1 outstanding \(a delivery to queue failed .* ServiceUnavailable"
            ):
                await bus.settle()

    virtually(main)
