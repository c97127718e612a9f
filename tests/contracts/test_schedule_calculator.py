"""The calculator of schedule expressions gives what was worked out by hand, so that others may be held against it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.contracts.schedule_calculator import occurrences
from tests.contracts.schedule_table import EXPRESSIONS, HAND_CHECKED, INVALID, NEVER, REPORTED, Checked, Expression

MONTH = timedelta(days=31)
YEAR = timedelta(days=366)
BUS_START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("row", HAND_CHECKED, ids=lambda row: row.id)
def test_calculator_gives_what_a_calendar_shows(row: Checked) -> None:
    """From the start to the last instant worked out by hand, the calculator gives these and no others."""
    end = row.due[-1] + timedelta(seconds=1) if row.due else row.start + YEAR

    assert occurrences(row.expression, row.start, end, row.timezone) == row.due


@pytest.mark.parametrize("row", NEVER, ids=lambda row: row.expression)
def test_expressions_that_mean_no_day_are_never_due(row: Expression) -> None:
    """A valid expression whose day no calendar has gives nothing in eighty years."""
    found = occurrences(row.expression, BUS_START, BUS_START + YEAR * 80, row.timezone)

    assert found == []


def test_end_is_left_out() -> None:
    """An instant equal to the end is not given."""
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)

    assert occurrences("cron(0 12 * * ? *)", BUS_START, noon) == []
    assert occurrences("at(2026-01-01T12:00:00)", BUS_START, noon) == []
    assert occurrences("rate(12 hours)", BUS_START, noon) == [BUS_START]


@pytest.mark.parametrize(
    ("reported", "plain"),
    [
        ("cron(0 22-2 * * ? *)", "cron(0 22,23,0,1,2 * * ? *)"),
        ("cron(0 22-2/2 * * ? *)", "cron(0 22,0,2 * * ? *)"),
        ("cron(50-10 0 * * ? *)", "cron(50-59,0-10 0 * * ? *)"),
        ("cron(0 0 28-3 * ? *)", "cron(0 0 28-31,1-3 * ? *)"),
        ("cron(0 0 1 NOV-FEB ? *)", "cron(0 0 1 11,12,1,2 ? *)"),
        ("cron(0 0 ? * SAT-THU *)", "cron(0 0 ? * 7,1,2,3,4,5 *)"),
        ("cron(0 0 ? * mon-Fri *)", "cron(0 0 ? * 2-6 *)"),
        ("cron(00 07/12 01 04,09 ? *)", "cron(0 7,19 1 4,9 ? *)"),
        ("cron(0 0 ? * FRIL *)", "cron(0 0 ? * 6L *)"),
        ("cron(0 0 ? * MON#1 *)", "cron(0 0 ? * 2#1 *)"),
    ],
)
def test_reported_forms_mean_the_same_as_plain_ones(reported: str, plain: str) -> None:
    """A backward range goes round, names may be small, numbers may have a zero in front."""
    found = occurrences(reported, BUS_START, BUS_START + YEAR)

    assert found == occurrences(plain, BUS_START, BUS_START + YEAR) != []


@pytest.mark.parametrize("row", EXPRESSIONS + REPORTED, ids=lambda row: f"{row.timezone} {row.expression}")
def test_valid_expressions_come_and_in_order(row: Expression) -> None:
    """Each is due some month before 2200; the instants of that month ascend, without doubles, within the bounds."""
    starts = (BUS_START + MONTH * number for number in range(174 * 12))
    months = ((start, occurrences(row.expression, start, start + MONTH, row.timezone)) for start in starts)
    start, found = next((start, found) for start, found in months if found)

    assert found == sorted(set(found))
    assert all(start <= instant < start + MONTH for instant in found)


def test_tables_hold_no_row_twice() -> None:
    """Rows differ, and nothing is both valid and refused by both services."""
    valid = [*EXPRESSIONS, *NEVER, *REPORTED]
    refused = [row.expression for row in INVALID]

    assert len(set(valid)) == len(valid)
    assert len(set(refused)) == len(refused)
    assert {row.expression for row in valid}.isdisjoint(row.expression for row in INVALID if row.refused_by == "both")
