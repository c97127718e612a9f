"""The contract kit: the late sources pass it, and each broken one fails the test that is for it."""

from typing import Any, ClassVar

import pytest

from eventbus import InvalidSetting, NotSettled
from eventbus.ports import EventSource
from eventbus.testing import Features, QueueContract, StreamContract
from eventbus.testing.late_source import LateQueue, LateSource
from eventbus.testing.late_stream import LateShards, LateStream

from . import broken_sources as broken

HOUR = 3_600.0
SPLIT_AT = 1_000.0


class LateQueueContract(QueueContract):
    def make(self) -> EventSource[Any, Any]:
        return LateSource("orders")

    async def send(self, client: Any, key: str, body: str) -> None:
        await client.send(body)

    def bodies(self, event: Any) -> list[str]:
        return [record["body"] for record in event["Records"]]


class LateStreamContract(StreamContract):
    features = Features(retention=HOUR, splits=True)
    stream: ClassVar[dict[str, Any]] = {"shard_count": 2, "retention": HOUR, "splits": [(SPLIT_AT, 0), (SPLIT_AT, 1)]}

    def make(self) -> EventSource[Any, Any]:
        return LateStream("orders", **self.stream)

    async def send(self, client: Any, key: str, body: str) -> None:
        await client.put(body)

    def bodies(self, event: Any) -> list[str]:
        return [record["body"] for record in event["Records"]]

    async def split(self, client: Any) -> float:
        return SPLIT_AT


class TestLateSource(LateQueueContract):
    """Standard."""


class TestLateFifoSource(LateQueueContract):
    def make(self) -> LateSource:
        return LateSource("orders", fifo=True)


class TestLateStream(LateStreamContract):
    """Two shards, both split."""


class LateMergeContract(LateStreamContract):
    """Two shards that become one."""

    stream: ClassVar[dict[str, Any]] = {"shard_count": 2, "retention": HOUR, "merges": [(SPLIT_AT, 0, 1)]}


class TestMergedStream(LateMergeContract):
    """Its child waits for both."""


class TestSlowSource(LateQueueContract):
    """A database far away: every answer takes two seconds."""

    def make(self) -> LateSource:
        return LateSource("orders", fifo=True, receives=[(2.0,)] * 1_000, settles=[(2.0,)] * 1_000)


class TestSlowStream(LateStreamContract):
    def make(self) -> LateStream:
        return LateStream("orders", reads=[(2.0,)] * 1_000, lists=[(2.0,)] * 1_000, **self.stream)


class TestSlowMergedStream(LateMergeContract):
    def make(self) -> LateStream:
        return LateStream("orders", reads=[(2.0,)] * 1_000, lists=[(2.0,)] * 1_000, **self.stream)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("contract", "source"),
    [
        (LateQueueContract, LateSource("orders", unreliable=0.7)),
        (LateQueueContract, LateSource("orders", unreliable=0.7, fifo=True)),
        (LateStreamContract, LateStream("orders", unreliable=0.7, shard_count=2, splits=[(SPLIT_AT, 1)])),
        (LateStreamContract, LateStream("orders", unreliable=0.7, shard_count=2, merges=[(SPLIT_AT, 0, 1)])),
    ],
    ids=["standard", "fifo", "stream", "merged"],
)
def test_unreliable_sources_lose_nothing(
    contract: type[LateQueueContract | LateStreamContract], source: EventSource[Any, Any], seed: int
) -> None:
    """Whole runs make no difference between a source that answers late and a way that is long."""
    made = contract()
    made.make = lambda: source  # type: ignore[method-assign]  # of this one alone

    made.test_failures_lose_nothing(seed)


QUEUES: list[tuple[type[LateQueue], str]] = [
    (broken.LosesRecord, "test_what_was_sent_is_read"),
    (broken.HidesNothing, "test_received_records_are_hidden"),
    (broken.HidesForEver, "test_received_records_are_hidden"),
    (broken.GivesTooMany, "test_groups_keep_their_order"),
    (broken.NeverAnswers, "test_what_was_sent_is_read"),
    (broken.AnswersAnotherCall, "test_settled_records_are_gone"),
    (broken.SaysNothing, "test_arrived_is_said_once"),
    (broken.SaysNothing, "test_arrived_when_records_are_released"),
    (broken.SaysItForEachRecord, "test_arrived_is_said_once"),
    (broken.ForgetsToWake, "test_arrived_when_leases_are_over"),
    (broken.SettlesNothing, "test_settled_records_are_gone"),
    (broken.SettlesByAnyReceipt, "test_record_belongs_to_who_received_it_last"),
    (broken.ReleasesNothing, "test_released_records_come_at_once"),
    (broken.CountsNothing, "test_outstanding_until_it_is_settled"),
    (broken.SpinsForEver, "test_what_was_sent_is_read"),
    (broken.Reorders, "test_groups_keep_their_order"),
    (broken.LocksNoGroup, "test_group_waits_for_its_records_in_flight"),
    (broken.KeepsItsEvent, "test_event_is_built_anew"),
    (broken.HandsOutItsOwn, "test_records_are_values"),
    (broken.KeepsStateElsewhere, "test_it_goes_on_with_a_copy"),
    (broken.KeepsStateElsewhere, "test_a_seed_decides_everything"),
    (broken.LosesRecord, "test_each_record_is_handled_once"),
    (broken.Reorders, "test_each_record_is_handled_once"),
]


@pytest.mark.parametrize(("kind", "test"), QUEUES, ids=[f"{kind.__name__}-{test}" for kind, test in QUEUES])
def test_broken_queue_is_found(kind: type[LateQueue], test: str) -> None:
    """By the test that is for it."""
    contract = LateQueueContract()
    contract.make = lambda: broken.BrokenSource("orders", fifo=True, broken=kind)  # type: ignore[method-assign]

    with pytest.raises(AssertionError):
        getattr(contract, test)()


STREAMS: list[tuple[type[LateShards], str]] = [
    (broken.LosesStreamRecord, "test_what_was_sent_is_read"),
    (broken.ReordersReads, "test_keys_keep_their_order"),
    (broken.SkipsOne, "test_positions_lead_through_the_shard"),
    (broken.StandsStill, "test_positions_lead_through_the_shard"),
    (broken.DoublesRecords, "test_what_was_sent_is_read"),
    (broken.ForgetsWhatWasRead, "test_positions_are_values"),
    (broken.ForgetsWhatWasRead, "test_readers_know_nothing_of_each_other"),
    (broken.StartsAtTheOldest, "test_start_at_an_instant"),
    (broken.StartsAtTheOldest, "test_start_at_the_latest"),
    (broken.NeverEnds, "test_closed_shard_ends"),
    (broken.EndsAtOnce, "test_closed_shard_ends"),
    (broken.SaysNothingOfShards, "test_arrived_is_said_once"),
    (broken.SaysItTwice, "test_arrived_is_said_once"),
    (broken.SilencesOthers, "test_full_read_silences_nobody"),
    (broken.SaysNothingOfSplits, "test_split_is_told"),
    (broken.HidesParents, "test_split_is_told"),
    (broken.KeepsForEver, "test_records_are_kept_for_the_retention"),
    (broken.LosesItsPlace, "test_position_that_is_over_goes_on"),
    (broken.WaitsForEver, "test_nobody_waits_for_what_is_kept"),
    (broken.KeepsItsStreamEvent, "test_event_is_built_anew"),
    (broken.LosesStreamRecord, "test_each_record_is_handled_once"),
    (broken.ReordersReads, "test_each_record_is_handled_once"),
    (broken.DoublesRecords, "test_each_record_is_handled_once"),
    (broken.SaysNothingOfShards, "test_each_record_is_handled_once"),
]


@pytest.mark.parametrize(("kind", "test"), STREAMS, ids=[f"{kind.__name__}-{test}" for kind, test in STREAMS])
def test_broken_stream_is_found(kind: type[LateShards], test: str) -> None:
    """By the test that is for it."""
    contract = LateStreamContract()
    contract.make = lambda: broken.BrokenStream("orders", broken=kind, **contract.stream)  # type: ignore[method-assign]
    limits = (1,) if "lead_through" in test else ()

    with pytest.raises(AssertionError):
        getattr(contract, test)(*limits)


def test_hidden_parent_of_a_merged_shard_is_found() -> None:
    """One that is closed and has no child."""
    contract = LateMergeContract()
    contract.make = lambda: broken.BrokenStream(  # type: ignore[method-assign]
        "orders", broken=broken.HidesAParent, **contract.stream
    )

    with pytest.raises(AssertionError, match="shard-1: ended=True"):
        contract.test_closed_shard_ends()


@pytest.mark.parametrize("limit", [1, 2])
def test_answer_beyond_the_limit_is_found(limit: int) -> None:
    """Whichever test reads."""
    contract = LateQueueContract()
    contract.make = lambda: broken.BrokenSource("orders", broken=broken.GivesTooMany)  # type: ignore[method-assign]

    with pytest.raises(AssertionError, match=f"{limit + 1} records, {limit} were asked for"):
        contract.test_receives_keep_their_limit(limit)


def test_size_that_is_too_small_is_found() -> None:
    """With both numbers."""
    contract = LateQueueContract()
    contract.make = lambda: broken.BrokenSource("orders", broken=broken.SaysTooSmallSizes)  # type: ignore[method-assign]

    with pytest.raises(AssertionError, match="size 5, the event has"):
        contract.test_size_is_enough("x")


def test_source_that_never_says_arrived_does_not_settle() -> None:
    """A whole run shows it as a bus does: by what is outstanding."""
    contract = LateQueueContract()
    contract.make = lambda: broken.BrokenSource("orders", broken=broken.SaysNothing)  # type: ignore[method-assign]

    with pytest.raises((NotSettled, AssertionError)):
        contract.test_failures_lose_nothing(0)


def test_feature_that_is_not_declared_skips_its_tests() -> None:
    """By its name."""
    contract = LateStreamContract()
    contract.features = Features()  # type: ignore[misc]  # of this one alone

    with pytest.raises(pytest.skip.Exception, match="features.splits is not declared"):
        contract.test_closed_shard_ends()
    with pytest.raises(pytest.skip.Exception, match="features.retention is not declared"):
        contract.test_records_are_kept_for_the_retention()
    with pytest.raises(pytest.skip.Exception, match="fifo is False"):
        LateQueueContract().test_groups_keep_their_order()


@pytest.mark.parametrize("settings", [{"retention": 1}, {"retention": "long"}], ids=str)
def test_features_are_checked(settings: dict[str, Any]) -> None:
    """Where they are written."""
    with pytest.raises(InvalidSetting, match="retention"):
        Features(**settings)
