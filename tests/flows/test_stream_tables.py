"""The tables of mappings on streams, played on a running bus with a Kinesis stream; records of failures, whole."""

import asyncio
import json
from base64 import b64decode
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import define, field

from eventbus import App, Function
from sources import dynamodb, kinesis, s3, sns, sqs
from sources.kinesis.record import METADATA_SIZE
from tests.contracts.partial_batch_table import NOT_JSON, RAISES, with_ids
from tests.contracts.stream_model import Outcome, Record, Shard
from tests.contracts.stream_settings_table import RESPONSES, Response
from tests.contracts.stream_tables import (
    FAMILIES,
    REPORT,
    ROWS,
    Answers,
    Ended,
    Family,
    Poison,
    Row,
    outcome_of,
)
from tests.golden import load, match
from tests.helpers import virtually

START = datetime(2026, 1, 1, tzinfo=UTC)
NANOSECOND = 1e-9
LARGEST_RECORD = 10_240

Step = tuple[float, Callable[[], Awaitable[None]]]


@define(eq=False)
class Play:
    """A stream `orders` whose records are named by letters, the function `work` and the queue `lost`."""

    answers: Answers
    shard_count: int = 1
    app: App = field(factory=App, init=False)
    orders: kinesis.Stream = field(init=False)
    lost: sqs.Queue = field(init=False)
    work: Function[Any, Any] = field(init=False)
    bus: Any = field(init=False)
    put: dict[str, str] = field(factory=dict, init=False)  # sequence numbers to letters, in the order of the records

    def __attrs_post_init__(self) -> None:
        self.lost = self.app.add(sqs.Queue("lost"))
        self.orders = self.app.add(
            kinesis.Stream("orders", shard_count=self.shard_count, max_record_size_in_ki_b=LARGEST_RECORD)
        )
        times_out = not isinstance(self.answers, Poison) and any(each.kind == "timeout" for each in self.answers)
        self.work = self.app.function(self._handler(), name="work", timeout=3 if times_out else 60)

    def run(self, steps: Sequence[Step], enabled_at: float, settings: dict[str, Any], until: float) -> "Played":
        """The mapping is made at `enabled_at`. What comes later comes before whatever else is due at its instant, so
        each step is a nanosecond earlier than the one before it."""

        async def main() -> Played:
            async with self.app.start() as self.bus:
                self._declare_throttles()
                for at, step in steps:
                    if at <= enabled_at:
                        await self._advance(at)
                        await step()
                await self._advance(enabled_at)
                await self.bus.create_event_source_mapping(self.orders, self.work, on_failure=self.lost, **settings)
                for count, (at, step) in enumerate((each for each in steps if each[0] > enabled_at), start=1):
                    await self._advance(at - count * NANOSECOND)
                    await step()
                await self._advance(until)
                return await self._played()

        return virtually(main)

    def putting(self, record: Record, hash_key: Callable[[], str | None] = lambda: None) -> Step:
        async def put() -> None:
            data, key = content_of(record)
            made = await self.bus[self.orders].put_record(data=data, partition_key=key, explicit_hash_key=hash_key())
            self.put[made.sequence_number] = record.sequence

        return record.arrived_at, put

    async def _advance(self, until: float) -> None:
        await self.bus.advance(max(0.0, until - self.bus.loop.time()))

    def _handler(self) -> Callable[[Any, Any], Awaitable[Any]]:
        outcome = reached(self.answers)

        async def work(event: kinesis.KinesisEvent, context: Any) -> Any:
            numbers = {letter_of(record): record["kinesis"]["sequenceNumber"] for record in event["Records"]}
            answer = outcome(tuple(numbers), 0)
            await asyncio.sleep(900 if answer.kind == "timeout" else answer.duration)
            if answer.kind == "error":
                raise ValueError("no")
            if answer.kind == "partial":
                failed = answer.first_failed
                return {"batchItemFailures": [{"itemIdentifier": numbers.get(failed or "", failed)}]}
            return None

        return work

    def _declare_throttles(self) -> None:
        if isinstance(self.answers, Poison):
            return
        more = 20 if self.answers[-1].kind == "throttle" else 0  # than a table asks for
        kinds = [answer.kind for answer in self.answers] + ["throttle"] * more
        for nth, kind in enumerate(kinds, start=1):
            if kind == "throttle":
                self.bus.faults.throttle(self.work, nth=nth)

    async def _played(self) -> "Played":
        bus = self.bus
        attempts = [
            (
                (attempt.start - START).total_seconds(),
                attempt.event["Records"][0]["eventID"].partition(":")[0],
                "".join(letter_of(record) for record in attempt.event["Records"]),
            )
            for attempt in bus.invocations(self.work)
        ]
        refused: dict[float, str] = {}
        for sequence, letter in self.put.items():
            for entry in bus.trace(sequence).to_dict()["entries"]:
                if entry["word"] == "throttled":
                    at = round(entry["at"], 6)
                    refused[at] = refused.get(at, "") + letter
        records = [json.loads(message.body) for message in await bus[self.lost].peek()]
        return Played(attempts, sorted(refused.items()), [self._ended(record) for record in records])

    def _ended(self, record: Any) -> Ended:
        context, info, response = record["requestContext"], record["KinesisBatchInfo"], record.get("responseContext")
        assert (response is None) == (context["condition"] == "RecordAgeExceeded")
        numbers = list(self.put)
        first, last = numbers.index(info["startSequenceNumber"]), numbers.index(info["endSequenceNumber"])
        letters = "".join(self.put[number] for number in numbers[first : last + 1])
        assert info["batchSize"] == len(letters)
        return Ended(
            (datetime.fromisoformat(record["timestamp"]) - START).total_seconds(),
            context["condition"],
            context["approximateInvokeCount"],
            None if response is None else response["functionError"],
            letters,
        )


@define(eq=False)
class Played:
    attempts: list[tuple[float, str, str]]  # time, shard, records
    refusals: list[tuple[float, str]]
    given_up: list[Ended]


def reached(answers: Answers) -> Outcome:
    """What the function does: throttled tries do not reach it."""
    return outcome_of(answers if isinstance(answers, Poison) else [each for each in answers if each.kind != "throttle"])


def letter_of(record: Any) -> str:
    return b64decode(record["kinesis"]["data"][:4]).decode()[0]


def content_of(record: Record) -> tuple[bytes, str]:
    """Data and key of such a size in an event. Small ones are just small, and have the key of the table."""
    room = record.size - METADATA_SIZE - len(kinesis.Stream("orders").arn)
    if room < 0:
        return record.sequence.encode(), record.key
    key = "k" * (room % 4 or 4)
    length = (room - len(key)) // 4 * 3
    return record.sequence.encode().ljust(length, b"."), key


def by_id(row: Row | Family | Response) -> str:
    return row.id


@pytest.mark.parametrize("row", ROWS, ids=by_id)
def test_row_of_the_table(row: Row) -> None:
    """Attempts, throttled tries and records of failures: which records, and at which time."""
    settings = {"starting_position": "TRIM_HORIZON", **row.settings}
    if "starting_position_timestamp" in settings:
        settings["starting_position_timestamp"] += START.timestamp()
    play = Play(row.answers)

    played = play.run([play.putting(record) for record in row.records], row.enabled_at, settings, row.until)

    assert sorted((at, records) for at, _, records in played.attempts) == sorted(row.attempts)
    assert played.refusals == row.refusals
    assert played.given_up == row.given_up


REACHABLE = [
    family
    for family in FAMILIES
    if all(
        any(other.id == parent and other.closed_at == shard.opened_at for other in family.shards)
        for shard in family.shards
        for parent in shard.parents
    )
]
"""A shard of a stream has children when it is closed, not before, and they know their parents."""


@define(eq=False)
class Resharding:
    """Makes the shards of a family out of those of the stream, by splits and merges."""

    play: Play
    ids: dict[str, str] = field(factory=dict, init=False)
    starts: dict[str, str] = field(factory=dict, init=False)  # first hash keys

    def steps(self, shards: Sequence[Shard]) -> list[Step]:
        found: list[Step] = []
        roots = [shard.id for shard in shards if not shard.parents]
        found.append((0.0, lambda: self._name(roots)))
        done: list[tuple[str, ...]] = []
        for shard in shards:
            if shard.parents and shard.parents not in done:
                done.append(shard.parents)
                children = [each.id for each in shards if each.parents == shard.parents]
                found.append((shard.opened_at, self._opening(shard.parents, children)))
            for record in shard.records:
                found.append(self.play.putting(record, lambda id=shard.id: self.starts[id]))  # type: ignore[misc]  # bound now
        return sorted(found, key=lambda step: step[0])

    def _opening(self, parents: tuple[str, ...], children: list[str]) -> Callable[[], Awaitable[None]]:
        async def opening() -> None:
            client = self.play.bus[self.play.orders]
            if len(parents) == 2:
                await client.merge_shards(self.ids[parents[0]], self.ids[parents[1]])
            else:
                await client.split_shard(self.ids[parents[0]], str(int(self.starts[parents[0]]) + 2**126))
            await self._name(children)

        return opening

    async def _name(self, names: list[str]) -> None:
        """The youngest shards have these names; of a split the second may have none."""
        known = list(self.ids.values())
        client = self.play.bus[self.play.orders]
        fresh = [shard for shard in (await client.list_shards()).shards if shard.shard_id not in known]
        for name, shard in zip(names, fresh, strict=False):
            self.ids[name] = shard.shard_id
            self.starts[name] = shard.hash_key_range.starting_hash_key


@pytest.mark.parametrize("family", REACHABLE, ids=by_id)
def test_family_of_the_table(family: Family) -> None:
    """Shards that were split or merged: when each record is tried, in which shard."""
    play = Play(family.answers, sum(not shard.parents for shard in family.shards))
    resharding = Resharding(play)
    settings = {
        "starting_position": family.starting_position,
        "maximum_retry_attempts": family.maximum_retry_attempts,
    }

    played = play.run(resharding.steps(family.shards), family.enabled_at, settings, 3_600)

    names = {id: name for name, id in resharding.ids.items()}
    assert sorted((at, names[shard], records) for at, shard, records in played.attempts) == sorted(family.attempts)


@pytest.mark.parametrize("row", RESPONSES, ids=by_id)
def test_answer_of_the_table(row: Response) -> None:
    """What is tried again after each form of an answer, once, half a second later."""
    app = App()
    orders = app.add(kinesis.Stream("orders"))
    tried: list[str] = []

    @app.function
    async def work(event: kinesis.KinesisEvent, context: Any) -> Any:
        numbers = {letter_of(record): record["kinesis"]["sequenceNumber"] for record in event["Records"]}
        tried.append("".join(numbers))
        if len(tried) > 1:
            return None
        if row.response is RAISES:
            raise ValueError("no")
        return row.response if row.response is NOT_JSON else with_ids(row.response, numbers)

    app.map(orders, work, starting_position="TRIM_HORIZON", **(REPORT if row.report else {}))  # type: ignore[arg-type]  # of a table

    async def main() -> list[float]:
        async with app.start() as bus:
            for letter in row.batch:
                await bus[orders].put_record(data=letter, partition_key="k")
            await bus.settle()
            return [(attempt.start - START).total_seconds() for attempt in bus.invocations(work)]

    starts = virtually(main)
    again = "".join(row.again)
    assert tried == ["".join(row.batch), *([again] if again else [])]
    assert starts == [0.0, 0.5][: len(tried)]


@define(eq=False)
class Failing:
    """`work` fails on two records of the stream `orders`, or on an item of the table `orders`; what it could not do
    goes to `taker`, whose records `bodies` shows."""

    taker: str
    answer: str = "raises"
    app: App = field(factory=App, init=False)
    orders: kinesis.Stream = field(init=False)
    table: dynamodb.Table = field(init=False)
    work: Function[Any, Any] = field(init=False)
    target: Any = field(init=False)
    queue: sqs.Queue = field(init=False)

    def __attrs_post_init__(self) -> None:
        app = self.app
        self.orders = app.add(kinesis.Stream("orders"))
        self.table = app.add(dynamodb.Table("orders", stream_view_type="NEW_IMAGE"))
        self.target = self.queue = app.add(sqs.Queue("lost"))
        if self.taker == "topic":
            self.target = app.add(sns.Topic("lost"))
            app.add(sns.Subscription(self.target, self.queue, raw_message_delivery=True))
        elif self.taker == "bucket":
            self.target = app.add(s3.Bucket("lost"))

        async def work(event: Any, context: Any) -> Any:
            if self.answer == "raises":
                raise ValueError("boom")
            return {"batchItemFailures": [{"itemIdentifier": event["Records"][0]["kinesis"]["sequenceNumber"]}]}

        self.work = app.function(work, name="work")

    def bodies(self, source: Any, data: Sequence[str], **settings: Any) -> list[Any]:
        """The records of failures, parsed; those of a bucket with the key of their object."""
        self.app.map(source, self.work, starting_position="TRIM_HORIZON", on_failure=self.target, **settings)

        async def main() -> list[Any]:
            async with self.app.start() as bus:
                await bus.advance(10.5)
                for each in data:
                    if source is self.orders:
                        await bus[self.orders].put_record(data=each, partition_key="red")
                    else:
                        await bus[self.table].put_item({"id": {"S": "a1"}, "n": {"N": each}})
                await bus.settle()
                if self.taker != "bucket":
                    return [json.loads(message.body) for message in await bus[self.queue].peek()]
                keys = [stored.key for stored in (await bus[self.target].list_objects_v2()).contents]
                return [(key, json.loads((await bus[self.target].get_object(key)).body)) for key in keys]

        return virtually(main)


@pytest.mark.parametrize("taker", ["queue", "topic"])
def test_record_of_used_up_retries(taker: str) -> None:
    """Two records of a stream, key by key as recorded."""
    failing = Failing(taker)

    [body] = failing.bodies(failing.orders, ["one", "two"], batch_size=2, maximum_retry_attempts=1)

    match(load("kinesis/on_failure_retries_exhausted"), body)


def test_record_of_used_up_retries_in_a_bucket() -> None:
    """With the event, under a key that has the mapping, the shard and the time."""
    failing = Failing("bucket")

    [(key, body)] = failing.bodies(failing.orders, ["one", "two"], batch_size=2, maximum_retry_attempts=1)

    actual = {"key": key, "body": body, "payload": json.loads(body["payload"])}
    match(load("kinesis/on_failure_object"), actual)


@pytest.mark.parametrize("taker", ["queue", "topic"])
def test_record_of_partial_failures(taker: str) -> None:
    """`functionError` is null, the rest as ever."""
    failing = Failing(taker, "names the first")

    [body] = failing.bodies(failing.orders, ["one", "two"], batch_size=2, maximum_retry_attempts=1, **REPORT)

    match(load("kinesis/on_failure_partial"), body)


@pytest.mark.parametrize("taker", ["queue", "topic"])
def test_record_of_a_record_too_old(taker: str) -> None:
    """Seven attempts are told as eight, and there is no answer."""
    failing = Failing(taker)

    [body] = failing.bodies(failing.orders, ["one"], maximum_record_age_in_seconds=60)

    match(load("kinesis/on_failure_record_age_exceeded"), body)


@pytest.mark.parametrize("taker", ["queue", "topic"])
@pytest.mark.parametrize(
    ("golden", "settings"),
    [
        ("on_failure_retries_exhausted", {"maximum_retry_attempts": 1}),
        ("on_failure_record_age_exceeded", {"maximum_record_age_in_seconds": 60}),
    ],
)
def test_record_about_an_item(golden: str, settings: dict[str, Any], taker: str) -> None:
    """Its times are whole seconds."""
    failing = Failing(taker)

    [body] = failing.bodies(failing.table.stream, ["5"], **settings)

    match(load(f"dynamodb/{golden}"), body)


def test_record_about_an_item_in_a_bucket() -> None:
    """With the event."""
    failing = Failing("bucket")
    golden = {**load("dynamodb/on_failure_retries_exhausted"), "payload": "<nz:payload>"}
    path = "aws/lambda/<uuid:mapping>/shardId-<digits:made>-<hex:suffix>/2026/01/01/2026-01-01T00.00.11-<uuid:object>"

    [(key, body)] = failing.bodies(failing.table.stream, ["5"], maximum_retry_attempts=1)

    match({"key": path, "body": golden}, {"key": key, "body": body})
    match(load("dynamodb/insert_new_image"), json.loads(body["payload"]))
