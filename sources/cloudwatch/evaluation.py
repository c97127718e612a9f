"""From datapoints to a state [cw:alarm-evaluation].

As many datapoints are looked at as an alarm evaluates, and two more (choice: the guide's tables show five for three).
Where enough of them are there the newest count, however old; where not, what is missing is treated as the alarm says.
"""

from collections.abc import Sequence
from typing import Final, Literal

from .state import ALARM, INSUFFICIENT_DATA, OK, StateValue

Treatment = Literal["missing", "ignore", "breaching", "notBreaching"]
TREATMENTS: Final = ("missing", "ignore", "breaching", "notBreaching")
LOOKED_BACK: Final = 2
"""Periods before those that are evaluated."""
OPERATORS: Final = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


def breaches(value: float, operator: str, threshold: float) -> bool:
    match operator:
        case "GreaterThanOrEqualToThreshold":
            return value >= threshold
        case "GreaterThanThreshold":
            return value > threshold
        case "LessThanThreshold":
            return value < threshold
        case _:
            return value <= threshold


def state_of(breaching: Sequence[bool | None], to_alarm: int, periods: int, treatment: Treatment) -> StateValue | None:
    """Of datapoints, the oldest first, None where one is missing. None: the state stays."""
    there = [each for each in breaching if each is not None]
    if len(there) >= periods:
        return ALARM if sum(there[-periods:]) >= to_alarm else OK
    missing = periods - len(there)
    match treatment:
        case "breaching":
            return ALARM if sum(there) + missing >= to_alarm else OK
        case "notBreaching":
            return ALARM if sum(there) >= to_alarm else OK
    if sum(there) >= to_alarm:
        return ALARM
    if not all(there):
        return OK
    if treatment == "ignore":
        return None
    if not there:
        return INSUFFICIENT_DATA
    oldest = len(breaching) - breaching.index(True)  # how many periods ago, counted from 1
    return ALARM if oldest >= to_alarm else None
