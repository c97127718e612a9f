"""What a mapping on a stream tries when, gives up, and passes: held against the tables and the model."""

import json
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from math import inf
from typing import Any

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from eventbus.core.effects import Invoke
from eventbus.core.outcomes import Outcome, Succeeded, Throttled
from eventbus.core.stream_mapping.reader import lane_of
from eventbus.names import arn_of
from tests.contracts import stream_model as model
from tests.contracts.partial_batch_table import NOT_JSON, RAISES, with_ids
from tests.contracts.stream_settings_table import LOWEST, RESPONSES, Response
from tests.contracts.stream_tables import FAMILIES, LANE_OF_KEY, ROWS, Ended, Family, Row, outcome_of

from .streams import FAILED, PlainRecord, PlainShard, Run, make_run, names, plain, shard_of
from .streams import outcome_of as as_outcome

Key = tuple[Any, ...]


@define(eq=False)
class Story:
    """What a run did until its end."""

    attempts: list[tuple[float, str, str]] = field(factory=list)
    refusals: list[tuple[float, str, str]] = field(factory=list)
    checkpoints: list[tuple[float, dict[str, Any]]] = field(factory=list)
    given_up: list[tuple[float, str, Ended]] = field(factory=list)


def tell(run: Run, outcome: model.Outcome, until: float) -> Story:
    """Run it to `until`; each attempt ends as `outcome` says."""
    story, ends, tried = Story(), list[tuple[float, int, Invoke, Outcome]](), dict[Key, int]()

    def invoked(run: Run, invoke: Invoke) -> None:
        sequences = tuple(record.identifier for record in invoke.batch)
        tried[sequences] = tried.get(sequences, 0) + 1
        answer = outcome(sequences, tried[sequences])
        ended = as_outcome(answer)
        done = story.refusals if isinstance(ended, Throttled) else story.attempts
        done.append((run.now, shard_with(run, sequences[0]), names(invoke)))
        heappush(ends, (run.now + answer.duration, len(story.attempts) + len(story.refusals), invoke, ended))

    run.invoked = invoked
    while (due := min(run.next_deadline(), ends[0][0] if ends else inf)) <= until:
        run.now = max(run.now, due)
        while run.next_deadline() <= run.now:
            run.turn()
        if ends and ends[0][0] <= run.now:
            _, _, invoke, ended = heappop(ends)
            run.finish(invoke, ended)
        story.checkpoints.append((run.now, run.mapping.checkpoints))
    story.given_up = [
        (at, deliver.failed.shard, ended_by(at, deliver)) for at, deliver in run.deliveries if deliver.failed
    ]
    return story


def shard_with(run: Run, identifier: str) -> str:
    return next(
        shard.id for shard in run.stream.shards if any(record.identifier == identifier for record in shard.records)
    )


def ended_by(at: float, deliver: Any) -> Ended:
    body = json.loads(deliver.body)
    context, response = body["requestContext"], body.get("responseContext")
    assert (response is None) == (context["condition"] == "RecordAgeExceeded")
    error = None if response is None else response["functionError"]
    return Ended(at, context["condition"], context["approximateInvokeCount"], error, names(deliver.failed.records))


def run_of(shards: Sequence[model.Shard], enabled_at: float, settings: dict[str, Any]) -> Run:
    plain_shards = [
        PlainShard(
            shard.id,
            [plain(record) for record in shard.records],
            tuple(parent for parent in shard.parents if any(other.id == parent for other in shards)),
            shard.opened_at,
            inf if shard.closed_at is None else shard.closed_at,
        )
        for shard in shards
    ]
    return make_run(plain_shards, created_at=enabled_at, on_failure=arn_of("sqs", "failed"), **settings)


def by_id(row: Row | Family | Response) -> str:
    return row.id


@pytest.mark.parametrize("row", ROWS, ids=by_id)
def test_story_is_that_of_the_table(row: Row) -> None:
    """Attempts, throttled tries and records of failures, each at its time."""
    run = run_of([model.Shard(row.records)], row.enabled_at, row.settings)

    story = tell(run, outcome_of(row.answers), row.until)

    assert sorted((at, batch) for at, _, batch in story.attempts) == sorted(row.attempts)
    assert [(at, batch) for at, _, batch in story.refusals] == row.refusals
    assert [ended for _, _, ended in story.given_up] == row.given_up


@pytest.mark.parametrize("family", FAMILIES, ids=by_id)
def test_shards_are_read_in_the_order_of_the_table(family: Family) -> None:
    """Parents before children, from where each of them is read first."""
    settings = {"starting_position": family.starting_position, "maximum_retry_attempts": family.maximum_retry_attempts}
    run = run_of(family.shards, family.enabled_at, settings)

    story = tell(run, outcome_of(family.answers), 86_400)

    assert sorted(story.attempts) == sorted(family.attempts)


@pytest.mark.parametrize(("key", "factor", "lane"), LANE_OF_KEY)
def test_lane_of_a_key_is_that_of_the_table(key: str, factor: int, lane: int) -> None:
    """The digest of the key, modulo the factor."""
    assert lane_of(key, factor) == lane


@pytest.mark.parametrize("row", RESPONSES, ids=by_id)
def test_what_an_answer_has_tried_again_is_that_of_the_table(row: Response) -> None:
    """From the lowest sequence number that failed, or all of it."""
    reports = ["ReportBatchItemFailures"] if row.report else []
    run = make_run([shard_of([PlainRecord(name) for name in row.batch])], function_response_types=reports)
    run.advance(0.0)
    outcome: Outcome = FAILED
    if row.response is not RAISES and row.response is not NOT_JSON:
        outcome = Succeeded(json.dumps(with_ids(row.response, {})).encode())

    run.finish(run.running[0], outcome)
    run.advance(1.0)

    assert tuple("".join(names(invoke)) for invoke in run.running) == (("".join(row.again),) if row.again else ())


@pytest.mark.parametrize(("batch", "named", "again"), [row[1:] for row in LOWEST], ids=[row[0] for row in LOWEST])
def test_lowest_is_the_first_of_the_batch(batch: Any, named: Any, again: Any) -> None:
    """Not the first in the order of texts."""
    run = make_run(
        [shard_of([PlainRecord(name) for name in batch])], function_response_types=["ReportBatchItemFailures"]
    )
    run.advance(0.0)
    failures = [{"itemIdentifier": name} for name in named]

    run.finish(run.running[0], Succeeded(json.dumps({"batchItemFailures": failures}).encode()))
    run.advance(1.0)

    assert [record.identifier for record in run.running[0].batch] == list(again)


TIMES = st.sampled_from([0.0, 0.5, 1.0, 3.0, 10.0, 59.5, 60.0, 70.0])
KEYS = st.sampled_from(["red", "blue", "green"])


@st.composite
def shards(draw: Any) -> list[model.Shard]:
    """One shard, or a parent and its child; each record is named by a letter."""
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    parent_times = sorted(draw(st.lists(TIMES, max_size=8)))
    closed_at = draw(st.sampled_from([None, 70.0]))
    size = st.sampled_from([100, 3_000_000])
    found = [model.Record(next(letters), draw(KEYS), at, draw(size)) for at in parent_times]
    parent = model.Shard(found, "old", closed_at=closed_at)
    if closed_at is None:
        return [parent]
    child_times = sorted(draw(st.lists(st.sampled_from([70.0, 71.0, 90.0]), max_size=4)))
    records = [model.Record(next(letters), draw(KEYS), at) for at in child_times]
    return [parent, model.Shard(records, "new", ("old",), opened_at=closed_at)]


@st.composite
def settings_of(draw: Any) -> dict[str, Any]:
    return {
        "batch_size": draw(st.sampled_from([1, 2, 3, 100])),
        "maximum_batching_window_in_seconds": draw(st.sampled_from([0, 0, 2, 30])),
        "parallelization_factor": draw(st.sampled_from([1, 1, 2, 3])),
        "maximum_retry_attempts": draw(st.sampled_from([0, 1, 3])),
        "maximum_record_age_in_seconds": draw(st.sampled_from([-1, -1, 60])),
        "bisect_batch_on_function_error": draw(st.booleans()),
        "function_response_types": draw(st.sampled_from([[], ["ReportBatchItemFailures"]])),
        "starting_position": draw(st.sampled_from(["TRIM_HORIZON", "LATEST"])),
    }


@st.composite
def outcomes(draw: Any) -> model.Outcome:
    """A fixed answer for each batch and try; refusals end."""
    duration = draw(st.sampled_from([0.0, 0.25, 4.0]))
    salt = draw(st.integers(0, 50))

    def outcome(batch: Sequence[str], nth: int) -> model.Answer:
        dice = (sum(map(ord, batch)) * 7 + nth * 13 + salt * 31) % 10
        if dice < 4 or nth > 6:
            return model.Answer("ok", duration)
        if dice < 6:
            return model.Answer("error", duration)
        if dice == 6:
            return model.Answer("throttle")
        if dice == 7:
            return model.Answer("partial", duration)
        return model.Answer("partial", duration, batch[dice % len(batch)])

    return outcome


@given(shards=shards(), given_settings=settings_of(), outcome=outcomes(), enabled_at=st.sampled_from([0.0, 10.0, 65.0]))
@hypothesis_settings(max_examples=300, deadline=None)
def test_story_is_that_of_the_model(
    shards: list[model.Shard], given_settings: dict[str, Any], outcome: model.Outcome, enabled_at: float
) -> None:
    """Attempts, throttled tries, failures; and no checkpoint is ahead of the model's."""
    run = run_of(shards, enabled_at, given_settings)
    story = tell(run, outcome, 100_000)
    known = {**given_settings}
    report = known.pop("function_response_types") != []
    wanted = model.run(
        model.Settings(**known, report_batch_item_failures=report, enabled_at=enabled_at), shards, outcome, 100_000
    )

    assert sorted(story.attempts) == sorted((one.at, one.shard, "".join(one.records)) for one in wanted.attempts)
    assert sorted(story.refusals) == sorted((one.at, one.shard, "".join(one.records)) for one in wanted.refusals)
    assert sorted(each_of(story.given_up), key=repr) == sorted(
        each_of(
            (
                one.at,
                one.shard,
                Ended(one.at, one.condition, one.approximate_invoke_count, one.function_error, "".join(one.records)),
            )
            for one in wanted.given_up
        ),
        key=repr,
    )
    check_checkpoints(story, wanted, shards)
    assert run.mapping.outstanding() == 0


def each_of(given_up: Iterable[tuple[float, str, Ended]]) -> list[Any]:
    """Record by record: how many of those that are too old are in one record of failures is nobody's concern."""
    return [(at, shard, ended._replace(records=name)) for at, shard, ended in given_up for name in ended.records]


def check_checkpoints(story: Story, wanted: model.Result, shards: list[model.Shard]) -> None:
    """Never ahead of the model's, and at its place in the end."""
    order = {shard.id: [record.sequence for record in shard.records] for shard in shards}
    for at, found in story.checkpoints:
        for shard, position in found.items():
            done = [one.sequence for one in wanted.checkpoints if one.shard == shard and one.at <= at]
            behind = order[shard].index(done[-1]) + 1 if done else None
            if behind is not None and isinstance(position, int):
                assert position <= behind
    last = story.checkpoints[-1][1]
    for shard, position in last.items():
        done = [one.sequence for one in wanted.checkpoints if one.shard == shard]
        if done:
            assert position == order[shard].index(done[-1]) + 1
