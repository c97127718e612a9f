"""Laws of a mapping on a stream, whatever its source, its function and its owner do."""

import copy
from collections.abc import Sequence
from math import inf
from typing import Any

import pytest
from attrs import define, evolve, field
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eventbus.core.effects import Invoke
from eventbus.core.outcomes import NULL, Outcome, Stopped, Succeeded
from eventbus.names import arn_of

from .streams import FAILED, FULL, REPORT, TIMED_OUT, PlainRecord, PlainShard, Run, failing_from, make_run, shard_of

KEYS = st.sampled_from(["red", "blue", "green"])


@define(eq=False)
class Promises:
    """What is done with, by the outcomes and the records of failures; each method raises if a promise is broken."""

    run: Run
    done: set[str] = field(factory=set)
    failures: int = 0  # of the deliveries, those that were looked at

    def look(self) -> None:
        for _, deliver in self.run.deliveries[self.failures :]:
            assert deliver.failed is not None
            self.finish(deliver.failed.records)
        self.failures = len(self.run.deliveries)

    def finish(self, records: Sequence[Any]) -> None:
        names = {record.identifier for record in records}
        assert not names & self.done, "done with twice"
        self.done |= names

    def invoked(self, invoke: Invoke) -> None:
        self.look()
        assert invoke.batch, "an empty batch"
        keys = {record.group for record in invoke.batch}
        shard = next(shard for shard in self.run.stream.shards if invoke.batch[0] in shard.records)
        for other in self.run.running:
            if other is not invoke and other.batch[0] in shard.records:
                assert not keys & {record.group for record in other.batch}, "two batches with one key"
        done = set(self.done)
        for record in invoke.batch:
            assert record.identifier not in done, "invoked after it was done with"
            before = shard.records[shard.trimmed : shard.records.index(record)]  # type: ignore[arg-type]  # it is one
            assert all(one.identifier in done for one in before if one.group == record.group), "overtaken"
            done.add(record.identifier)
        self._parents_are_done(shard)

    def _parents_are_done(self, shard: PlainShard) -> None:
        for parent in shard.parents:
            before = self.run.stream.shard(parent)
            assert all(record.identifier in self.done for record in before.records[before.trimmed :])

    def check_checkpoints(self) -> None:
        for id, position in self.run.mapping.checkpoints.items():
            if isinstance(position, int):
                records = self.run.stream.shard(id).records[self.run.stream.shard(id).trimmed : position]
                assert all(record.identifier in self.done for record in records), "the checkpoint is ahead"


def run_to_the_end(run: Run, promises: Promises) -> None:
    """The source answers, everything succeeds from now on, until nothing is left."""
    run.stream.unreliable = 0.0
    for _ in range(20_000):
        if run.running:
            invoke = run.running[0]
            promises.finish(invoke.batch)
            run.finish(invoke, NULL)
            continue
        promises.look()
        if not run.mapping.outstanding() and run.stream.next_deadline() == inf:
            return
        due = run.next_deadline()
        assert due < inf, "something is left and nobody is due"
        run.advance(max(due, run.now))
    raise AssertionError("no end")


def check_all_done(run: Run, promises: Promises) -> None:
    """What is over may be lost; a child whose parent is open waits for it."""
    for shard in run.stream.shards:
        if any(run.stream.shard(parent).closed_at == inf for parent in shard.parents):
            continue
        for record in shard.records[shard.trimmed :]:
            assert record.identifier in promises.done, f"{record.identifier} was lost"


def start(shards: Sequence[PlainShard], **settings: Any) -> tuple[Run, Promises]:
    run = make_run(shards, on_failure=arn_of("sqs", "failed"), **settings)
    promises = Promises(run)
    run.watcher = promises
    run.invoked = ask_watcher
    return run, promises


def ask_watcher(run: Run, invoke: Invoke) -> None:
    """A copy of the run has a copy of its watcher."""
    run.watcher.invoked(invoke)


@pytest.mark.parametrize("factor", [1, 3])
@pytest.mark.parametrize("seed", range(8))
def test_unreliable_source_is_handled_to_the_end(seed: int, factor: int) -> None:
    """Each record is done with exactly once, whatever answers come late, twice or never."""
    keys = ["red", "blue", "green"]
    shards = [
        PlainShard(id, [PlainRecord(f"{id}{n},", keys[n % 3]) for n in range(30)], closed_at=closed_at)
        for id, closed_at in (("one", 5.0), ("two", inf))
    ]
    shards.append(
        shard_of(
            [PlainRecord(f"child{n},", keys[n % 3], 5.0) for n in range(9)], "child", parents=("one",), opened_at=5.0
        )
    )
    run, promises = start(shards, unreliable=0.6, seed=seed, batch_size=4, parallelization_factor=factor)
    for _ in range(400):
        if run.running:
            promises.finish(run.running[0].batch)
            run.finish(run.running[0], NULL)
        else:
            run.advance(min(run.next_deadline(), run.now + 10.0))

    run_to_the_end(run, promises)

    assert len(promises.done) == 69
    assert {id: at for id, at in run.mapping.checkpoints.items() if id == "two"} == {"two": 30}


class MappingOverUnreliableStream(RuleBasedStateMachine):
    run: Run
    promises: Promises
    sent: int = 0

    @initialize(
        unreliable=st.sampled_from([0.0, 0.5, 1.0]),
        seed=st.integers(0, 1_000),
        batch_size=st.sampled_from([1, 3, 100]),
        window=st.sampled_from([0, 0, 5]),
        factor=st.sampled_from([1, 2, 3]),
        retries=st.sampled_from([-1, 0, 2]),
        age=st.sampled_from([-1, 60]),
        bisect=st.booleans(),
        report=st.sampled_from([(), (REPORT,)]),
    )
    def begin(
        self,
        unreliable: float,
        seed: int,
        batch_size: int,
        window: float,
        factor: int,
        retries: int,
        age: int,
        bisect: bool,
        report: tuple[str, ...],
    ) -> None:
        self.run, self.promises = start(
            [shard_of([], "s0"), shard_of([], "s1")],
            unreliable=unreliable,
            seed=seed,
            batch_size=batch_size,
            maximum_batching_window_in_seconds=window,
            parallelization_factor=factor,
            maximum_retry_attempts=retries,
            maximum_record_age_in_seconds=age,
            bisect_batch_on_function_error=bisect,
            function_response_types=report,
        )

    @rule(keys=st.lists(KEYS, min_size=1, max_size=8), at=st.integers(0))
    def put(self, keys: list[str], at: int) -> None:
        open_shards = [shard for shard in self.run.stream.shards if shard.closed_at == inf]
        shard = open_shards[at % len(open_shards)]
        for key in keys:
            shard.records.append(PlainRecord(f"{self.sent},", key, self.run.now))
            self.sent += 1

    @rule(at=st.integers(0))
    def split(self, at: int) -> None:
        shards = self.run.stream.shards
        open_shards = [shard for shard in shards if shard.closed_at == inf]
        if len(shards) > 8:
            return
        parent = open_shards[at % len(open_shards)]
        parent.closed_at = self.run.now
        for _ in range(2):
            shards.append(PlainShard(f"s{len(shards)}", [], (parent.id,), self.run.now))

    @rule()
    def merge(self) -> None:
        shards = self.run.stream.shards
        open_shards = [shard for shard in shards if shard.closed_at == inf]
        if len(open_shards) < 3:
            return
        for parent in open_shards[:2]:
            parent.closed_at = self.run.now
        shards.append(PlainShard(f"s{len(shards)}", [], (open_shards[0].id, open_shards[1].id), self.run.now))

    @rule(at=st.integers(0))
    def retention_passes(self, at: int) -> None:
        shard = self.run.stream.shards[at % len(self.run.stream.shards)]
        shard.trimmed += (len(shard.records) - shard.trimmed + 1) // 2

    @rule(seconds=st.sampled_from([0.0, 0.1, 0.5, 1.0, 5.0, 61.0]))
    def advance(self, seconds: float) -> None:
        self.run.advance(self.run.now + seconds)

    @precondition(lambda self: self.run.running)
    @rule(at=st.integers(0), outcome=st.sampled_from([NULL, NULL, FAILED, TIMED_OUT, FULL, Stopped()]))
    def finish(self, at: int, outcome: Outcome) -> None:
        invoke = self.run.running[at % len(self.run.running)]
        if isinstance(outcome, Succeeded):
            self.promises.finish(invoke.batch)
        self.run.finish(invoke, outcome)
        self.promises.look()
        self.run.mapping.finished(self.run.now, invoke.token, outcome)  # answered twice
        self.run.drain()

    @precondition(lambda self: self.run.running)
    @rule(at=st.integers(0), first=st.integers(0))
    def fail_from_one_on(self, at: int, first: int) -> None:
        invoke = self.run.running[at % len(self.run.running)]
        good = first % len(invoke.batch)
        if not self.run.mapping.config.reports_failures:
            good = len(invoke.batch)
        identifier = invoke.batch[first % len(invoke.batch)].identifier
        self.promises.finish(invoke.batch[:good])
        self.run.finish(invoke, failing_from(identifier))
        self.promises.look()

    @rule()
    def disable_and_enable(self) -> None:
        mapping = self.run.mapping
        mapping.disable(self.run.now)
        assert mapping.outstanding() == len(self.run.running)
        mapping.enable(self.run.now)

    @rule(factor=st.sampled_from([1, 2, 3]), batch_size=st.sampled_from([1, 3, 100]))
    def update(self, factor: int, batch_size: int) -> None:
        config = evolve(self.run.mapping.config, parallelization_factor=factor, batch_size=batch_size)
        self.run.mapping.update(self.run.now, config)

    @rule()
    def go_on_with_a_copy(self) -> None:
        self.run, self.promises = copy.deepcopy((self.run, self.promises))

    @invariant()
    def no_checkpoint_is_ahead(self) -> None:
        self.promises.look()
        self.promises.check_checkpoints()

    @invariant()
    def what_runs_is_outstanding(self) -> None:
        assert self.run.mapping.outstanding() >= len(self.run.running)

    def teardown(self) -> None:
        if hasattr(self, "run"):
            run_to_the_end(self.run, self.promises)
            check_all_done(self.run, self.promises)


TestMappingOverUnreliableStream = MappingOverUnreliableStream.TestCase
TestMappingOverUnreliableStream.settings = hypothesis_settings(max_examples=60, stateful_step_count=40, deadline=None)
