"""Generated stories of one mapping on a stream that is resharded under way: nothing is lost, nothing is done twice, and
the records of a key are handled in their order, whatever fails, times out or is throttled.
"""

import asyncio
import json
import logging
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest
from attrs import define, field

from eventbus import App
from sources import kinesis, sqs
from tests.helpers import virtually

RECORDS = 1_000
KEYS = 7
POISONED = 3
TIMEOUT = 3
SEEDS = 20
MANY_SEEDS = 2_000
AT_ONCE = 100


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@define(eq=False)
class Work:
    """The function: fails while one of the `poisoned` is in its batch, and now and then takes too long."""

    dice: Random
    poisoned: frozenset[int]
    handled: list[tuple[str, int]] = field(factory=list, init=False)
    failed_alone: Counter[int] = field(factory=Counter, init=False)  # attempts with one record
    running: list[str] = field(factory=list, init=False)  # keys
    two_at_once: list[str] = field(factory=list, init=False)

    async def handle(self, event: kinesis.KinesisEvent, context: Any) -> None:
        batch = [
            (record["kinesis"]["partitionKey"], int(b64decode(record["kinesis"]["data"])))
            for record in event["Records"]
        ]
        keys = sorted({key for key, _ in batch})
        self.two_at_once += [key for key in keys if key in self.running]
        self.running += keys
        try:
            await self._work(batch)
        finally:
            for key in keys:
                self.running.remove(key)

    async def _work(self, batch: list[tuple[str, int]]) -> None:
        seconds = 60.0 if self.dice.random() < 0.15 else self.dice.choice([0.0, 0.0, 0.2, 1.0])
        poisoned = any(number in self.poisoned for _, number in batch)
        if len(batch) == 1 and (poisoned or seconds > TIMEOUT):
            self.failed_alone[batch[0][1]] += 1
        await asyncio.sleep(seconds)
        if poisoned:
            raise ValueError("poisoned")
        self.handled += batch


@define(eq=False)
class Story:
    """How one run ended. `lost` are the records of failures, `numbers` what each sequence number stands for."""

    work: Work
    lost: list[Any]
    numbers: Mapping[str, int]
    shards: int
    throttles: int
    never_fired: int
    trace_hash: str


def tell(seed: int, records: int) -> Story:
    dice = Random(seed)
    app = App()
    lost, orders = app.add(sqs.Queue("lost")), app.add(kinesis.Stream("orders", shard_count=2))
    work = Work(Random(dice.random()), frozenset(dice.sample(range(records), POISONED)))
    function = app.function(
        work.handle, name="work", timeout=TIMEOUT, reserved_concurrent_executions=dice.choice([2, 3, 5])
    )
    app.map(
        orders,
        function,
        starting_position="TRIM_HORIZON",
        batch_size=dice.choice([5, 20, 100]),
        parallelization_factor=10,
        bisect_batch_on_function_error=True,
        maximum_retry_attempts=1,
        on_failure=lost,
    )

    async def main() -> Story:
        async with app.start(seed=seed, trace="hash") as bus:
            for nth in dice.sample(range(1, 31), 5):
                bus.faults.throttle(function, nth=nth)
            numbers = await load(bus, orders, dice, records)
            await bus.settle()
            return Story(
                work,
                [json.loads(message.body) for message in await bus[lost].peek()],
                numbers,
                len((await bus[orders].list_shards()).shards),
                bus.statistics().throttles,
                len(bus.faults.report().never_fired),
                bus.trace_hash(),
            )

    return virtually(main)


async def load(bus: Any, orders: kinesis.Stream, dice: Random, records: int) -> dict[str, int]:
    """All records are put, a few at a time; meanwhile two shards are split, and two become one."""
    client = bus[orders]
    changes = dict(zip(sorted(dice.sample(range(1, 10), 3)), dice.sample([split, split, merge], 3), strict=True))
    numbers: dict[str, int] = {}
    while len(numbers) < records:
        first = len(numbers)
        size = min(dice.randint(1, 20), records - first)
        put = await client.put_records(
            [
                {"data": str(number).encode(), "partition_key": f"key-{number % KEYS}"}
                for number in range(first, first + size)
            ]
        )
        numbers |= {entry.sequence_number: first + at for at, entry in enumerate(put.records)}
        tenth = len(numbers) * 10 // records
        for due in [due for due in changes if due <= tenth]:
            await changes.pop(due)(client, dice)
        await bus.advance(dice.choice([0, 0, 0.1, 1]))
    return numbers


async def open_shards(client: Any) -> list[Any]:
    """By their hash keys."""
    shards = (await client.list_shards()).shards
    found = [shard for shard in shards if shard.sequence_number_range.ending_sequence_number is None]
    return sorted(found, key=lambda shard: int(shard.hash_key_range.starting_hash_key))


async def split(client: Any, dice: Random) -> None:
    shard = dice.choice(await open_shards(client))
    keys = shard.hash_key_range
    middle = (int(keys.starting_hash_key) + int(keys.ending_hash_key)) // 2
    await client.split_shard(shard.shard_id, str(middle))


async def merge(client: Any, dice: Random) -> None:
    shards = await open_shards(client)
    first = dice.randrange(len(shards) - 1)
    await client.merge_shards(shards[first].shard_id, shards[first + 1].shard_id)


def check(story: Story, records: int) -> None:
    """Conservation, order, and that what should go wrong did."""
    work = story.work
    given_up = [story.numbers[record["KinesisBatchInfo"]["startSequenceNumber"]] for record in story.lost]
    done = [number for _, number in work.handled]

    assert sorted(done + given_up) == list(range(records))
    assert sorted(given_up) == sorted(number for number, failures in work.failed_alone.items() if failures == 2)
    assert max(work.failed_alone.values()) == 2
    assert work.poisoned <= set(given_up)
    assert {record["KinesisBatchInfo"]["batchSize"] for record in story.lost} == {1}
    assert {record["requestContext"]["approximateInvokeCount"] for record in story.lost} == {2}
    assert {record["responseContext"]["functionError"] for record in story.lost} == {"Unhandled"}
    for key in {key for key, _ in work.handled}:
        numbers = [number for each, number in work.handled if each == key]
        assert numbers == sorted(numbers)
    assert work.two_at_once == []
    assert story.shards == 2 + 2 + 2 + 1
    assert story.throttles > 0
    assert story.never_fired == 0


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_thousand_records(seed: int) -> None:
    """Each handled once or alone in the destination, in the order of its key; the same once more under this seed."""
    story = tell(seed, RECORDS)

    check(story, RECORDS)
    assert tell(seed, RECORDS).trace_hash == story.trace_hash


@pytest.mark.long
@pytest.mark.parametrize("first", range(0, MANY_SEEDS, AT_ONCE))
def test_many_seeds(first: int) -> None:
    """The same, and the seed stands in the failure."""
    for seed in range(first, first + AT_ONCE):
        story = tell(seed, RECORDS)
        try:
            check(story, RECORDS)
            assert tell(seed, RECORDS).trace_hash == story.trace_hash
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise
