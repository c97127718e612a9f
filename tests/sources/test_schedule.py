"""Schedule expressions, beside a calculator and instants that were worked out by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from sources._schedule import Dialect, InvalidSchedule, Schedule, parse, zone
from tests.contracts.schedule_calculator import occurrences
from tests.contracts.schedule_table import (
    EXPRESSIONS,
    HAND_CHECKED,
    INVALID,
    NEVER,
    REPORTED,
    Checked,
    Expression,
    Invalid,
)

BUS_START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
AN_INSTANT = timedelta(microseconds=1)


def due(schedule: Schedule, start: datetime, end: datetime, timezone: str = "UTC") -> list[datetime]:
    """From `start` on, before `end`."""
    found: list[datetime] = []
    next_one = schedule.next_after(start - AN_INSTANT, start=start, timezone=timezone)
    while next_one is not None and next_one < end:
        found.append(next_one)
        next_one = schedule.next_after(next_one, start=start, timezone=timezone)
    return found


def agrees(row: Expression, start: datetime, span: timedelta) -> None:
    found = due(parse(row.expression, dialect="scheduler"), start, start + span, row.timezone)

    assert found == occurrences(row.expression, start, start + span, row.timezone)


def by_row(row: Expression) -> str:
    return f"{row.timezone} {row.expression}"


@pytest.mark.parametrize("row", HAND_CHECKED, ids=lambda row: row.id)
def test_schedule_is_due_as_worked_out_by_hand(row: Checked) -> None:
    """These instants and none between them; the start itself counts."""
    end = row.due[-1] + timedelta(seconds=1) if row.due else row.start + YEAR

    assert due(parse(row.expression, dialect="scheduler"), row.start, end, row.timezone) == row.due


@pytest.mark.parametrize("row", EXPRESSIONS[::2] + REPORTED, ids=by_row)  # all of them for ten years below
def test_schedule_agrees_with_the_calculator(row: Expression) -> None:
    """For a year with both clock changes; those that are due every minute for the two months that hold them."""
    spans = [(BUS_START, YEAR)]
    if "cron(* * " in row.expression or row.expression == "rate(1 minute)":
        spans = [(datetime(2026, month, 20, tzinfo=UTC), timedelta(days=15)) for month in (3, 10)]

    for start, span in spans:
        agrees(row, start, span)


@pytest.mark.long
@pytest.mark.parametrize("row", EXPRESSIONS + REPORTED, ids=by_row)
def test_schedule_agrees_with_the_calculator_for_ten_years(row: Expression) -> None:
    """Leap years and every clock change of them."""
    agrees(row, BUS_START, 10 * YEAR)


@pytest.mark.parametrize("row", NEVER, ids=by_row)
def test_schedule_without_any_day_is_never_due(row: Expression) -> None:
    """And says so at once."""
    schedule = parse(row.expression, dialect="scheduler")

    assert schedule.next_after(BUS_START, start=BUS_START, timezone=row.timezone) is None


@pytest.mark.parametrize("row", INVALID, ids=lambda row: f"{row.refused_by} {row.expression}")
def test_invalid_expression_is_refused(row: Invalid) -> None:
    """By those that refuse it."""
    dialects: tuple[Dialect, ...] = ("rules", "scheduler")

    for dialect in dialects:
        if row.refused_by in ("both", dialect):
            with pytest.raises(InvalidSchedule):
                parse(row.expression, dialect=dialect)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("cron(0 0 ? * 2/2 *)", "day-of-week '2/2': increments are not offered here"),
        ("cron(0 0 L-3 * ? *)", "day-of-month 'L' is not a number"),
        ("cron(0 0 1,L * ? *)", "day-of-month 'L' is not a number"),
        ("cron(0/0 0 1 * ? *)", "increment of minutes '0' is not in 1-59"),
        ("cron(1,* 0 1 * ? *)", "minutes '*' is not a number"),
        ("cron(0  0 1 * ? *)", "cron(0  0 1 * ? *): six fields with one blank between, not 7"),
        ("cron(0 0 1 * ? 2030-2026)", "year '2030-2026': the range ends before it begins"),
        ("cron(0 0 1 * ? ２０３０)", "year '２０３０' is not a number"),
        ("cron(0 0 1 13 ? *)", "month '13' is not in 1-12"),
        ("cron(0 0 1 X ? *)", "month 'X' is not a number or a name"),
        ("rate(5 Minutes)", "rate(5 Minutes): a number of 1 or more, one blank, and minutes, hours or days"),
        ("at(2026-02-30T00:00:00)", "at(2026-02-30T00:00:00): day is out of range for month"),
    ],
)
def test_refusal_says_why(expression: str, reason: str) -> None:
    """What no page settles is refused as well."""
    with pytest.raises(InvalidSchedule) as refused:
        parse(expression, dialect="scheduler")

    assert str(refused.value) == reason


def test_rate_of_a_rule_begins_one_interval_after_its_start() -> None:
    """That of a schedule begins at once."""
    for dialect, first in (("rules", 5), ("scheduler", 0)):
        schedule = parse("rate(5 minutes)", dialect=dialect)  # type: ignore[arg-type]  # two literals in a loop
        before = schedule.next_after(BUS_START - YEAR, start=BUS_START)

        assert before == BUS_START + timedelta(minutes=first)
        assert schedule.next_after(before, start=BUS_START) == before + timedelta(minutes=5)


def test_rate_beyond_the_last_year_never_comes() -> None:
    """As far as a rate can be written."""
    schedule = parse("rate(999999999 days)", dialect="scheduler")

    assert schedule.next_after(BUS_START, start=BUS_START) is None


def test_cron_has_no_occurrence_before_its_start() -> None:
    """The start itself may be one."""
    schedule = parse("cron(0 12 * * ? *)", dialect="scheduler")
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)

    assert schedule.next_after(BUS_START, start=start) == start


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "America", "a\0b"])
def test_unknown_time_zone_is_refused(name: str) -> None:
    """Whatever is written there."""
    with pytest.raises(InvalidSchedule, match="is no time zone"):
        zone(name)


@pytest.mark.parametrize(
    ("expression", "name"),
    [("at(0001-01-01T00:00:00)", "Asia/Kolkata"), ("at(9999-12-31T23:59:59)", "America/New_York")],
)
def test_time_outside_the_calendar_never_comes(expression: str, name: str) -> None:
    """Its instant lies before the first year or after the last one."""
    assert parse(expression, dialect="scheduler").next_after(BUS_START, start=BUS_START, timezone=name) is None
