"""Failure paths from end to end, in virtual time, and the same code on a real clock with shortened waits."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import eventbus
from eventbus import App, Profile, current_bus
from sources import s3, sqs

Main = Callable[[], Coroutine[Any, Any, None]]


def virtually(main: Main) -> None:
    eventbus.run(main, virtual=True)


def starts(bus: eventbus.Bus, function: Any, began: Any) -> list[float]:
    return [(attempt.start - began).total_seconds() for attempt in bus.invocations(function)]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [0, 60, 180]),
        ({"maximum_retry_attempts": 0}, [0]),
        ({"maximum_retry_attempts": 1}, [0, 60]),
        ({"maximum_event_age_in_seconds": 60}, [0]),
        ({"maximum_event_age_in_seconds": 90}, [0, 60]),
        ({"maximum_event_age_in_seconds": 180}, [0, 60]),
        ({"maximum_event_age_in_seconds": 181}, [0, 60, 180]),
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["async def", "def"])
def test_attempts_of_an_event(kind: str, settings: dict[str, Any], expected: list[float]) -> None:
    """At 0, 60 and 180 seconds, and no later than the event may be old; then one dead letter as recorded."""
    app = App()
    dead = app.add(sqs.Queue("dead"))

    async def asynchronous(event: Any, context: Any) -> None:
        raise ValueError("boom")

    def plain(event: Any, context: Any) -> None:
        raise ValueError("boom")

    handler: Any = asynchronous if kind == "async def" else plain
    work = app.function(handler, name="work", dead_letter=dead, **settings)

    async def main() -> None:
        async with app.start() as bus:
            began = bus.now()
            response = await bus.invoke(work, {"n": 1}, invocation_type="Event")
            await bus.settle()

            assert starts(bus, work, began) == expected
            [letter] = await bus[dead].peek()
            assert letter.body == '{"n":1}'
            assert letter.message_attributes == {
                "RequestID": {"data_type": "String", "string_value": response.request_id},
                "ErrorCode": {"data_type": "Number", "string_value": "200"},
                "ErrorMessage": {"data_type": "String", "string_value": "boom"},
            }

    virtually(main)


def test_attempts_on_a_real_clock() -> None:
    """The same code with shortened waits: sleeps for 30 ms, because a real clock can't be moved."""
    app = App()
    dead = app.add(sqs.Queue("dead"))

    @app.function(dead_letter=dead)
    async def work(event: Any, context: Any) -> None:
        raise ValueError("boom")

    async def main() -> None:
        async with app.start(profile=Profile(retry_waits=(0.01, 0.02))) as bus:
            began = bus.now()
            await bus.invoke(work, 1, invocation_type="Event")
            await bus.settle(within=10)

            first, second, third = starts(bus, work, began)
            assert first >= 0
            assert second - first >= 0.01
            assert third - second >= 0.02
            assert len(await bus[dead].peek()) == 1

    asyncio.run(main())


@pytest.mark.parametrize("virtual", [True, False], ids=["virtual", "real"])
def test_redrive_counts_one_two_and_then_the_same_id(virtual: bool) -> None:
    """With `max_receive_count=2`. On the real clock it sleeps for 2 s: visibility timeouts are whole seconds there."""
    app = App()
    dead = app.add(sqs.Queue("dead"))
    visibility = 30 if virtual else 1
    orders = app.add(sqs.Queue("orders", visibility_timeout=visibility, redrive=sqs.Redrive(dead, 2)))
    counts: list[str] = []

    @app.function(timeout=1)
    async def bill(event: sqs.SqsEvent, context: Any) -> None:
        counts.append(event["Records"][0]["attributes"]["ApproximateReceiveCount"])
        raise ValueError("no")

    app.map(orders, bill)

    async def main() -> None:
        async with app.start() as bus:
            sent = await bus[orders].send_message("bad")
            await bus.settle(within=90_000 if virtual else 20)

            assert counts == ["1", "2"]
            assert [letter.message_id for letter in await bus[dead].peek()] == [sent.message_id]

    eventbus.run(main, virtual=virtual)


def test_partial_batch_on_fifo_comes_back_in_order() -> None:
    """The failed items of a group return together, in order, in one batch; the poisoned one ends in the FIFO DLQ."""
    app = App()
    dead = app.add(sqs.Queue("dead.fifo"))
    orders = app.add(sqs.Queue("orders.fifo", redrive=sqs.Redrive(dead, 2), content_based_deduplication=True))
    seen: list[list[str]] = []

    @app.function
    def bill(event: sqs.SqsEvent, context: Any) -> dict[str, Any]:
        bodies = [record["body"] for record in event["Records"]]
        seen.append(bodies)
        failed = False
        failures = []
        for record in event["Records"]:
            failed = failed or record["body"] == "bad"
            if failed:
                failures.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failures}

    app.map(orders, bill, function_response_types=["ReportBatchItemFailures"])

    async def main() -> None:
        async with app.start() as bus:
            for body in ("a", "bad", "b", "c"):
                await bus[orders].send_message(body, message_group_id="g")
            await bus.settle()

            assert seen[:2] == [["a", "bad", "b", "c"], ["bad", "b", "c"]]
            assert [letter.body for letter in await bus[dead].peek()] == ["bad", "b", "c"]

    virtually(main)


def test_a_file_in_a_bucket_becomes_messages_and_bills() -> None:
    """Bucket, notified function, queue, mapping: what a handler sends carries its cause."""
    app = App()
    uploads, orders = app.add(s3.Bucket("uploads")), app.add(sqs.Queue("orders"))
    billed: list[str] = []

    @app.function
    async def ingest(event: s3.S3Event, context: Any) -> None:
        bus = current_bus()
        stored = await bus[uploads].get_object(event["Records"][0]["s3"]["object"]["key"])
        for line in stored.body.decode().splitlines():
            await bus[orders].send_message(line)

    @app.function
    def bill(event: sqs.SqsEvent, context: Any) -> None:
        billed.extend(record["body"] for record in event["Records"])

    app.add(s3.Notification(uploads, ingest, events=["s3:ObjectCreated:*"], prefix="in/"))
    app.map(orders, bill)

    async def main() -> None:
        async with app.start() as bus:
            await bus[uploads].put_object("in/a", "1\n2\n3")
            await bus[uploads].put_object("out/a", "4")
            await bus.settle()

            assert billed == ["1", "2", "3"]
            request_id = bus.invocations(ingest)[0].request_id
            assert "bill" in str(bus.trace(request_id))

    virtually(main)


@pytest.mark.parametrize("through", ["invoke", "queue", "bucket"])
def test_a_loop_is_stopped_after_sixteen(through: str) -> None:
    """The chain of requests is followed through functions, queues and buckets."""
    app = App()
    dead, again = app.add(sqs.Queue("dead")), app.add(sqs.Queue("again", redrive=None))
    uploads = app.add(s3.Bucket("uploads"))

    @app.function(dead_letter=dead)
    async def work(event: Any, context: Any) -> None:
        bus = current_bus()
        if through == "invoke":
            await bus.invoke("work", {}, invocation_type="Event")
        elif through == "queue":
            await bus[again].send_message("x")
        else:
            await bus[uploads].put_object("x", b"")

    if through == "queue":
        app.map(again, work)
    app.add(s3.Notification(uploads, work, events=["s3:ObjectCreated:*"]))

    async def main() -> None:
        async with app.start() as bus:
            await bus.invoke(work, {}, invocation_type="Event")
            if through == "queue":
                with pytest.raises(eventbus.NotSettled, match="received"):
                    await bus.settle(within=100)
            else:
                await bus.settle()
                [letter] = await bus[dead].peek()
                assert letter.message_attributes["ErrorCode"]["string_value"] == "400"

            assert len(bus.invocations(work)) == 16
            assert bus.statistics().recursive_invocations_dropped >= 1

    virtually(main)


def test_permissions() -> None:
    """Enforced, only what was granted happens; the trace names the missing statement."""
    app = App()
    dead, orders = app.add(sqs.Queue("dead")), app.add(sqs.Queue("orders"))
    uploads = app.add(s3.Bucket("uploads"))

    @app.function(dead_letter=dead, maximum_retry_attempts=0)
    async def work(event: Any, context: Any) -> None:
        await current_bus()[orders].send_message("x")

    app.map(orders, work)
    app.add(s3.Notification(uploads, work, events=["s3:ObjectCreated:*"]))

    async def refused() -> None:
        async with app.start(permissions="enforced") as bus:
            await bus[uploads].put_object("a", b"")  # the bucket may not invoke
            await bus.invoke(work, {}, invocation_type="Event")  # work may not send, nor leave a dead letter
            await bus[orders].send_message("unread")  # the mapping may not receive
            await bus.settle()

            [attempt] = bus.invocations(work)
            assert 'app.grant(work, "sqs:SendMessage", orders)' in str(attempt.exception)
            assert bus.statistics().refused_permissions == 4
            assert bus.statistics().dead_letter_errors == 1
            assert await bus[dead].peek() == []
            assert "lambda:InvokeFunction" in str(bus.trace("a"))

    async def granted() -> None:
        async with app.start(permissions="enforced") as bus:
            await bus[uploads].put_object("a", b"")
            with pytest.raises(eventbus.NotSettled):  # each bill sends one more: until the loop is stopped
                await bus.settle(within=20)
            assert bus.statistics().refused_permissions == 0

    virtually(refused)
    app.grant(uploads, "lambda:InvokeFunction", work)
    app.grant(work, "sqs:*", orders)
    virtually(granted)
    app.revoke(uploads, "lambda:InvokeFunction", work)

    async def revoked() -> None:
        async with app.start() as bus:
            await bus[uploads].put_object("a", b"")
            await bus.settle()
            assert bus.invocations(work) == []

    virtually(revoked)
