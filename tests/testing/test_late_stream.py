"""A stream that answers late, twice or never, and splits and merges at declared times."""

import copy
from math import inf
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eventbus import App, InvalidSetting, NotSettled
from eventbus.core.effects import Arrived, Effect, ListShards, Receive, Received, ShardsListed, Start, StreamRecord
from eventbus.core.profile import Profile
from eventbus.names import Arn, Ids
from eventbus.ports import Birth, EventSource, Stream, StreamSource
from eventbus.testing.late_answers import NEVER, NOW, TWICE
from eventbus.testing.late_stream import (
    HASH_KEYS,
    LateShards,
    LateStream,
    LateStreamClient,
    LateStreamEvent,
    LateStreamRecord,
)
from tests.helpers import virtually

ASKER = Arn("mapping")
OLDEST = Start("TRIM_HORIZON")


def make_stream(seed: int = 0, **settings: Any) -> LateShards:
    declared = LateStream("orders", **settings)
    return declared.machine(Birth(Ids(seed, declared.arn), Profile(), 0.0))


def read(
    stream: LateShards, now: float, position: Any = OLDEST, shard: str = "shard-0", limit: int = 100
) -> list[Received]:
    """The answers that came at once; what else was said is forgotten."""
    stream.effects.clear()
    stream.receive(now, Receive(stream.arn, ASKER, 1, limit, shard, position))
    return [effect for effect in stream.effects if isinstance(effect, Received)]


def listed(stream: LateShards, now: float) -> dict[str, tuple[str, ...]]:
    stream.effects.clear()
    stream.list_shards(now, ListShards(stream.arn, ASKER, 2))
    return {
        shard.id: shard.parents
        for effect in stream.effects
        if isinstance(effect, ShardsListed)
        for shard in effect.shards
    }


def bodies(answer: Received) -> list[str]:
    return [record.body for record in answer.records if isinstance(record, LateStreamRecord)]


def told(stream: LateShards) -> list[str | None]:
    return [effect.shard for effect in stream.effects if isinstance(effect, Arrived)]


def test_it_is_a_stream_and_a_source_of_events() -> None:
    """A type checker refuses this file otherwise."""
    source: EventSource[LateStreamClient, LateStreamEvent] = LateStream("orders")
    declared: StreamSource = LateStream("orders")
    stream: Stream = make_stream()
    record: StreamRecord = LateStreamRecord(0, "shard-0", "a", 0.0)

    assert source.arn == "arn:aws:late:us-east-1:000000000000:stream/orders"
    assert "TRIM_HORIZON" in declared.starting_positions
    assert stream.outstanding() == 0
    assert record.arrived_at == 0.0


@pytest.mark.parametrize(
    ("delays", "at_once", "later"),
    [(NOW, 1, 0), (TWICE, 2, 0), (NEVER, 0, 0), ((5.0,), 0, 1), ((0.0, 5.0), 1, 1)],
    ids=["now", "twice", "never", "late", "now and late"],
)
def test_read_is_answered_as_the_script_says(delays: tuple[float, ...], at_once: int, later: int) -> None:
    """With what was there when it was asked for; what is on its way is outstanding."""
    stream = make_stream(bodies=["a"], reads=[delays])

    assert [bodies(answer) for answer in read(stream, 0.0)] == [["a"]] * at_once
    assert (stream.next_deadline(), stream.outstanding()) == (5.0 if later else inf, later)

    stream.put(1.0, "b")
    stream.effects.clear()
    stream.wake(5.0)

    assert [bodies(effect) for effect in stream.effects if isinstance(effect, Received)] == [["a"]] * later
    assert (stream.next_deadline(), stream.outstanding()) == (inf, 0)


def test_list_is_answered_as_the_script_says() -> None:
    """Likewise."""
    stream = make_stream(lists=[NEVER, (5.0,)])

    assert listed(stream, 0.0) == listed(stream, 1.0) == {}

    stream.wake(6.0)

    assert [type(effect) for effect in stream.effects] == [ShardsListed]


def test_unreliable_share_makes_answers_late() -> None:
    """When the script is used up."""
    stream = make_stream(reads=[NOW], unreliable=1.0)

    assert len(read(stream, 0.0)) == 1
    assert any(len(read(stream, 1.0)) != 1 for _ in range(10))


def test_key_stays_in_its_shard() -> None:
    """Each shard takes its part of the keys."""
    stream = make_stream(shard_count=3, bodies=[f"key-{n % 20}:{n}" for n in range(100)])

    keys = [{record.group for record in shard.records} for shard in stream.shards]

    assert all(keys)
    assert sum(map(len, keys)) == 20


def test_split_at_its_time() -> None:
    """The parent is closed, its keys go on in its children; whoever asked is told once."""
    stream = make_stream(bodies=["a:1", "b:1"], splits=[(10.0, 0)])
    read(stream, 1.0)
    listed(stream, 1.0)
    stream.effects.clear()

    assert stream.next_deadline() == 10.0

    stream.wake(10.0)

    assert told(stream) == ["shard-0", None]
    assert listed(stream, 10.0) == {"shard-0": (), "shard-1": ("shard-0",), "shard-2": ("shard-0",)}
    assert [(bodies(answer), answer.ended) for answer in read(stream, 10.0)] == [(["a:1", "b:1"], True)]
    assert stream.next_deadline() == inf


def test_split_of_what_is_not_open() -> None:
    """Leaves everything as it is."""
    stream = make_stream(splits=[(1.0, 0), (2.0, 0), (3.0, 9)])

    assert list(listed(stream, 5.0)) == ["shard-0", "shard-1", "shard-2"]


def test_merge_at_its_time() -> None:
    """Both parents are closed, the keys of both go on in one child; whoever asked is told once of each."""
    stream = make_stream(shard_count=2, bodies=["a:1", "b:1"], merges=[(10.0, 1, 0)])
    for shard in ("shard-0", "shard-1"):
        assert [bodies(answer) for answer in read(stream, 1.0, shard=shard)] in ([["a:1"]], [["b:1"]])
    listed(stream, 1.0)
    stream.effects.clear()

    assert stream.next_deadline() == 10.0

    stream.wake(10.0)

    assert told(stream) == ["shard-1", "shard-0", None]
    assert listed(stream, 10.0) == {"shard-0": (), "shard-1": (), "shard-2": ("shard-1", "shard-0")}
    stream.put(10.0, "a:2")
    stream.put(10.0, "b:2")
    assert [bodies(answer) for answer in read(stream, 10.0, shard="shard-2")] == [["a:2", "b:2"]]
    assert [answer.ended for shard in ("shard-0", "shard-1") for answer in read(stream, 10.0, shard=shard)] == [
        True
    ] * 2
    assert stream.next_deadline() == inf


def test_merge_of_no_neighbours() -> None:
    """Leaves everything as it is, as does one of a shard that is closed or not there, or of a shard with itself."""
    stream = make_stream(shard_count=3, splits=[(2.0, 0)], merges=[(1.0, 0, 2), (3.0, 0, 1), (4.0, 1, 9), (5.0, 1, 1)])

    assert list(listed(stream, 6.0)) == ["shard-0", "shard-1", "shard-2", "shard-3", "shard-4"]


def test_halves_of_a_split_can_be_merged() -> None:
    """At the same instant, too: splits come first."""
    stream = make_stream(splits=[(10.0, 0)], merges=[(10.0, 1, 2)])

    assert listed(stream, 10.0)["shard-3"] == ("shard-1", "shard-2")


def test_split_is_done_before_what_is_called_then() -> None:
    """Also if nobody has woken the machine."""
    stream = make_stream(splits=[(10.0, 0)])

    stream.put(10.0, "a")

    assert [len(shard.records) for shard in stream.shards[:1]] == [0]


def test_closed_shard_is_gone_with_its_records() -> None:
    """After the retention; its children have no parents then, and a read of it ends."""
    stream = make_stream(splits=[(10.0, 0)], retention=60)

    assert listed(stream, 69.9)["shard-1"] == ("shard-0",)
    assert listed(stream, 70.0) == {"shard-1": (), "shard-2": ()}
    assert [answer.ended for answer in read(stream, 70.0)] == [True]


def test_instant_to_come_stays_the_position() -> None:
    """What arrives before it does not count."""
    stream = make_stream()
    start = Start("AT_TIMESTAMP", 30.0)
    [answer] = read(stream, 10.0, start)
    stream.put(20.0, "early")
    stream.put(30.0, "late")

    [again] = read(stream, 31.0, answer.position)

    assert answer.position is start
    assert bodies(again) == ["late"]


def test_event_and_batch_info() -> None:
    """Built anew; as long as its records say."""
    stream = make_stream(bodies=["a", "b"])
    [answer] = read(stream, 0.0)

    event = stream.to_event(answer.records)

    assert event["Records"][0] == {"sequenceNumber": "00000000000000000000", "shardId": "shard-0", "body": "a"}
    assert stream.to_event(answer.records) is not event
    assert stream.batch_info("shard-0", answer.records) == (
        "LateBatchInfo",
        {
            "shardId": "shard-0",
            "startSequenceNumber": "00000000000000000000",
            "endSequenceNumber": "00000000000000000001",
            "batchSize": 2,
            "streamArn": str(stream.arn),
        },
    )


@pytest.mark.parametrize("limit", [0, 10_001])
def test_read_beyond_the_limits_is_a_broken_promise(limit: int) -> None:
    """One to 10,000 records."""
    with pytest.raises(AssertionError, match="a read of"):
        read(make_stream(), 0.0, limit=limit)


@pytest.mark.parametrize(
    "settings",
    [
        {"unreliable": 1.5},
        {"shard_count": 0},
        {"retention": 0},
        {"splits": [(5.0, 0), (1.0, 0)]},
        {"splits": [(0, 0)]},
        {"merges": [(5.0, 0, 1), (1.0, 0, 1)]},
        {"merges": [(inf, 0, 1)]},
    ],
    ids=str,
)
def test_settings_are_checked(settings: dict[str, Any]) -> None:
    """Where they are written."""
    with pytest.raises(InvalidSetting, match=next(iter(settings))):
        LateStream("orders", **settings)


# On a bus: a source that nothing there knows by name
@pytest.mark.parametrize("seed", range(5))
def test_mapped_like_any_stream(seed: int) -> None:
    """Whatever comes late, twice or never, over splits and a merge: each record at least once, each key in order."""
    app = App()
    splits, merges = [(100.0, 0), (200.0, 1)], [(150.0, 3, 1), (150.0, 2, 3), (250.0, 4, 5)]
    stream = app.add(LateStream("orders", shard_count=2, splits=splits, merges=merges, unreliable=0.5))
    seen: list[str] = []

    @app.function
    async def work(event: LateStreamEvent, context: Any) -> None:
        seen.extend(record["body"] for record in event["Records"])

    app.map(stream, work, starting_position="TRIM_HORIZON", batch_size=3)

    async def main() -> None:
        async with app.start(seed=seed) as bus:
            for number in range(60):
                await bus[stream].put(f"key-{number % 5}:{number}")
                await bus.advance(5)
            await bus.settle()

    virtually(main)
    first = list(dict.fromkeys(seen))
    assert len(first) == 60
    for key in range(5):
        numbers = [int(body.partition(":")[2]) for body in first if body.startswith(f"key-{key}:")]
        assert numbers == sorted(numbers)


def test_filters_see_its_data() -> None:
    """As `data`, text or JSON."""
    app = App()
    stream = app.add(LateStream("orders", bodies=['{"kind": "order"}', '{"kind": "other"}', "text"]))
    seen: list[str] = []

    @app.function
    async def work(event: LateStreamEvent, context: Any) -> None:
        seen.extend(record["body"] for record in event["Records"])

    app.map(stream, work, starting_position="TRIM_HORIZON", filter_criteria=[{"data": {"kind": ["order"]}}])

    async def main() -> None:
        async with app.start() as bus:
            await bus.settle()

    virtually(main)
    assert seen == ['{"kind": "order"}']


def test_stream_that_never_answers_does_not_settle() -> None:
    """The bus says which mapping waits."""
    app = App()
    stream = app.add(LateStream("orders", bodies=["a"], lists=[NEVER] * 100))

    @app.function
    async def work(event: LateStreamEvent, context: Any) -> None: ...

    app.map(stream, work, starting_position="TRIM_HORIZON")

    async def main() -> None:
        async with app.start() as bus:
            with pytest.raises(NotSettled, match="event-source-mapping:stream/orders:work: 1 outstanding"):
                await bus.settle(within=600)

    virtually(main)


class LateShardsOverTime(RuleBasedStateMachine):
    """Every record is in one shard, in order; a reader that is told of arrivals misses none; a copy and another machine
    of the same seed answer the same."""

    @initialize(
        seed=st.integers(0, 100),
        count=st.integers(1, 3),
        splits=st.lists(st.tuples(st.floats(1, 100), st.integers(0, 4)), max_size=4).map(sorted),
        merges=st.lists(st.tuples(st.floats(1, 100), st.integers(0, 4), st.integers(0, 4)), max_size=4).map(sorted),
        unreliable=st.sampled_from([0.0, 0.7]),
    )
    def start(self, seed: int, count: int, splits: Any, merges: Any, unreliable: float) -> None:
        given = {"shard_count": count, "splits": splits, "merges": merges, "unreliable": unreliable}
        self.streams = [make_stream(seed, **given, retention=1e6) for _ in range(2)]
        self.now = 0.0
        self.sent: list[str] = []
        self.token = 0
        self.behind: dict[str, Any] = {}  # the reader's positions
        self.asleep: set[str | None] = set()  # shards of which it found all, and was not told more

    @rule(key=st.sampled_from("abc"))
    def put(self, key: str) -> None:
        self.sent.append(f"{key}:{len(self.sent)}")
        self.step(lambda stream: stream.put(self.now, self.sent[-1]))

    @rule(seconds=st.sampled_from([0.0, 0.5, 10.0, 60.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.step(lambda stream: stream.wake(self.now))

    @rule(limit=st.integers(1, 3), at=st.integers(0))
    def read_one(self, limit: int, at: int) -> None:
        shards = self.streams[0].shards
        shard = shards[at % len(shards)].id
        asked = Receive(self.streams[0].arn, ASKER, self.next_token(), limit, shard, self.behind.get(shard, OLDEST))
        for answer in self.step(lambda stream: stream.receive(self.now, asked)):
            if isinstance(answer, Received) and answer.token == self.token:
                self.behind[shard] = answer.position
                self.asleep.discard(shard)
                if len(answer.records) < limit and not answer.ended:
                    self.asleep.add(shard)

    @rule()
    def list_all(self) -> None:
        self.step(lambda stream: stream.list_shards(self.now, ListShards(stream.arn, ASKER, 2)))

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.streams[1] = copy.deepcopy(self.streams[1])

    def step(self, act: Any) -> list[Effect]:
        """What the first one said."""
        heard: list[list[Effect]] = []
        for stream in self.streams:
            act(stream)
            heard.append(list(stream.effects))
            stream.effects.clear()
        assert [_told(effect) for effect in heard[0]] == [_told(effect) for effect in heard[1]]
        self.asleep -= {effect.shard for effect in heard[0] if isinstance(effect, Arrived)}
        return heard[0]

    def next_token(self) -> int:
        self.token += 1
        return self.token

    @invariant()
    def whoever_sleeps_has_read_all(self) -> None:
        for shard in self.streams[0].shards if hasattr(self, "streams") else []:
            if shard.id in self.asleep:
                assert shard.closed_at == inf
                assert all(record.number < self.behind[shard.id] for record in shard.records)

    @invariant()
    def nothing_is_lost_or_out_of_order(self) -> None:
        shards = self.streams[0].shards if hasattr(self, "streams") else []
        numbers = [record.number for shard in shards for record in shard.records]
        assert sorted(numbers) == list(range(len(numbers)))
        for shard in shards:
            assert shard.records == sorted(shard.records, key=lambda record: record.number)

    @invariant()
    def open_shards_have_all_hashes(self) -> None:
        shards = self.streams[0].shards if hasattr(self, "streams") else []
        parts = sorted((shard.hashes.start, shard.hashes.stop) for shard in shards if shard.closed_at == inf)
        assert [0, *(stop for _, stop in parts)][:-1] == [start for start, _ in parts]
        assert not parts or parts[-1][1] == HASH_KEYS

    @invariant()
    def no_deadline_is_left_behind(self) -> None:
        for stream in getattr(self, "streams", []):
            copied = copy.deepcopy(stream)
            copied.wake(self.now)
            assert copied.next_deadline() > self.now


def _told(effect: Effect) -> Any:
    match effect:
        case Received():
            return bodies(effect), str(effect.position), effect.ended
        case ShardsListed():
            return [(shard.id, shard.parents) for shard in effect.shards]
        case Arrived():
            return effect.shard
        case _:
            raise AssertionError(effect)


TestLateShardsOverTime = LateShardsOverTime.TestCase
TestLateShardsOverTime.settings = hypothesis_settings(max_examples=40, stateful_step_count=30, deadline=None)
