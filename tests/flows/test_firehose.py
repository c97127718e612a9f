"""Delivery streams on a running bus: from a put to an object, in virtual time."""

import asyncio
import base64
import json
import logging
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import (
    KinesisFirehoseDataTransformationResponse,
    KinesisFirehoseEvent,
)
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.parser.models import KinesisFirehoseModel

from eventbus import App, Bus, Function, current_bus
from sources import firehose, kinesis, s3
from tests.helpers import virtually

FAST = {"buffer_interval_in_seconds": 0, "interval_in_seconds": 0}


def keep(event: Any, context: Any) -> Any:
    return {"records": [{**record, "result": "Ok"} for record in event["records"]]}


def boom(event: Any, context: Any) -> Any:
    raise ValueError("boom")


def stream_of(handler: Any, **settings: Any) -> tuple[App, Any, s3.Bucket, firehose.DeliveryStream]:
    """`timeout` and the like are the function's, all others the stream's."""
    app = App()
    of_function = {
        name: settings.pop(name) for name in ("timeout", "reserved_concurrent_executions") if name in settings
    }
    lake = app.add(s3.Bucket("lake"))
    work = app.function(handler, name="work", **of_function)
    return app, work, lake, app.add(firehose.DeliveryStream("orders", lake, processor=work, **settings))


async def stored(bus: Bus, lake: s3.Bucket) -> dict[str, bytes]:
    listing = await bus[lake].list_objects_v2()
    return {each.key: (await bus[lake].get_object(each.key)).body for each in listing.contents}


def starts(bus: Bus, function: Function[Any, Any], began: Any) -> list[float]:
    return [(attempt.start - began).total_seconds() for attempt in bus.invocations(function)]


def test_from_a_put_to_an_object() -> None:
    """Gathered for 60 seconds, transformed, gathered for 300 seconds, stored as binary."""

    def upper(event: Any, context: Any) -> Any:
        response = KinesisFirehoseDataTransformationResponse()
        parse(event=event, model=KinesisFirehoseModel)
        for record in KinesisFirehoseEvent(event).records:
            data = base64.b64encode(record.data_as_text.upper().encode()).decode()
            response.add_record(record.build_data_transformation_response(data=data))
        return response.asdict()

    app, work, lake, orders = stream_of(upper)

    async def main() -> None:
        async with app.start() as bus:
            began = bus.now()
            await bus[orders].put_record({"data": b"one "})
            await asyncio.sleep(10)
            await bus[orders].put_record_batch([{"data": "two "}, {"data": b"\xc3\xa9"}])
            await bus.settle()

            assert starts(bus, work, began) == [60]
            [(key, content)] = (await stored(bus, lake)).items()
            assert content == "ONE TWO É".encode()
            assert key.startswith("2026/01/01/00/orders-1-2026-01-01-00-00-00-")
            head = await bus[lake].head_object(key)
            assert (head.content_type, (head.last_modified - began).total_seconds()) == (
                "application/octet-stream",
                360,
            )

    virtually(main)


def test_function_that_fails_is_called_four_times() -> None:
    """At 0, 1, 3 and 7 seconds; then its records lie where failed ones do, and the trace tells why."""
    app, work, lake, orders = stream_of(boom, **FAST)

    async def main() -> None:
        async with app.start() as bus:
            began = bus.now()
            put = await bus[orders].put_record({"data": b"one"})
            await bus.settle()

            assert starts(bus, work, began) == [0, 1, 3, 7]
            [(key, content)] = (await stored(bus, lake)).items()
            assert key.startswith("processing-failed/2026/01/01/00/orders-1-")
            failed = json.loads(content)
            assert (failed["errorCode"], failed["attemptsMade"]) == ("Lambda.FunctionError", 4)
            trace = str(bus.trace(put.record_id))
            assert trace.count("failed after 0 s: ValueError: boom") == 4
            assert "Lambda.FunctionError" in trace
            assert f"to lake as {key}" in trace

    virtually(main)


def test_function_that_times_out() -> None:
    async def never(event: Any, context: Any) -> Any:
        await asyncio.Event().wait()

    app, work, lake, orders = stream_of(never, timeout=5, number_of_retries=1, **FAST)

    async def main() -> None:
        async with app.start() as bus:
            began = bus.now()
            await bus[orders].put_record({"data": b"one"})
            await bus.settle()

            assert starts(bus, work, began) == [0, 6]
            [content] = (await stored(bus, lake)).values()
            assert json.loads(content)["errorCode"] == "Lambda.FunctionTimedOut"

    virtually(main)


def test_function_that_runs_longer_than_firehose_waits() -> None:
    """300 seconds a call, though the function may run on."""

    async def slow(event: Any, context: Any) -> Any:
        await asyncio.sleep(400)
        return keep(event, context)

    app, work, lake, orders = stream_of(slow, timeout=900, number_of_retries=1, **FAST)

    async def main() -> None:
        async with app.start() as bus:
            began = bus.now()
            await bus[orders].put_record({"data": b"one"})
            await bus.settle()

            assert starts(bus, work, began) == [0, 301]
            [content] = (await stored(bus, lake)).values()
            assert json.loads(content)["attemptsMade"] == 2

    virtually(main)


@pytest.mark.parametrize(
    "answer", [None, {"records": "x"}, {"records": []}, "text", {"records": [{"recordId": "x"}]}], ids=str
)
def test_malformed_answers_fail_their_records(answer: Any) -> None:
    """At once: the function is not called again."""
    app, work, lake, orders = stream_of(lambda event, context: answer, **FAST)

    async def main() -> None:
        async with app.start() as bus:
            await bus[orders].put_record({"data": b"one"})
            await bus.settle()

            assert len(bus.invocations(work)) == 1
            [key] = await stored(bus, lake)
            assert key.startswith("processing-failed/")

    virtually(main)


def test_stream_needs_its_permissions() -> None:
    """To invoke: without it the records fail. To put: without it the bucket is asked for a day."""
    app, work, lake, orders = stream_of(keep, **FAST)
    app.grant(orders, "s3:PutObject", lake)

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            put = await bus[orders].put_record({"data": b"one"})
            await bus.settle()

            assert bus.invocations(work) == []
            [content] = (await stored(bus, lake)).values()
            assert json.loads(content)["errorCode"] == "Lambda.InvokeAccessDenied"
            assert 'app.grant(deliverystream/orders, "lambda:InvokeFunction", work) would allow it' in str(
                bus.trace(put.record_id)
            )

    virtually(main)


def test_stream_needs_permission_for_its_bucket() -> None:
    app, work, lake, orders = stream_of(keep, **FAST)
    app.grant(orders, "lambda:InvokeFunction", work)

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            put = await bus[orders].put_record({"data": b"one"})
            await bus.settle()

            assert await stored(bus, lake) == {}
            assert 80_000 < bus.statistics().now < 86_400
            assert "S3.AccessDenied" in str(bus.trace(put.record_id))

    virtually(main)


def test_code_needs_permission_to_put() -> None:
    app, _, _, orders = stream_of(keep, **FAST)
    caller = app.function(_puts(orders), name="caller")

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            answer = await bus.invoke(caller, {})
            assert answer.function_error == "Unhandled"
            assert "firehose:PutRecord" in str(answer.payload)

    virtually(main)


def _puts(orders: firehose.DeliveryStream) -> Any:
    async def put(event: Any, context: Any) -> str:
        return str((await current_bus()[orders].put_record({"data": b"from inside"})).record_id)

    return put


def test_what_a_handler_puts_is_told_in_its_trace() -> None:
    app, _, _, orders = stream_of(keep, **FAST)
    caller = app.function(_puts(orders), name="caller")

    async def main() -> None:
        async with app.start() as bus:
            answer = await bus.invoke(caller, {})
            await bus.settle()

            trace = str(bus.trace(answer.request_id))
            assert f"sent message {answer.result()} to deliverystream/orders" in trace
            assert "attempt of work" in trace
            assert "to lake as" in trace

    virtually(main)


# ------------------------------------------------------------------------------------------------------ a stream behind
def behind_kinesis(**settings: Any) -> tuple[App, Any, s3.Bucket, kinesis.Stream, firehose.DeliveryStream]:
    app = App()
    lake, clicks = app.add(s3.Bucket("lake")), app.add(kinesis.Stream("clicks", shard_count=2))
    work = app.function(keep, name="work")
    orders = app.add(firehose.DeliveryStream("orders", lake, processor=work, kinesis_stream=clicks, **settings))
    return app, work, lake, clicks, orders


def test_stream_reads_kinesis() -> None:
    """From the start of the bus on, all shards, beside a mapping; resharding loses nothing."""
    app, _, lake, clicks, _ = behind_kinesis(**FAST)
    audit: Function[Any, Any] = app.function(lambda event, context: None, name="audit")
    app.map(clicks, audit, starting_position="LATEST")

    async def main() -> None:
        async with app.start() as bus:
            put = await bus[clicks].put_record(b"0 ", "a")
            for number in range(1, 20):
                await bus[clicks].put_record(f"{number} ".encode(), f"key {number}")
            await bus.settle()
            await bus[clicks].split_shard("shardId-000000000000", str(2**125))
            await bus[clicks].put_record(b"last", "a")
            await bus.settle()

            content = b" ".join((await stored(bus, lake)).values())
            assert sorted(int(word) for word in content.split() if word != b"last") == list(range(20))
            assert b"last" in content
            assert sum(len(attempt.event["Records"]) for attempt in bus.invocations(audit)) == 21
            trace = str(bus.trace(put.sequence_number))
            assert "to deliverystream/orders" in trace or "to orders as" in trace
            assert "to lake as" in trace

    virtually(main)


def test_stream_that_may_not_read_kinesis_stops() -> None:
    """With a note at the source; a mapping of its own permission goes on."""
    app, work, lake, clicks, _ = behind_kinesis(**FAST)
    audit: Function[Any, Any] = app.function(lambda event, context: None, name="audit")
    app.map(clicks, audit, starting_position="LATEST")
    app.grant(audit, "kinesis:*", clicks)

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            await bus[clicks].put_record(b"one", "a")
            await bus.settle()

            assert (await stored(bus, lake), bus.invocations(work)) == ({}, [])
            assert len(bus.invocations(audit)) == 1
            assert bus.statistics().refused_permissions == 1

    virtually(main)


def test_stream_reads_kinesis_with_its_own_permission() -> None:
    app, work, lake, clicks, orders = behind_kinesis(**FAST)
    app.grant(orders, "kinesis:*", clicks)
    app.grant(orders, "lambda:InvokeFunction", work)
    app.grant(orders, "s3:PutObject", lake)

    async def main() -> None:
        async with app.start(permissions="enforced") as bus:
            await bus[clicks].put_record(b"one", "a")
            await bus.settle()

            assert list((await stored(bus, lake)).values()) == [b"one"]

    virtually(main)


# ---------------------------------------------------------------------------------------------------------------- stress
def test_many_records_and_a_restart() -> None:
    """10,000 records of two buses at once: each has its own, none is lost, and a seed gives the same keys again."""
    app, _, lake, orders = stream_of(keep, interval_in_seconds=900)

    async def fill(bus: Bus) -> list[str]:
        for _ in range(20):
            await bus[orders].put_record_batch([{"data": b"x" * 100}] * 500)
        await bus.settle()
        objects = await stored(bus, lake)
        assert sum(map(len, objects.values())) == 1_000_000
        return list(objects)

    async def main() -> tuple[list[str], list[str]]:
        async with app.start(seed=1) as one, app.start(seed=2) as two:
            return await asyncio.gather(fill(one), fill(two))

    first = virtually(main)
    assert first == virtually(main)
    assert first[0] != first[1]


def test_bus_that_closes_with_records_gathered(caplog: pytest.LogCaptureFixture) -> None:
    """They are gone with it, and it says so."""
    caplog.set_level(logging.INFO, "eventbus")
    app, _, _, orders = stream_of(keep)

    async def main() -> None:
        async with app.start() as bus:
            await bus[orders].put_record({"data": b"x"})

    virtually(main)
    assert "deliverystream/orders" in caplog.text
