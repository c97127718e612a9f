"""Shards that close and open under a mapping, on a running bus: who is read when, from where on, and in which lanes."""

import asyncio
import json
import logging
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eventbus import App, Function
from eventbus.testing.late_answers import NEVER, NOW, TWICE
from eventbus.testing.late_stream import LateStream, LateStreamEvent
from sources import dynamodb, kinesis, sqs
from tests.helpers import virtually

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = 3_600.0
DAY = 24 * HOUR
OLDEST = "TRIM_HORIZON"
FIRST, LEFT, RIGHT, THIRD = (f"shardId-{number:012d}" for number in range(4))
MIDDLE = 2**127  # of all hash keys


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def values_of(event: Any) -> str:
    """What was put, in one text: of a stream its data, of a table the ids of its items."""
    return "".join(
        b64decode(record["kinesis"]["data"]).decode() if "kinesis" in record else record["dynamodb"]["Keys"]["id"]["S"]
        for record in event["Records"]
    )


def attempts_of(bus: Any, function: Function[Any, Any]) -> list[tuple[float, str]]:
    """When, and with which records, in the order in which they began."""
    return [
        ((attempt.start - START).total_seconds(), values_of(attempt.event)) for attempt in bus.invocations(function)
    ]


async def until(bus: Any, at: float) -> None:
    await bus.advance(at - bus.loop.time())


async def put(bus: Any, stream: kinesis.Stream, value: str, *, at: int = 0, key: str = "k") -> None:
    await bus[stream].put_record(data=value, partition_key=key, explicit_hash_key=str(at))


# Starting positions


@pytest.mark.parametrize(
    ("position", "instant", "tried"),
    [
        (OLDEST, None, [(40.0, "a"), (41.0, "bc"), (42.0, "d")]),
        ("AT_TIMESTAMP", 0.0, [(40.0, "a"), (41.0, "bc"), (42.0, "d")]),
        ("AT_TIMESTAMP", 12.0, [(40.0, "bc"), (41.0, "d")]),
        ("AT_TIMESTAMP", 25.0, [(40.0, "c"), (41.0, "d")]),
        ("AT_TIMESTAMP", 40.0, []),
        ("LATEST", None, []),
    ],
    ids=["oldest", "from the first on", "from the children on", "in the middle", "now", "latest"],
)
def test_position_among_shards_of_three_generations(
    position: str, instant: float | None, tried: list[tuple[float, str]]
) -> None:
    """What is closed is read from there to its end, one generation after the other; what is born later, all of it."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))
    settings: dict[str, Any] = {"starting_position": position}
    if instant is not None:
        settings["starting_position_timestamp"] = START + timedelta(seconds=instant)

    @app.function
    async def work(event: Any, context: Any) -> None:
        await asyncio.sleep(1)

    async def main() -> list[tuple[float, str]]:
        async with app.start() as bus:
            await put(bus, orders, "a")
            await until(bus, 10)
            await bus[orders].split_shard(FIRST, str(MIDDLE))
            await until(bus, 15)
            await put(bus, orders, "b")
            await until(bus, 25)
            await put(bus, orders, "c")
            await until(bus, 30)
            await bus[orders].merge_shards(LEFT, RIGHT)
            await until(bus, 35)
            await put(bus, orders, "d")
            await until(bus, 40)
            await bus.create_event_source_mapping(orders, work, **settings)
            await until(bus, 45)
            await bus[orders].split_shard(THIRD, str(MIDDLE))
            await put(bus, orders, "e")
            await bus.settle()
            return attempts_of(bus, work)

    assert virtually(main) == [*tried, (45.0, "e")]


def test_blocked_shard_holds_up_its_grandchildren() -> None:
    """Not its cousins: they have other keys."""
    app = App()
    orders = app.add(kinesis.Stream("orders", shard_count=2))

    @app.function
    async def work(event: Any, context: Any) -> None:
        if values_of(event) == "a" and asyncio.get_running_loop().time() < 40:
            raise ValueError("a")

    app.map(orders, work, starting_position=OLDEST)

    async def main() -> list[tuple[float, str]]:
        async with app.start() as bus:
            await put(bus, orders, "a")
            await put(bus, orders, "z", at=MIDDLE)
            await until(bus, 1)
            await bus[orders].split_shard(FIRST, str(MIDDLE // 2))
            await bus[orders].split_shard(LEFT, str(MIDDLE + MIDDLE // 2))
            await put(bus, orders, "b")
            await put(bus, orders, "y", at=MIDDLE)
            await until(bus, 2)
            await bus[orders].merge_shards("shardId-000000000002", "shardId-000000000003")
            await bus[orders].merge_shards("shardId-000000000004", "shardId-000000000005")
            await put(bus, orders, "c")
            await put(bus, orders, "x", at=MIDDLE)
            await bus.settle()
            return attempts_of(bus, work)

    attempts = virtually(main)
    assert [each for each in attempts if each[1] in "xyz"] == [(0.0, "z"), (1.0, "y"), (2.0, "x")]
    assert [each for each in attempts if each[1] in "abc"][-3:] == [(63.5, "a"), (63.5, "b"), (63.5, "c")]


# Answers that come late


@pytest.mark.parametrize(
    ("delays", "at"), [((30.0,), 40.0), (NEVER, 70.0), (TWICE, 11.0)], ids=["late", "no", "double"]
)
@pytest.mark.parametrize("late", [0, 1], ids=["first parent", "second parent"])
def test_merged_child_waits_for_the_end_of_both_parents(late: int, delays: tuple[float, ...], at: float) -> None:
    """However long one of them takes to say that it has ended; a read without an answer is repeated after a minute."""
    app = App()
    ends = [NOW, delays] if late else [delays, NOW]
    orders = app.add(
        LateStream("orders", bodies=["b:1", "a:1"], shard_count=2, merges=[(10.0, 0, 1)], reads=[NOW, NOW, *ends])
    )

    @app.function
    async def work(event: LateStreamEvent, context: Any) -> None: ...

    app.map(orders, work, starting_position=OLDEST)

    async def main() -> list[tuple[float, list[str]]]:
        async with app.start() as bus:
            await until(bus, 11)
            await bus[orders].put("a:2")
            await bus[orders].put("b:2")
            await bus.settle()
            return [
                ((attempt.start - START).total_seconds(), [record["body"] for record in attempt.event["Records"]])
                for attempt in bus.invocations(work)
            ]

    assert virtually(main) == [(0.0, ["b:1"]), (0.0, ["a:1"]), (at, ["a:2", "b:2"])]


def test_child_that_is_listed_late_is_read_from_its_beginning() -> None:
    """Whatever arrived in it before anybody knew of it, in spite of LATEST."""
    app = App()
    orders = app.add(LateStream("orders", shard_count=2, merges=[(10.0, 0, 1)], lists=[NOW, (25.0,)]))

    @app.function
    async def work(event: LateStreamEvent, context: Any) -> None: ...

    app.map(orders, work, starting_position="LATEST")

    async def main() -> list[tuple[float, int]]:
        async with app.start() as bus:
            await until(bus, 12)
            await bus[orders].put("a:1")
            await bus.settle()
            return [
                ((attempt.start - START).total_seconds(), len(attempt.event["Records"]))
                for attempt in bus.invocations(work)
            ]

    assert virtually(main) == [(35.0, 1)]


# Retention


def test_retention_passes_a_blocked_parent() -> None:
    """Its children begin as soon as what blocked it is over, with all they have."""
    app = App()
    orders, lost = app.add(kinesis.Stream("orders")), app.add(sqs.Queue("lost"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        if values_of(event) == "a":
            raise ValueError("a")

    app.map(orders, work, starting_position=OLDEST, on_failure=lost)

    async def main() -> list[tuple[float, str]]:
        async with app.start() as bus:
            await put(bus, orders, "a")
            await until(bus, HOUR)
            await bus[orders].split_shard(FIRST, str(MIDDLE))
            await put(bus, orders, "b")
            await put(bus, orders, "c", at=MIDDLE)
            await bus.settle()
            assert await bus[lost].peek() == []
            return attempts_of(bus, work)

    attempts = virtually(main)
    *blocked, (first, left), (second, right) = attempts
    assert {records for _, records in blocked} == {"a"}
    assert blocked[-1][0] < DAY <= first == second <= DAY + 60
    assert sorted((left, right)) == ["b", "c"]


@pytest.mark.parametrize(
    ("enabled_at", "tried"),
    [
        (3 * HOUR, ["a", "b", "c"]),
        (DAY, ["b", "c"]),
        (DAY + HOUR - 1, ["c"]),
        (DAY + HOUR, ["c"]),
        (DAY + 2 * HOUR, []),
    ],
    ids=["all is there", "the first is over", "the parent is empty", "the parent is gone", "all is over"],
)
def test_split_while_the_mapping_is_disabled(enabled_at: float, tried: list[str]) -> None:
    """Enabled again it goes on with the record that failed, then the rest of the parent, then the child; what is over
    by then is passed."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        if asyncio.get_running_loop().time() < 1:
            raise ValueError("not yet")

    mapping = app.map(orders, work, starting_position=OLDEST)

    async def main() -> list[tuple[float, str]]:
        async with app.start() as bus:
            await put(bus, orders, "a")
            await bus.advance(0.1)
            await bus.update_event_source_mapping(mapping.uuid, enabled=False)
            await until(bus, HOUR / 2)
            await put(bus, orders, "b")
            await until(bus, HOUR)
            await bus[orders].split_shard(FIRST, str(MIDDLE))
            await until(bus, 2 * HOUR)
            await put(bus, orders, "c")
            await until(bus, enabled_at)
            await bus.update_event_source_mapping(mapping.uuid, enabled=True)
            await bus.settle()
            return attempts_of(bus, work)

    assert virtually(main) == [(0.0, "a"), *((enabled_at, records) for records in tried)]


def test_blocked_shard_of_a_table_holds_up_the_next_day() -> None:
    """A shard of a table is open for a day: its child waits until the last of it is done with."""
    app = App()
    orders, lost = app.add(dynamodb.Table("orders", stream_view_type="KEYS_ONLY")), app.add(sqs.Queue("lost"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        raise ValueError("always")

    app.map(orders.stream, work, starting_position=OLDEST, maximum_retry_attempts=3, on_failure=lost)

    async def main() -> tuple[list[tuple[float, str]], list[Any]]:
        async with app.start() as bus:
            for after, id in ((-1, "a"), (0, "b"), (1, "c")):
                await until(bus, DAY + after)
                await bus[orders].put_item({"id": {"S": id}})
            await bus.settle()
            return attempts_of(bus, work), [json.loads(message.body) for message in await bus[lost].peek()]

    attempts, failures = virtually(main)
    assert attempts == [
        *((DAY - 1 + after, "a") for after in (0.0, 0.5, 1.5, 3.5)),
        *((DAY + 2.5 + after, "bc") for after in (0.0, 0.5, 1.5, 3.5)),
    ]
    parent, child = [failure["DDBStreamBatchInfo"] for failure in failures]
    assert parent["shardId"] != child["shardId"]
    assert (parent["batchSize"], child["batchSize"]) == (1, 2)


# Windows


def test_merged_child_waits_for_the_windows_of_both_parents() -> None:
    """Each ends with its shard; the last call of one of them fails, and the child begins fresh behind it."""
    app = App()
    orders = app.add(kinesis.Stream("orders", shard_count=2))
    calls: list[tuple[float, str, str, Any]] = []

    @app.function
    async def work(event: Any, context: Any) -> Any:
        shard, final = event["shardId"][-1], event["isFinalInvokeForWindow"]
        calls.append((asyncio.get_running_loop().time(), shard, values_of(event) or "!", event["state"]))
        if final and shard == "1" and asyncio.get_running_loop().time() < 11:
            raise ValueError("not yet")
        return {"state": {"seen": event["state"].get("seen", "") + values_of(event)}}

    app.map(orders, work, starting_position=OLDEST, tumbling_window_in_seconds=60)

    async def main() -> None:
        async with app.start() as bus:
            await put(bus, orders, "a")
            await put(bus, orders, "b", at=MIDDLE)
            await until(bus, 10)
            await bus[orders].merge_shards(FIRST, LEFT)
            await put(bus, orders, "c")
            await bus.settle()

    virtually(main)
    assert calls == [
        (0.0, "0", "a", {}),
        (0.0, "1", "b", {}),
        (10.0, "0", "!", {"seen": "a"}),
        (10.0, "1", "!", {"seen": "b"}),
        (10.5, "1", "!", {"seen": "b"}),
        (11.5, "1", "!", {"seen": "b"}),
        (11.5, "2", "c", {}),
        (60.0, "2", "!", {"seen": "c"}),
    ]


# Lanes


def test_lanes_change_behind_a_batch_that_is_blocked() -> None:
    """What is tried stays together; what comes behind it goes by the new number, also when that is lowered again."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))

    @app.function
    async def work(event: Any, context: Any) -> None:
        if "a" in values_of(event) and asyncio.get_running_loop().time() < 3:
            raise ValueError("not yet")
        await asyncio.sleep(1)

    mapping = app.map(orders, work, starting_position=OLDEST)

    async def main() -> list[tuple[float, str]]:
        async with app.start() as bus:

            async def put_both(red: str, blue: str) -> None:
                await put(bus, orders, red, key="red")
                await put(bus, orders, blue, key="blue")

            await put_both("a", "b")
            await until(bus, 1)
            await bus.update_event_source_mapping(mapping.uuid, parallelization_factor=2)
            await until(bus, 2)
            await put_both("c", "d")
            await until(bus, 5)
            await bus.update_event_source_mapping(mapping.uuid, parallelization_factor=1)
            await put_both("e", "f")
            await bus.settle()
            return attempts_of(bus, work)

    *together, left, right, last = virtually(main)
    assert together == [(at, "ab") for at in (0.0, 0.5, 1.5, 3.5)]
    assert sorted((left, right)) == [(4.5, "c"), (4.5, "d")]
    assert last == (5.5, "ef")


@pytest.mark.parametrize("seed", range(5))
def test_lanes_change_under_load(seed: int) -> None:
    """Up and down, over splits, with attempts that fail: each record is done with once, each key in its order."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))
    handled: list[tuple[str, int]] = []
    running: list[str] = []
    two_at_once: list[str] = []
    failed: list[int] = []

    @app.function(timeout=10)
    async def work(event: Any, context: Any) -> None:
        batch = [
            (record["kinesis"]["partitionKey"], int(b64decode(record["kinesis"]["data"])))
            for record in event["Records"]
        ]
        keys = sorted({key for key, _ in batch})
        two_at_once.extend(key for key in keys if key in running)
        running.extend(keys)
        await asyncio.sleep(0.3)
        for key in keys:
            running.remove(key)
        first = batch[0][1]
        if first % 7 == seed and failed.count(first) < 2:
            failed.append(first)
            raise ValueError("now and then")
        handled.extend(batch)

    mapping = app.map(orders, work, starting_position=OLDEST, batch_size=4)

    async def main() -> None:
        async with app.start(seed=seed) as bus:
            for number in range(200):
                await bus[orders].put_record(data=str(number), partition_key=f"key-{number % 9}")
                await bus.advance(0.25)
                if number % 40 == 20:
                    factor = (10, 1, 3, 10, 2)[number // 40]
                    await bus.update_event_source_mapping(mapping.uuid, parallelization_factor=factor)
                if number % 80 == 50:
                    await bus[orders].update_shard_count(2 if number == 50 else 1)
            await bus.settle()

    virtually(main)
    assert failed
    assert two_at_once == []
    assert sorted(number for _, number in handled) == list(range(200))
    for key in {key for key, _ in handled}:
        numbers = [number for each, number in handled if each == key]
        assert numbers == sorted(numbers)
