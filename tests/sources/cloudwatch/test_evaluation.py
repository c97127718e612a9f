"""From datapoints to a state."""

from typing import Any

import pytest

from sources.cloudwatch.evaluation import TREATMENTS, breaches, state_of
from tests.contracts import cloudwatch_table as table
from tests.sources.cloudwatch.helpers import ALARM, OK, UNKNOWN

POINTS = {"X": True, "0": False, "-": None}


def points(text: str) -> list[bool | None]:
    return [POINTS[letter] for letter in text.split()]


@pytest.mark.parametrize("row", table.EVALUATIONS, ids=lambda row: row.id)
def test_table(row: table.Evaluation) -> None:
    """For each treatment of what is missing."""
    found = [state_of(points(row.datapoints), row.to_alarm, row.periods, treatment) for treatment in TREATMENTS]

    assert tuple(found) == row.states


@pytest.mark.parametrize(
    ("datapoints", "to_alarm", "expected"),
    [
        ("- - X - -", 3, (ALARM, None, ALARM, OK)),
        ("- - - X -", 3, (None, None, ALARM, OK)),
        ("- - - - X", 3, (None, None, ALARM, OK)),
        ("- - - X -", 2, (ALARM, None, ALARM, OK)),
        ("- - - - X", 2, (None, None, ALARM, OK)),
        ("- - - - X", 1, (ALARM, ALARM, ALARM, ALARM)),
        ("- - - X X", 2, (ALARM, ALARM, ALARM, ALARM)),
    ],
)
def test_lone_breaching_datapoints(datapoints: str, to_alarm: int, expected: Any) -> None:
    """A breaching one counts once it is as old as there are datapoints to alarm, if nothing else was there: the guide
    on premature transitions."""
    found = tuple(state_of(points(datapoints), to_alarm, 3, treatment) for treatment in TREATMENTS)

    assert found == expected
    assert UNKNOWN not in found


@pytest.mark.parametrize(
    ("operator", "threshold", "five", "more"), table.THRESHOLDS, ids=[r[0] for r in table.THRESHOLDS]
)
def test_operators(operator: str, threshold: float, five: bool, more: bool) -> None:
    """At the threshold, and above it."""
    assert (breaches(5.0, operator, threshold), breaches(5.1, operator, threshold)) == (five, more)
