"""Tumbling windows on a running bus: what their sums are, when they end, and what becomes of their failures."""

import json
from base64 import b64decode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from attrs import define, field

from eventbus import App, Function
from sources import kinesis, sqs
from tests.contracts.stream_tables import REPORT
from tests.golden import load, match
from tests.helpers import virtually

START = datetime(2026, 1, 1, tzinfo=UTC)
TWO_HOURS = 7_200
STATE_LIMIT = 1_048_576

Answer = Callable[[Any], Any]


def values_of(event: Any) -> list[str]:
    return [b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]


def counting(event: Any) -> Any:
    """The count of all records so far."""
    count = event["state"].get("count", 0) + len(event["Records"])
    return {"state": {"count": count}}


def listing(event: Any) -> Any:
    """All records so far."""
    return {"state": {"seen": event["state"].get("seen", []) + values_of(event)}}


@define(eq=False)
class Windows:
    """A stream `orders`, a mapping of it with tumbling windows of `length` seconds, and the function `work`."""

    answer: Answer
    length: int = 60
    settings: dict[str, Any] = field(factory=dict)
    shard_count: int = 1
    app: App = field(factory=App, init=False)
    orders: kinesis.Stream = field(init=False)
    lost: sqs.Queue = field(init=False)
    work: Function[Any, Any] = field(init=False)
    bus: Any = field(init=False)
    given_up: list[Any] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        self.lost = self.app.add(sqs.Queue("lost"))
        self.orders = self.app.add(kinesis.Stream("orders", shard_count=self.shard_count))

        async def work(event: Any, context: Any) -> Any:
            return self.answer(event)

        self.work = self.app.function(work, name="work")
        settings = {"starting_position": "TRIM_HORIZON", "on_failure": self.lost, **self.settings}
        self.app.map(self.orders, self.work, tumbling_window_in_seconds=self.length, **settings)

    def run(self, puts: Sequence[tuple[float, str]], split_at: float | None = None) -> list[tuple[float, Any]]:
        """When which events were tried, until all is done. What is put at an instant is put together."""

        async def main() -> list[tuple[float, Any]]:
            async with self.app.start() as self.bus:
                moments = sorted({at for at, _ in puts} | ({split_at} if split_at is not None else set()))
                for moment in moments:
                    await self.bus.advance(moment - self.bus.loop.time())
                    if moment == split_at:
                        await self.bus[self.orders].split_shard("shardId-000000000000", str(2**127))
                    await self._put([value for at, value in puts if at == moment])
                await self.bus.settle()
                self.given_up = [json.loads(message.body) for message in await self.bus[self.lost].peek()]
                return [
                    ((attempt.start - START).total_seconds(), attempt.event)
                    for attempt in self.bus.invocations(self.work)
                ]

        return virtually(main)

    async def _put(self, values: Sequence[str]) -> None:
        for value in values:
            await self.bus[self.orders].put_record(data=value, partition_key="red")


def told(calls: Sequence[tuple[float, Any]]) -> list[tuple[float, str, Any]]:
    """Time, records and state of each call; the last one of a window has `!` for its records."""
    return [
        (at, "!" if event["isFinalInvokeForWindow"] else "".join(values_of(event)), event["state"])
        for at, event in calls
    ]


@pytest.mark.parametrize("length", [1, 60, 890, 900])
def test_sums_of_two_hours(length: int) -> None:
    """Every window tells the sum of what arrived in it, once, though one call in four fails."""
    dice = Random(length)
    puts = [(round(dice.uniform(0, TWO_HOURS), 2), str(dice.randrange(100))) for _ in range(500)]
    sums: dict[tuple[str, str], int] = {}

    def summing(event: Any) -> Any:
        total = event["state"].get("sum", 0) + sum(map(int, values_of(event)))
        if dice.random() < 0.25:
            raise ValueError("for once")
        if event["isFinalInvokeForWindow"]:
            window = event["window"]["start"], event["window"]["end"]
            assert window not in sums
            sums[window] = total
        return {"state": {"sum": total}}

    Windows(summing, length).run(puts)

    expected: dict[tuple[str, str], int] = {}
    for at, value in puts:
        first = (START.timestamp() + at) // length * length
        start, end = (
            datetime.fromtimestamp(each, UTC).isoformat().replace("+00:00", "Z") for each in (first, first + length)
        )
        expected[start, end] = expected.get((start, end), 0) + int(value)
    assert sums == expected


def test_events_are_those_recorded() -> None:
    """The first call, the next one, and the last one, member by member."""
    windows = Windows(counting)

    calls = windows.run([(10.5, "one"), (10.5, "two"), (20.5, "three")])

    assert [at for at, _ in calls] == [10.5, 20.5, 60.0]
    for name, (_, event) in zip(["first", "middle", "final"], calls, strict=True):
        match(load(f"kinesis/tumbling_{name}"), event)


def test_windows_begin_at_multiples_of_their_length() -> None:
    """Since 1970, whenever the bus started."""
    windows = Windows(counting, 7)
    first = int(START.timestamp()) // 7 * 7

    [(_, event), (at, _)] = windows.run([(0.0, "a")])

    begins, ends = (datetime.fromisoformat(event["window"][each]) for each in ("start", "end"))
    assert begins.timestamp() == first
    assert ends - begins == timedelta(seconds=7)
    assert at == (ends - START).total_seconds()


def test_a_batch_is_of_one_window() -> None:
    """What is read together is parted, and each window ends before the next begins."""
    windows = Windows(listing, settings={"starting_position": "TRIM_HORIZON", "enabled": False})

    async def main() -> list[tuple[float, Any]]:
        async with windows.app.start() as windows.bus:
            for at, value in ((0.0, "a"), (30.0, "b"), (60.0, "c"), (200.0, "d")):
                await windows.bus.advance(at - windows.bus.loop.time())
                await windows._put([value])
            [mapping] = await windows.bus.list_event_source_mappings()
            await windows.bus.update_event_source_mapping(mapping.uuid, enabled=True)
            await windows.bus.settle()
            return [
                ((attempt.start - START).total_seconds(), attempt.event)
                for attempt in windows.bus.invocations(windows.work)
            ]

    assert told(virtually(main)) == [
        (200.0, "ab", {}),
        (200.0, "!", {"seen": ["a", "b"]}),
        (200.0, "c", {}),
        (200.0, "!", {"seen": ["c"]}),
        (200.0, "d", {}),
        (240.0, "!", {"seen": ["d"]}),
    ]


def test_windows_without_records_are_not_told() -> None:
    """Neither a first nor a last call."""
    calls = Windows(counting).run([(0.0, "a"), (600.0, "b")])

    assert told(calls) == [
        (0.0, "a", {}),
        (60.0, "!", {"count": 1}),
        (600.0, "b", {}),
        (660.0, "!", {"count": 1}),
    ]


def state_of_size(size: int) -> dict[str, Any]:
    """As JSON without blanks it has so many bytes."""
    return {"fill": "x" * (size - len('{"fill":""}'))}


@pytest.mark.parametrize(
    ("size", "early"), [(STATE_LIMIT, False), (STATE_LIMIT + 1, True)], ids=["1 MB", "one byte more"]
)
def test_a_state_of_more_than_1_mb_ends_its_window(size: int, early: bool) -> None:
    """At once and with a last call that says so; what comes later in that window begins anew."""
    calls = Windows(lambda event: {"state": state_of_size(size)}).run([(1.0, "a"), (2.0, "b")])

    assert [(at, len(event["Records"]), event["isWindowTerminatedEarly"]) for at, event in calls] == (
        [(1.0, 1, False), (1.0, 0, True), (2.0, 1, False), (2.0, 0, True)]
        if early
        else [(1.0, 1, False), (2.0, 1, False), (60.0, 0, False)]
    )
    second = next(event for at, event in calls if at == 2.0)
    assert second["state"] == ({} if early else state_of_size(size))


def test_event_of_an_early_end_is_the_golden() -> None:
    """Member by member."""
    calls = Windows(lambda event: {"state": state_of_size(2 * STATE_LIMIT)}).run([(10.5, "one")])

    match(load("kinesis/tumbling_early"), calls[1][1])


def test_end_of_a_shard_ends_its_window() -> None:
    """At once; its children begin fresh, and only then."""
    calls = Windows(listing).run([(5.0, "a"), (10.0, "b"), (20.0, "c")], split_at=10.0)

    assert told(calls) == [
        (5.0, "a", {}),
        (10.0, "!", {"seen": ["a"]}),
        (10.0, "b", {}),
        (20.0, "c", {"seen": ["b"]}),
        (60.0, "!", {"seen": ["b", "c"]}),
    ]
    assert [event["shardId"][-1] for _, event in calls] == ["0", "0", *[calls[2][1]["shardId"][-1]] * 3]
    assert calls[2][1]["shardId"] != calls[0][1]["shardId"]


def test_each_shard_has_its_own_state() -> None:
    """Keys of two shards are not summed up together."""
    windows = Windows(listing, shard_count=2)

    async def main() -> list[Any]:
        async with windows.app.start() as windows.bus:
            client = windows.bus[windows.orders]
            for value, hash_key in (("a", 0), ("b", 2**127), ("c", 0)):
                await client.put_record(data=value, partition_key="k", explicit_hash_key=str(hash_key))
            await windows.bus.settle()
            return [attempt.event for attempt in windows.bus.invocations(windows.work)]

    last = [event for event in virtually(main) if event["isFinalInvokeForWindow"]]
    assert {event["shardId"]: event["state"]["seen"] for event in last} == {
        "shardId-000000000000": ["a", "c"],
        "shardId-000000000001": ["b"],
    }


@pytest.mark.parametrize(
    "answer",
    [None, {}, "text", [], 7, {"count": 1}, {"state": None}, {"state": "text"}, {"state": [1]}],
    ids=str,
)
def test_an_answer_without_state_is_a_failure(answer: Any) -> None:
    """Tried again with the state it had, then given up; no error of the function is told."""
    answers = [{"state": {"n": 1}}, answer, answer, {"state": {"n": 2}}]
    windows = Windows(lambda event: answers.pop(0), settings={"maximum_retry_attempts": 1})

    calls = windows.run([(0.0, "a"), (10.0, "b")])

    assert told(calls) == [(0.0, "a", {}), (10.0, "b", {"n": 1}), (10.5, "b", {"n": 1}), (60.0, "!", {"n": 1})]
    [record] = windows.given_up
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responseContext"]["functionError"] is None


def test_a_last_call_that_fails_blocks_its_shard() -> None:
    """What comes in the next window waits until it is through."""
    failures = [2]

    def answer(event: Any) -> Any:
        if event["isFinalInvokeForWindow"] and failures[0]:
            failures[0] -= 1
            raise ValueError("not yet")
        return listing(event)

    calls = Windows(answer).run([(0.0, "a"), (60.2, "b")])

    assert told(calls) == [
        (0.0, "a", {}),
        (60.0, "!", {"seen": ["a"]}),
        (60.5, "!", {"seen": ["a"]}),
        (61.5, "!", {"seen": ["a"]}),
        (61.5, "b", {}),
        (120.0, "!", {"seen": ["b"]}),
    ]


def test_a_last_call_is_given_up_after_its_retries() -> None:
    """Its state is gone, no record of it is kept, and the shard goes on."""

    def answer(event: Any) -> Any:
        if event["isFinalInvokeForWindow"] and event["state"]["seen"] == ["a"]:
            raise ValueError("never")
        return listing(event)

    windows = Windows(answer, settings={"maximum_retry_attempts": 1})
    calls = windows.run([(0.0, "a"), (60.2, "b")])

    assert told(calls)[1:] == [
        (60.0, "!", {"seen": ["a"]}),
        (60.5, "!", {"seen": ["a"]}),
        (60.5, "b", {}),
        (120.0, "!", {"seen": ["b"]}),
    ]
    assert windows.given_up == []


def test_partial_failures_in_a_window() -> None:
    """The state of the answer counts for the records before the first that failed; the rest follows with it."""

    def answer(event: Any) -> Any:
        values = values_of(event)
        if "c" in values and values != ["c", "d"]:
            number = next(
                record["kinesis"]["sequenceNumber"]
                for record, value in zip(event["Records"], values, strict=True)
                if value == "c"
            )
            return {
                "state": {"seen": values[: values.index("c")]},
                "batchItemFailures": [{"itemIdentifier": number}],
            }
        return listing(event)

    calls = Windows(answer, settings=REPORT).run([(0.0, value) for value in "abcd"])

    assert told(calls) == [
        (0.0, "abcd", {}),
        (0.5, "cd", {"seen": ["a", "b"]}),
        (60.0, "!", {"seen": ["a", "b", "c", "d"]}),
    ]


def test_halves_in_a_window() -> None:
    """Each goes on with the state of what was before it; what is given up is in no sum."""

    def answer(event: Any) -> Any:
        if "c" in values_of(event):
            raise ValueError("c")
        return listing(event)

    windows = Windows(answer, settings={"bisect_batch_on_function_error": True, "maximum_retry_attempts": 0})
    calls = windows.run([(0.0, value) for value in "abcd"])

    assert told(calls) == [
        (0.0, "abcd", {}),
        (0.0, "ab", {}),
        (0.0, "cd", {"seen": ["a", "b"]}),
        (0.0, "c", {"seen": ["a", "b"]}),
        (0.0, "d", {"seen": ["a", "b"]}),
        (60.0, "!", {"seen": ["a", "b", "d"]}),
    ]
    assert [record["KinesisBatchInfo"]["batchSize"] for record in windows.given_up] == [1]


def test_records_too_old_are_in_no_sum() -> None:
    """A record that expires while it is tried leaves its window as it was."""

    def answer(event: Any) -> Any:
        if "b" in values_of(event):
            raise ValueError("b")
        return listing(event)

    windows = Windows(answer, 900, settings={"maximum_record_age_in_seconds": 60})
    calls = told(windows.run([(0.0, "a"), (1.0, "b"), (100.0, "c")]))

    assert calls[0] == (0.0, "a", {})
    assert [records for _, records, _ in calls[1:8]] == ["b"] * 7
    assert calls[8:] == [(100.0, "c", {"seen": ["a"]}), (900.0, "!", {"seen": ["a", "c"]})]
    assert [record["requestContext"]["condition"] for record in windows.given_up] == ["RecordAgeExceeded"]


def test_a_timeout_and_a_throttle_leave_the_state_as_it_was() -> None:
    """The next try gets the state that the last answer had."""
    windows = Windows(listing)

    async def main() -> list[tuple[float, Any]]:
        async with windows.app.start() as windows.bus:
            windows.bus.faults.handler_times_out(windows.work, nth=2)
            windows.bus.faults.throttle(windows.work, nth=3)
            await windows._put(["a"])
            await windows.bus.advance(1)
            await windows._put(["b"])
            await windows.bus.settle()
            return [
                ((attempt.start - START).total_seconds(), attempt.event)
                for attempt in windows.bus.invocations(windows.work)
            ]

    assert told(virtually(main)) == [
        (0.0, "a", {}),
        (1.0, "b", {"seen": ["a"]}),
        (5.5, "b", {"seen": ["a"]}),  # timed out at 4 s, throttled at 4.5 s
        (60.0, "!", {"seen": ["a", "b"]}),
    ]


def test_a_handler_can_keep_its_state_to_itself() -> None:
    """What it does to the event is not seen by the next attempt."""
    attempts = [0]

    def answer(event: Any) -> Any:
        attempts[0] += 1
        found = event["state"].get("seen", [])
        event["state"]["seen"] = ["damaged"]
        if attempts[0] == 2:
            raise ValueError("once")
        return {"state": {"seen": [*found, *values_of(event)]}}

    calls = Windows(answer).run([(0.0, "a"), (10.0, "b")])

    assert told(calls)[-1] == (60.0, "!", {"seen": ["a", "b"]})
