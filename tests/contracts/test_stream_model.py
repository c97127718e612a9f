"""The model of stream mappings reproduces the tables, which were worked out by hand."""

from typing import Any

import pytest

from tests.contracts.partial_batch_table import NOT_JSON, RAISES
from tests.contracts.stream_model import (
    Answer,
    Record,
    Result,
    Sequences,
    Settings,
    Shard,
    lane_of,
    pause_after,
    run,
)
from tests.contracts.stream_settings_table import (
    ACCEPTED,
    DEFAULTS,
    LIFECYCLE,
    LOWEST,
    RESPONSES,
    SETTING_ERRORS,
    Response,
)
from tests.contracts.stream_tables import FAMILIES, LANE_OF_KEY, ROWS, Ended, Family, Poison, Row, outcome_of


def settings_of(given: dict[str, Any], enabled_at: float) -> Settings:
    known = dict(given)
    report = known.pop("function_response_types", []) == ["ReportBatchItemFailures"]
    timestamp = known.pop("starting_position_timestamp", 0)
    return Settings(**known, report_batch_item_failures=report, timestamp=timestamp, enabled_at=enabled_at)


def story_of(row: Row) -> Result:
    return run(settings_of(row.settings, row.enabled_at), [Shard(row.records)], outcome_of(row.answers), row.until)


def by_id(row: Row | Family | Response) -> str:
    return row.id


def answer_of(response: Any, batch: Sequences) -> Answer:
    """What an answer under ReportBatchItemFailures means for a batch in rising order."""
    if response is RAISES or response is NOT_JSON:
        return Answer("error")
    failures = response.get("batchItemFailures") if isinstance(response, dict) else None
    named = [failure.get("itemIdentifier") for failure in failures or []]
    if not named:
        return Answer("ok")
    if any(name not in batch for name in named):
        return Answer("partial")
    return Answer("partial", first_failed=min(named, key=batch.index))


def tried_again(batch: Sequences, response: Any, *, report: bool = True) -> Sequences:
    story = run(
        Settings(maximum_retry_attempts=1, report_batch_item_failures=report),
        [Shard([Record(name) for name in batch])],
        lambda tried, nth: answer_of(response, batch) if tried == batch and nth == 1 else Answer("ok"),
    )
    return story.attempts[1].records if len(story.attempts) > 1 else ()


@pytest.mark.parametrize("row", ROWS, ids=by_id)
def test_attempts_are_those_of_the_table(row: Row) -> None:
    """Their times and records, and those of the tries that were throttled."""
    story = story_of(row)

    assert [(one.at, "".join(one.records)) for one in story.attempts] == row.attempts
    assert [(one.at, "".join(one.records)) for one in story.refusals] == row.refusals


@pytest.mark.parametrize("row", ROWS, ids=by_id)
def test_what_is_given_up_is_that_of_the_table(row: Row) -> None:
    """When, why, with which count, and whether there is a responseContext."""
    given_up = story_of(row).given_up

    assert [
        Ended(one.at, one.condition, one.approximate_invoke_count, one.function_error, "".join(one.records))
        for one in given_up
    ] == row.given_up
    assert all(one.response == (one.condition == "RetryAttemptsExhausted") for one in given_up)


@pytest.mark.parametrize("row", ROWS, ids=by_id)
def test_checkpoints_are_those_of_the_table(row: Row) -> None:
    """One for each instant at which it moved."""
    assert [(one.at, one.sequence) for one in story_of(row).checkpoints] == row.checkpoints


@pytest.mark.parametrize("row", [row for row in ROWS if row.until == 86_400], ids=by_id)
def test_checkpoint_moves_forward_to_the_last_record(row: Row) -> None:
    """Whatever happens, every record that is read is done with in the end."""
    story = story_of(row)
    order = [record.sequence for record in row.records]
    seen = {name for one in story.attempts for name in one.records}
    seen |= {name for one in story.given_up for name in one.records}
    moved = [order.index(one.sequence) for one in story.checkpoints]

    assert moved == sorted(set(moved))
    assert moved[-1] == max(order.index(name) for name in seen)


@pytest.mark.parametrize("family", FAMILIES, ids=by_id)
def test_shards_are_read_in_the_order_of_the_table(family: Family) -> None:
    """Parents before children, from where each of them is read first."""
    settings = Settings(
        starting_position=family.starting_position,
        enabled_at=family.enabled_at,
        maximum_retry_attempts=family.maximum_retry_attempts,
    )
    story = run(settings, family.shards, outcome_of(family.answers))

    assert [(one.at, one.shard, "".join(one.records)) for one in story.attempts] == family.attempts


@pytest.mark.parametrize(("key", "factor", "lane"), LANE_OF_KEY)
def test_lane_of_a_key_is_that_of_the_table(key: str, factor: int, lane: int) -> None:
    """The digest of the key, modulo the factor."""
    assert lane_of(key, factor) == lane


@pytest.mark.parametrize("row", RESPONSES, ids=by_id)
def test_what_an_answer_has_tried_again_is_that_of_the_table(row: Response) -> None:
    """From the lowest sequence number that failed, or all of it."""
    assert tried_again(row.batch, row.response, report=row.report) == row.again


@pytest.mark.parametrize(("batch", "named", "again"), [row[1:] for row in LOWEST], ids=[row[0] for row in LOWEST])
def test_lowest_is_the_first_of_the_batch(batch: Sequences, named: Sequences, again: Sequences) -> None:
    """Not the first in the order of texts."""
    response = {"batchItemFailures": [{"itemIdentifier": name} for name in named]}

    assert tried_again(batch, response) == again


def test_pauses_double_up_to_a_minute() -> None:
    """From half a second."""
    pauses = [0.0]
    for _ in range(9):
        pauses.append(pause_after(pauses[-1]))

    assert pauses == [0, 0.5, 1, 2, 4, 8, 16, 32, 60, 60]


def test_a_lane_does_not_wait_for_another() -> None:
    """A key that fails for ever leaves the other lane's records to be delivered; the checkpoint stays before it."""
    records = [Record("a", "red", 0), Record("b", "blue", 0), Record("c", "blue", 50)]
    story = run(Settings(parallelization_factor=2), [Shard(records)], outcome_of(Poison("a")), until=100)

    assert [(one.at, one.records) for one in story.attempts if "a" not in one.records] == [(0, ("b",)), (50, ("c",))]
    assert story.checkpoints == []


def test_ids_of_the_tables_are_distinct() -> None:
    """So that each row can be named."""
    tables: list[list[str]] = [
        [row.id for row in ROWS],
        [row.id for row in RESPONSES],
        [error.id for error in SETTING_ERRORS],
        [accepted[0] for accepted in ACCEPTED],
        [action.id for action in LIFECYCLE],
        [family.id for family in FAMILIES],
    ]

    assert [len(set(ids)) for ids in tables] == [len(ids) for ids in tables]


def test_defaults_are_those_of_the_model() -> None:
    """Where both know the setting."""
    settings = Settings()

    assert {name: getattr(settings, name, DEFAULTS[name]) for name in DEFAULTS} == DEFAULTS
