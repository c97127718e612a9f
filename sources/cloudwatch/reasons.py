"""Why an alarm on a metric changed its state, in the words of the guide's samples where they say so."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import define

from sources._calling import encode

from .data import Sample, Statistic
from .evaluation import OPERATORS
from .state import ALARM, INSUFFICIENT_DATA, REASON_LIMIT, StateValue, numeric, stamp

VERSION: Final = "1.0"


@define(eq=False)
class Datapoint:
    """Of the period that begins at `at`, in seconds since 1970; without a sample it is missing."""

    at: int
    sample: Sample | None = None

    def add(self, other: Sample) -> None:
        if self.sample is None:
            self.sample = Sample(other.count, other.sum, other.minimum, other.maximum)
        else:
            self.sample.add(other)

    def value(self, statistic: Statistic) -> float:
        assert self.sample is not None, "a missing datapoint has no value"
        return self.sample.statistic(statistic)


def of(
    alarm: Any,
    points: Sequence[Datapoint],
    breaching: Sequence[bool | None],
    before: StateValue,
    after: StateValue,
    at: float,
) -> tuple[str, str]:
    """The sentence, and the data as JSON."""
    there = [(point, one) for point, one in zip(points, breaching, strict=True) if one is not None]
    there = there[-alarm.evaluation_periods :]
    newest = [point for point, _ in reversed(there)]
    if after == INSUFFICIENT_DATA:
        reason = f"Insufficient Data: {_count(alarm.evaluation_periods, 'datapoint')} unknown."
    elif not there:
        periods = alarm.evaluation_periods
        treated = "Breaching" if after == ALARM else "NonBreaching"
        reason = (
            f"Threshold Crossed: no datapoints were received for {periods} period{_s(periods)} and "
            f"{_count(periods, 'missing datapoint')} treated as [{treated}]."
        )
    else:
        reason = _crossed(alarm, newest, sum(one is (after == ALARM) for _, one in there), before, after)
    return reason[:REASON_LIMIT], _data(alarm, newest, at)


def _crossed(alarm: Any, newest: Sequence[Datapoint], count: int, before: StateValue, after: StateValue) -> str:
    shown = ", ".join(f"{point.value(alarm.statistic)!r} ({numeric(point.at)})" for point in newest)
    least = alarm.to_alarm if after == ALARM else alarm.evaluation_periods - alarm.to_alarm + 1
    verb = ("was" if count == 1 else "were") + ("" if after == ALARM else " not")
    return (
        f"Threshold Crossed: {count} out of the last {len(newest)} datapoints [{shown}] {verb} "
        f"{OPERATORS[alarm.comparison_operator]} the threshold ({alarm.threshold!r}) "
        f"(minimum {least} datapoint{_s(least)} for {before} -> {after} transition)."
    )


def _data(alarm: Any, newest: Sequence[Datapoint], at: float) -> str:
    oldest = list(reversed(newest))
    members: dict[str, Any] = {"version": VERSION, "queryDate": stamp(at)}
    if oldest:
        members["startDate"] = stamp(oldest[0].at)
    if alarm.unit is not None:
        members["unit"] = alarm.unit
    members |= {
        "statistic": alarm.statistic,
        "period": alarm.period,
        "recentDatapoints": [point.value(alarm.statistic) for point in oldest],
        "threshold": alarm.threshold,
        "evaluatedDatapoints": [
            {
                "timestamp": stamp(point.at),
                "sampleCount": point.value("SampleCount"),
                "value": point.value(alarm.statistic),
            }
            for point in newest
        ],
    }
    return encode(members)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{_s(number)} {'was' if number == 1 else 'were'}"


def _s(number: int) -> str:
    return "" if number == 1 else "s"
