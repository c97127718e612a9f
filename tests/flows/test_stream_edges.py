"""Streams at their edges: age, retention, positions, answers too long, filters, mappings that stop and go on, buses that
close, many records, and what a poisoned shard costs the others.
"""

import asyncio
import json
import logging
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eventbus import App, Function
from sources import dynamodb, kinesis, sqs
from tests.helpers import virtually

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = 3_600
DAY = 24 * HOUR
LARGEST_ANSWER = 6_291_456
OLDEST = "TRIM_HORIZON"
QUARTER = 2**126  # of all hash keys


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def values_of(event: Any) -> list[str]:
    """What was put: the data of a stream's records, the ids of a table's items."""
    return [
        b64decode(record["kinesis"]["data"]).decode()
        if "kinesis" in record
        else str(record["dynamodb"]["Keys"]["id"]["S"])
        for record in event["Records"]
    ]


def attempts_of(bus: Any, function: Function[Any, Any]) -> list[tuple[float, str]]:
    """When, and with which records."""
    return [
        ((attempt.start - START).total_seconds(), "".join(values_of(attempt.event)))
        for attempt in bus.invocations(function)
    ]


class Source:
    """A stream or a table of one shard, and how a value gets into it."""

    def __init__(self, app: App, kind: str) -> None:
        self.stream = app.add(kinesis.Stream("orders"))
        self.table = app.add(dynamodb.Table("orders", stream_view_type="KEYS_ONLY"))
        self.kind = kind

    @property
    def source(self) -> Any:
        return self.stream if self.kind == "kinesis" else self.table.stream

    async def put(self, bus: Any, value: str) -> None:
        if self.kind == "kinesis":
            await bus[self.stream].put_record(data=value, partition_key="k")
        else:
            await bus[self.table].put_item({"id": {"S": value}})


both = pytest.mark.parametrize("kind", ["kinesis", "dynamodb"])


# Age


@both
def test_too_old_before_the_first_read(kind: str) -> None:
    """Given up untried, told as one; a younger one is delivered, without it."""
    app = App()
    orders, lost = Source(app, kind), app.add(sqs.Queue("lost"))

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    async def main() -> None:
        async with app.start() as bus:
            await orders.put(bus, "a")
            await bus.advance(90)
            await orders.put(bus, "b")
            await bus.advance(10)
            await bus.create_event_source_mapping(
                orders.source, work, starting_position=OLDEST, maximum_record_age_in_seconds=60, on_failure=lost
            )
            await bus.settle()

            assert attempts_of(bus, work) == [(100.0, "b")]
            [record] = [json.loads(message.body) for message in await bus[lost].peek()]
            assert record["requestContext"]["condition"] == "RecordAgeExceeded"
            assert record["requestContext"]["approximateInvokeCount"] == 1
            assert "responseContext" not in record

    virtually(main)


@both
def test_too_old_while_it_is_tried_again(kind: str) -> None:
    """The older record of a batch is given up first, the younger one goes on alone."""
    app = App()
    orders, lost = Source(app, kind), app.add(sqs.Queue("lost"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        if "a" in values_of(event):
            raise ValueError("a")

    async def main() -> None:
        async with app.start() as bus:
            await orders.put(bus, "a")
            await bus.advance(40)
            await orders.put(bus, "b")
            await bus.create_event_source_mapping(
                orders.source, work, starting_position=OLDEST, maximum_record_age_in_seconds=60, on_failure=lost
            )
            await bus.settle()

            assert attempts_of(bus, work) == [
                *((40 + after, "ab") for after in (0.0, 0.5, 1.5, 3.5, 7.5, 15.5)),
                (71.5, "b"),
            ]
            [record] = [json.loads(message.body) for message in await bus[lost].peek()]
            assert record["requestContext"]["approximateInvokeCount"] == 7

    virtually(main)


# Retention


@both
def test_retention_ends_the_retries_of_a_blocked_shard(kind: str) -> None:
    """With default settings a batch is tried until its records are over, then the shard goes on; nothing tells of it."""
    app = App()
    orders, lost = Source(app, kind), app.add(sqs.Queue("lost"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        if values_of(event) == ["a"]:
            raise ValueError("a")

    app.map(orders.source, work, starting_position=OLDEST, on_failure=lost)

    async def main() -> None:
        async with app.start() as bus:
            await orders.put(bus, "a")
            await bus.advance(HOUR)
            await orders.put(bus, "b")
            await bus.settle()

            attempts = attempts_of(bus, work)
            assert {records for _, records in attempts[:-1]} == {"a"}
            assert max(at for at, records in attempts if records == "a") < DAY
            last, records = attempts[-1]
            assert records == "b"
            assert DAY <= last <= DAY + 60
            assert await bus[lost].peek() == []

    virtually(main)


def test_retention_passes_what_waits_behind_a_blocked_batch() -> None:
    """What is over before its turn comes is never tried; the oldest that is left is next."""
    app = App()
    orders, lost = app.add(kinesis.Stream("orders")), app.add(sqs.Queue("lost"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        if values_of(event) == ["0"]:
            raise ValueError("0")

    app.map(orders, work, starting_position=OLDEST, batch_size=1, on_failure=lost)

    async def main() -> None:
        async with app.start() as bus:
            for number in range(30):
                await bus[orders].put_record(data=str(number), partition_key="k")
                await bus.advance(1)
            await bus.settle()

            tried = [(at, records) for at, records in attempts_of(bus, work) if records != "0"]
            assert tried == [(DAY + 3.5, str(number)) for number in range(4, 30)]
            assert await bus[lost].peek() == []

    virtually(main)


def test_a_longer_retention_is_a_longer_block() -> None:
    """48 hours of attempts in a stream that keeps its records for so long."""
    app = App()
    orders = app.add(kinesis.Stream("orders", retention_period_hours=48))

    @app.function
    async def work(event: Any, context: Any) -> None:
        raise ValueError("always")

    app.map(orders, work, starting_position=OLDEST)

    async def main() -> float:
        async with app.start() as bus:
            await bus[orders].put_record(data="a", partition_key="k")
            await bus.settle(within=3 * DAY)
            return attempts_of(bus, work)[-1][0]

    assert 2 * DAY - 60 <= virtually(main) < 2 * DAY


def test_a_child_whose_parent_is_gone_is_read() -> None:
    """Nothing that is over holds it up."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    async def main() -> None:
        async with app.start() as bus:
            await bus[orders].put_record(data="a", partition_key="k")
            await bus[orders].split_shard("shardId-000000000000", str(2 * QUARTER))
            await bus.advance(DAY)
            await bus[orders].put_record(data="b", partition_key="k")
            await bus.create_event_source_mapping(orders, work, starting_position=OLDEST)
            await bus.settle()

            assert attempts_of(bus, work) == [(DAY, "b")]

    virtually(main)


# Positions


@both
def test_latest(kind: str) -> None:
    """What came before the mapping is never read; what comes at its instant is."""
    app = App()
    orders = Source(app, kind)

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    async def main() -> None:
        async with app.start() as bus:
            await orders.put(bus, "a")
            await bus.advance(5)
            await bus.create_event_source_mapping(orders.source, work, starting_position="LATEST")
            await orders.put(bus, "b")
            await bus.advance(5)
            await orders.put(bus, "c")
            await bus.settle()

            assert "".join(records for _, records in attempts_of(bus, work)) == "bc"

    virtually(main)


@pytest.mark.parametrize("as_datetime", [True, False], ids=["datetime", "seconds"])
def test_at_timestamp(as_datetime: bool) -> None:
    """What arrived then or later is read, in each of the shards."""
    app = App()
    orders = app.add(kinesis.Stream("orders", shard_count=2))
    instant = START + timedelta(seconds=10)

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    async def main() -> None:
        async with app.start() as bus:
            for value in "abcdef":
                hash_key = str(0 if value in "ace" else 2 * QUARTER)
                await bus[orders].put_record(data=value, partition_key="k", explicit_hash_key=hash_key)
                await bus.advance(5)
            await bus.create_event_source_mapping(
                orders,
                work,
                starting_position="AT_TIMESTAMP",
                starting_position_timestamp=instant if as_datetime else instant.timestamp(),
            )
            await bus.settle()

            assert sorted(attempts_of(bus, work)) == [(30.0, "ce"), (30.0, "df")]

    virtually(main)


# Answers


@pytest.mark.parametrize(
    ("size", "outcomes"),
    [(LARGEST_ANSWER, ["succeeded"]), (LARGEST_ANSWER + 1, ["failed", "failed"])],
    ids=["6 MB", "one byte more"],
)
def test_an_answer_of_more_than_6_mb(size: int, outcomes: list[str]) -> None:
    """Is a function error: tried again, then given up as that."""
    app = App()
    orders, lost = app.add(kinesis.Stream("orders")), app.add(sqs.Queue("lost"))

    @app.function
    async def work(event: Any, context: Any) -> str:
        return "x" * (size - 2)

    app.map(orders, work, starting_position=OLDEST, maximum_retry_attempts=1, on_failure=lost)

    async def main() -> None:
        async with app.start() as bus:
            await bus[orders].put_record(data="a", partition_key="k")
            await bus.settle()

            assert [attempt.outcome for attempt in bus.invocations(work)] == outcomes
            records = [json.loads(message.body) for message in await bus[lost].peek()]
            assert [record["responseContext"]["functionError"] for record in records] == ["Unhandled"] * (
                len(outcomes) - 1
            )

    virtually(main)


def test_a_destination_that_refuses() -> None:
    """The shard goes on all the same, and the trace says what was lost."""
    app = App()
    orders, lost = app.add(kinesis.Stream("orders")), app.add(sqs.Queue("lost"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        if "a" in values_of(event):
            raise ValueError("a")

    app.map(orders, work, starting_position=OLDEST, batch_size=1, maximum_retry_attempts=0, on_failure=lost)

    async def main() -> None:
        async with app.start() as bus:
            bus.faults.refuse_delivery(lost)
            put = await bus[orders].put_record(data="a", partition_key="k")
            await bus[orders].put_record(data="b", partition_key="k")
            await bus.settle()

            assert [records for _, records in attempts_of(bus, work)] == ["a", "b"]
            assert await bus[lost].peek() == []
            assert "given up: RetryAttemptsExhausted" in str(bus.trace(put.sequence_number))
            assert "handed over to lost" in str(bus.trace(put.sequence_number))

    virtually(main)


# Filters


def test_filters_on_the_data_of_a_stream() -> None:
    """What is refused is never invoked, holds nothing up, and its trace names the leaf that refused it."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))
    criteria = [{"data": {"kind": ["order"], "amount": [{"numeric": [">", 10]}]}}]
    data = ['{"kind":"order","amount":11}', '{"kind":"order","amount":10}', "plain", '{"kind":"bill","amount":20}']
    sent: list[str | bytes] = [*data, b"\xff"]

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    app.map(orders, work, starting_position=OLDEST, filter_criteria=criteria)

    async def main() -> list[str]:
        async with app.start() as bus:
            put = [await bus[orders].put_record(data=each, partition_key="k") for each in sent]
            await bus.settle()

            assert attempts_of(bus, work) == [(0.0, data[0])]
            return [str(bus.trace(each.sequence_number)) for each in put[1:]]

    amount, plain, kind, binary = virtually(main)
    assert "filtered out: data.amount" in amount
    assert "filtered out: data: is no JSON object" in plain
    assert 'filtered out: data.kind: "bill"' in kind
    assert "filtered out: data" in binary


def test_filters_on_the_changes_of_a_table() -> None:
    """On what happened, and on typed values."""
    app = App()
    orders = app.add(dynamodb.Table("orders", stream_view_type="NEW_IMAGE"))
    criteria = [{"eventName": ["INSERT"], "dynamodb": {"NewImage": {"kind": {"S": ["order"]}}}}]

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    app.map(orders.stream, work, starting_position=OLDEST, filter_criteria=criteria)

    async def main() -> list[str]:
        async with app.start() as bus:
            for id, kind, n in (("a", "order", 1), ("b", "bill", 1), ("a", "order", 2), ("c", "order", 1)):
                await bus[orders].put_item({"id": {"S": id}, "kind": {"S": kind}, "n": {"N": str(n)}})
            numbers = [record["dynamodb"]["SequenceNumber"] for record in await bus[orders.stream].peek()]
            await bus.settle()

            assert attempts_of(bus, work) == [(0.0, "ac")]
            return [str(bus.trace(number)) for number in numbers[1:3]]

    kind, name = virtually(main)
    assert 'filtered out: dynamodb.NewImage.kind.S: "bill"' in kind
    assert 'filtered out: eventName: "MODIFY"' in name


def test_what_filters_refuse_fills_no_batch() -> None:
    """Of 1,000 records those that pass go together, five at a time."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    app.map(
        orders,
        work,
        starting_position=OLDEST,
        batch_size=5,
        filter_criteria=[{"data": {"n": [{"numeric": ["<", 12]}]}}],
    )

    async def main() -> list[int]:
        async with app.start() as bus:
            for first in (0, 500):
                await bus[orders].put_records(
                    [{"data": json.dumps({"n": (first + n) % 100}), "partition_key": "k"} for n in range(500)]
                )
            await bus.settle()
            return [len(attempt.event["Records"]) for attempt in bus.invocations(work)]

    sizes = virtually(main)
    assert sum(sizes) == 120
    assert max(sizes) == 5


# Mappings that stop and go on


@both
def test_a_disabled_mapping_keeps_its_checkpoint(kind: str) -> None:
    """Enabled again it goes on behind what it did, without repeating and without leaving out."""
    app = App()
    orders = Source(app, kind)

    @app.function
    async def work(event: Any, context: Any) -> None: ...

    mapping = app.map(orders.source, work, starting_position=OLDEST)

    async def main() -> None:
        async with app.start() as bus:
            await orders.put(bus, "a")
            await bus.settle()
            await bus.update_event_source_mapping(mapping.uuid, enabled=False)
            await orders.put(bus, "b")
            await bus.advance(HOUR)
            await orders.put(bus, "c")
            await bus.advance(HOUR)
            assert attempts_of(bus, work) == [(0.0, "a")]

            await bus.update_event_source_mapping(mapping.uuid, enabled=True)
            await bus.settle()
            assert attempts_of(bus, work) == [(0.0, "a"), (2 * HOUR, "bc")]

    virtually(main)


def test_disabled_while_a_batch_runs_and_another_waits() -> None:
    """What runs is finished; what failed before is tried again when it is enabled, with its count."""
    app = App()
    orders, lost = app.add(kinesis.Stream("orders", shard_count=2)), app.add(sqs.Queue("lost"))

    @app.function(timeout=10)
    async def work(event: Any, context: Any) -> None:
        if "a" in values_of(event):
            raise ValueError("a")
        await asyncio.sleep(5)

    mapping = app.map(orders, work, starting_position=OLDEST, maximum_retry_attempts=1, on_failure=lost)

    async def main() -> None:
        async with app.start() as bus:
            for value, hash_key in (("a", 0), ("b", 2 * QUARTER)):
                await bus[orders].put_record(data=value, partition_key="k", explicit_hash_key=str(hash_key))
            await bus.advance(0.1)
            await bus.update_event_source_mapping(mapping.uuid, enabled=False)
            await bus.advance(100 - bus.loop.time())
            assert sorted(attempts_of(bus, work)) == [(0.0, "a"), (0.0, "b")]

            await bus.update_event_source_mapping(mapping.uuid, enabled=True)
            await bus.settle()
            assert sorted(attempts_of(bus, work))[2:] == [(100.0, "a")]
            [record] = [json.loads(message.body) for message in await bus[lost].peek()]
            assert record["requestContext"]["approximateInvokeCount"] == 2

    virtually(main)


@both
def test_disabled_in_the_middle_of_a_failing_batch(kind: str) -> None:
    """Enabled again it goes on at the first record that is not done with: nothing before it, all of the rest."""
    app = App()
    orders = Source(app, kind)

    @app.function
    async def work(event: Any, context: Any) -> Any:
        await asyncio.sleep(1)
        if asyncio.get_running_loop().time() > 10 or "c" not in values_of(event):
            return None
        failed = event["Records"][values_of(event).index("c")]
        number = failed["kinesis"]["sequenceNumber"] if kind == "kinesis" else failed["dynamodb"]["SequenceNumber"]
        return {"batchItemFailures": [{"itemIdentifier": number}]}

    async def main() -> None:
        async with app.start() as bus:
            for value in "abcd":
                await orders.put(bus, value)
            mapping = await bus.create_event_source_mapping(
                orders.source, work, starting_position=OLDEST, function_response_types=["ReportBatchItemFailures"]
            )
            await bus.advance(0.5)
            await bus.update_event_source_mapping(mapping.uuid, enabled=False)
            await bus.advance(HOUR - 0.5)
            await orders.put(bus, "e")
            assert attempts_of(bus, work) == [(0.0, "abcd")]

            await bus.update_event_source_mapping(mapping.uuid, enabled=True)
            await bus.settle()
            assert attempts_of(bus, work)[1:] == [(HOUR, "cd"), (HOUR + 1, "e")]

    virtually(main)


def test_disabled_with_one_of_two_lanes_blocked() -> None:
    """What the other lane did, behind the record that failed, does not come again."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        if "a" in values_of(event) and asyncio.get_running_loop().time() < 10:
            raise ValueError("not yet")

    mapping = app.map(orders, work, starting_position=OLDEST, parallelization_factor=2)

    async def main() -> None:
        async with app.start() as bus:
            for value, key in (("a", "red"), ("b", "blue"), ("c", "red"), ("d", "blue")):
                await bus[orders].put_record(data=value, partition_key=key)
            await bus.advance(0.1)
            await bus.update_event_source_mapping(mapping.uuid, enabled=False)
            await bus[orders].put_record(data="e", partition_key="blue")
            await bus.advance(HOUR - 0.1)
            assert sorted(attempts_of(bus, work)) == [(0.0, "ac"), (0.0, "bd")]

            await bus.update_event_source_mapping(mapping.uuid, enabled=True)
            await bus.settle()
            assert sorted(attempts_of(bus, work))[2:] == [(HOUR, "ac"), (HOUR, "e")]

    virtually(main)


@pytest.mark.parametrize(
    ("enabled_at", "tried"),
    [(7 * DAY - 1, ["b", "cd"]), (7 * DAY, ["cd"]), (8 * DAY, ["d"]), (12 * DAY, [])],
    ids=["all is kept", "what failed is over", "what came next is over", "all is over"],
)
def test_a_disabled_mapping_keeps_its_checkpoint_for_days(enabled_at: int, tried: list[str]) -> None:
    """Enabled again it goes on with the record that failed, or the oldest behind it that the stream still keeps."""
    app = App()
    orders = app.add(kinesis.Stream("orders", retention_period_hours=7 * 24))

    @app.function
    async def work(event: Any, context: Any) -> None:
        if "b" in values_of(event) and asyncio.get_running_loop().time() < DAY:
            raise ValueError("not yet")

    mapping = app.map(orders, work, starting_position=OLDEST, batch_size=2)

    async def main() -> None:
        async with app.start() as bus:

            async def put(at: int, value: str) -> None:
                await bus.advance(at - bus.loop.time())
                await bus[orders].put_record(data=value, partition_key="k")

            await put(0, "a")
            await bus.settle()
            await put(0, "b")
            await bus.advance(0.1)
            await bus.update_event_source_mapping(mapping.uuid, enabled=False)
            await put(DAY, "c")
            await put(5 * DAY, "d")
            await bus.advance(enabled_at - bus.loop.time())
            assert attempts_of(bus, work) == [(0.0, "a"), (0.0, "b")]

            await bus.update_event_source_mapping(mapping.uuid, enabled=True)
            await bus.settle()
            assert attempts_of(bus, work)[2:] == [(float(enabled_at), records) for records in tried]

    virtually(main)


# Closing


def test_closing_in_the_middle() -> None:
    """A batch that runs is cancelled, one that waits and a window that is open are let go; nothing hangs."""
    app = App()
    orders = app.add(kinesis.Stream("orders", shard_count=3))
    seen: list[str] = []

    @app.function(timeout=60)
    async def work(event: Any, context: Any) -> Any:
        [value] = values_of(event)
        if value == "fails":
            raise ValueError("no")
        if value == "runs":
            try:
                await asyncio.sleep(50)
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise
        return {"state": {}}

    app.map(orders, work, starting_position=OLDEST, tumbling_window_in_seconds=900)

    async def main() -> float:
        async with app.start() as bus:
            for shard, value in enumerate(("fails", "runs", "is done")):
                hash_key = str(2**128 * shard // 3 + 1)
                await bus[orders].put_record(data=value, partition_key="k", explicit_hash_key=hash_key)
            await bus.advance(20)
            await bus.aclose()
            return float(bus.loop.time())

    assert virtually(main) == 20.0
    assert seen == ["cancelled"]


def test_closing_waits_for_what_runs() -> None:
    """So long as it is told to; no batch is begun meanwhile."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))
    done: list[str] = []

    @app.function(timeout=60)
    async def work(event: Any, context: Any) -> None:
        await asyncio.sleep(5)
        done.extend(values_of(event))

    app.map(orders, work, starting_position=OLDEST, batch_size=1)

    async def main() -> float:
        async with app.start() as bus:
            for value in "ab":
                await bus[orders].put_record(data=value, partition_key="k")
            await bus.advance(1)
            await bus.aclose(drain=10)
            return float(bus.loop.time())

    assert virtually(main) == 5.0
    assert done == ["a"]


def test_closing_settled() -> None:
    """All records are done with, those that are tried again and those given up too."""
    app = App()
    orders, lost = app.add(kinesis.Stream("orders")), app.add(sqs.Queue("lost"))
    done: list[str] = []

    @app.function
    async def work(event: Any, context: Any) -> None:
        if "b" in values_of(event):
            raise ValueError("b")
        done.extend(values_of(event))

    app.map(orders, work, starting_position=OLDEST, batch_size=1, maximum_retry_attempts=3, on_failure=lost)

    async def main() -> float:
        async with app.start() as bus:
            for value in "abc":
                await bus[orders].put_record(data=value, partition_key="k")
            await bus.aclose(drain=None)
            return float(bus.loop.time())

    assert virtually(main) == 3.5
    assert done == ["a", "c"]


# Handlers, and many records


def test_def_handlers() -> None:
    """Ten lanes of a shard in threads: each key in its order, the poisoned one alone in the destination."""
    app = App()
    orders, lost = app.add(kinesis.Stream("orders")), app.add(sqs.Queue("lost"))
    handled: list[tuple[str, int]] = []

    @app.function
    def work(event: kinesis.KinesisEvent, context: Any) -> None:
        batch = [
            (record["kinesis"]["partitionKey"], int(b64decode(record["kinesis"]["data"])))
            for record in event["Records"]
        ]
        if any(number == 77 for _, number in batch):
            raise ValueError("77")
        handled.extend(batch)

    app.map(
        orders,
        work,
        starting_position=OLDEST,
        batch_size=10,
        parallelization_factor=10,
        bisect_batch_on_function_error=True,
        maximum_retry_attempts=1,
        on_failure=lost,
    )

    async def main() -> int:
        async with app.start() as bus:
            await bus[orders].put_records(
                [{"data": str(number), "partition_key": f"key-{number % 7}"} for number in range(200)]
            )
            await bus.settle()
            return len(await bus[lost].peek())

    assert virtually(main) == 1
    assert sorted(number for _, number in handled) == [number for number in range(200) if number != 77]
    for key in {key for key, _ in handled}:
        numbers = [number for each, number in handled if each == key]
        assert numbers == sorted(numbers)


def test_a_hundred_thousand_records() -> None:
    """In batches as large as they may be, each shard in its order, at one instant."""
    app = App()
    orders = app.add(kinesis.Stream("orders", shard_count=4))
    handled: dict[str, list[int]] = {}

    @app.function
    async def work(event: kinesis.KinesisEvent, context: Any) -> None:
        shard = event["Records"][0]["eventID"].partition(":")[0]
        handled.setdefault(shard, []).extend(int(b64decode(record["kinesis"]["data"])) for record in event["Records"])

    app.map(orders, work, starting_position=OLDEST, batch_size=10_000)

    async def main() -> tuple[float, int]:
        async with app.start(trace="off") as bus:
            for first in range(0, 100_000, 500):
                await bus[orders].put_records(
                    [
                        {"data": str(number), "partition_key": f"key-{number % 1_000}"}
                        for number in range(first, first + 500)
                    ]
                )
            await bus.settle()
            return bus.loop.time(), bus.statistics().invocations

    at, invocations = virtually(main)
    assert at == 0.0
    assert invocations < 1_000
    assert sorted(number for numbers in handled.values() for number in numbers) == list(range(100_000))
    assert all(numbers == sorted(numbers) for numbers in handled.values())


def test_a_batch_of_ten_thousand() -> None:
    """Small records: the largest batch there is fits into one event."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))
    sizes: list[int] = []

    @app.function
    async def work(event: kinesis.KinesisEvent, context: Any) -> None:
        sizes.append(len(event["Records"]))

    app.map(orders, work, starting_position=OLDEST, batch_size=10_000)

    async def main() -> None:
        async with app.start(trace="off") as bus:
            for _ in range(21):
                await bus[orders].put_records([{"data": "x" * 50, "partition_key": "k"}] * 500)
            await bus.settle()

    virtually(main)
    assert sizes == [10_000, 500]


# What a poisoned shard costs the others


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"bisect_batch_on_function_error": True, "maximum_retry_attempts": 5},
        {"parallelization_factor": 10},
        {"maximum_batching_window_in_seconds": 5},
        {"maximum_record_age_in_seconds": 60},
    ],
    ids=["for ever", "bisect", "lanes", "window", "age"],
)
def test_a_poisoned_shard_costs_the_others_nothing(settings: dict[str, Any]) -> None:
    """Their attempts are the same in number and time with and without it."""

    def attempts(poison: str) -> dict[str, list[tuple[float, str]]]:
        app = App()
        orders = app.add(kinesis.Stream("orders", shard_count=4))

        @app.function
        async def work(event: Any, context: Any) -> None:
            await asyncio.sleep(0.25)
            if poison in values_of(event):
                raise ValueError(poison)

        app.map(orders, work, starting_position=OLDEST, batch_size=5, **settings)

        async def main() -> dict[str, list[tuple[float, str]]]:
            async with app.start() as bus:
                for number in range(200):
                    await bus[orders].put_record(
                        data=f"{number:03d}",
                        partition_key=f"key-{number % 9}",
                        explicit_hash_key=str(number % 4 * QUARTER),
                    )
                    await bus.advance(0.125 * (number % 3))
                await bus.advance(HOUR)
                found: dict[str, list[tuple[float, str]]] = {}
                for attempt in bus.invocations(work):
                    shard = attempt.event["Records"][0]["eventID"].partition(":")[0]
                    at = (attempt.start - START).total_seconds()
                    found.setdefault(shard, []).append((at, "".join(values_of(attempt.event))))
                return found

        return virtually(main)

    healthy, poisoned = attempts("none"), attempts("004")
    first = "shardId-000000000000"
    assert len(healthy) == 4
    assert healthy.pop(first) != poisoned.pop(first)
    assert healthy == poisoned
