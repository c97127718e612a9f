"""Data of metrics: what PutMetricData takes, and what alarms keep of it [bc:cloudwatch MetricDatum]."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NotRequired, TypedDict

from attrs import define, frozen

from eventbus.checks import encodable
from eventbus.core.effects import Cause

from .errors import ValidationError

Statistic = Literal["SampleCount", "Average", "Sum", "Minimum", "Maximum"]
STATISTICS: Final = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_SIZES: Final = ("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes")
_BITS: Final = ("Bits", "Kilobits", "Megabits", "Gigabits", "Terabits")
UNITS: Final = (
    *("Seconds", "Microseconds", "Milliseconds", *_SIZES, *_BITS, "Percent", "Count"),
    *(f"{each}/Second" for each in (*_SIZES, *_BITS, "Count")),
    "None",
)
NAME_LIMIT: Final = 255
VALUE_LIMIT: Final = 1_024
"""Characters of a dimension's value."""
DIMENSIONS_LIMIT: Final = 30
DATA_LIMIT: Final = 1_000
VALUES_LIMIT: Final = 150
LARGEST: Final = 2.0**360
OLDEST: Final = 14 * 86_400.0
NEWEST: Final = 2 * 3_600.0
"""Seconds before and after now."""


class Dimension(TypedDict):
    name: str
    value: str


class StatisticSet(TypedDict):
    sample_count: float
    sum: float
    minimum: float
    maximum: float


class MetricDatum(TypedDict):
    """One of `value`, `values` (each `counts` times, once without) and `statistic_values`; of now without a
    `timestamp`, which is aware, or in seconds since 1970."""

    metric_name: str
    dimensions: NotRequired[Sequence[Dimension]]
    timestamp: NotRequired[datetime | float]
    value: NotRequired[float]
    values: NotRequired[Sequence[float]]
    counts: NotRequired[Sequence[float]]
    statistic_values: NotRequired[StatisticSet]
    unit: NotRequired[str]


@frozen
class Metric:
    """What names one: dimensions in the order of their names."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]


@define(eq=False)
class Sample:
    """All that was put within some time."""

    count: float
    sum: float
    minimum: float
    maximum: float

    def add(self, other: "Sample") -> None:
        self.count += other.count
        self.sum += other.sum
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)

    def statistic(self, name: Statistic) -> float:
        match name:
            case "SampleCount":
                return self.count
            case "Average":
                return self.sum / self.count
            case "Sum":
                return self.sum
            case "Minimum":
                return self.minimum
            case _:
                return self.maximum


@define(eq=False)
class Datum:
    """A record, as far as a bus looks at one. `at` in seconds since 1970; None: when it is put."""

    metric: Metric
    at: float | None
    sample: Sample
    unit: str
    cause: Cause | None = None
    size: int = 0
    receipt: None = None
    group: None = None

    @property
    def identifier(self) -> str:
        return self.metric.name

    def view(self) -> Mapping[str, Any]:
        return {"metric_name": self.metric.name}


def is_name(value: object, limit: int = NAME_LIMIT) -> bool:
    """Not blank, without a colon before it, and no control character in it."""
    if not isinstance(value, str) or not 0 < len(value) <= limit or not encodable(value):
        return False
    return bool(value.strip()) and not value.startswith(":") and value.isprintable()


def dimensions_of(given: Any) -> tuple[tuple[str, str], ...] | None:
    """None: they are none."""
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence) or len(given) > DIMENSIONS_LIMIT:
        return None
    found: dict[str, str] = {}
    for each in given:
        if not isinstance(each, Mapping) or each.keys() != {"name", "value"}:
            return None
        name, value = each["name"], each["value"]
        if (
            not is_name(name)
            or name in found
            or not is_name(value.lstrip(":") if isinstance(value, str) else value, VALUE_LIMIT)
        ):
            return None
        found[name] = value
    return tuple(sorted(found.items()))


def data_of(namespace: Any, given: Any, now: float) -> list[Datum]:
    """Raises `ValidationError`. `now` in seconds since 1970."""
    if not is_name(namespace):
        raise ValidationError(f"Namespace={namespace!r}: 1 to {NAME_LIMIT} characters, no colon before them")
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence) or not 1 <= len(given) <= DATA_LIMIT:
        raise ValidationError(f"MetricData: a list of 1 to {DATA_LIMIT:,} data")
    return [_datum(namespace, f"MetricData.member.{number}", each, now) for number, each in enumerate(given, 1)]


def _datum(namespace: str, where: str, given: Any, now: float) -> Datum:
    if not isinstance(given, Mapping) or not given.keys() <= MetricDatum.__annotations__.keys():
        known = ", ".join(MetricDatum.__annotations__)
        raise ValidationError(f"{where}={given!r}: its members are {known}; storage_resolution is not offered")
    name, unit = given.get("metric_name"), given.get("unit", "None")
    dimensions = dimensions_of(given.get("dimensions", ()))
    if not isinstance(name, str) or not is_name(name):
        raise ValidationError(f"{where}.MetricName={name!r}: a text of 1 to {NAME_LIMIT} characters")
    if dimensions is None:
        raise ValidationError(f"{where}.Dimensions: up to {DIMENSIONS_LIMIT} of {{'name': ..., 'value': ...}}")
    if unit not in UNITS:
        raise ValidationError(f"{where}.Unit={unit!r}: {', '.join(UNITS)}")
    return Datum(
        Metric(namespace, name, dimensions), _moment(where, given.get("timestamp"), now), _sample(where, given), unit
    )


def _moment(where: str, given: Any, now: float) -> float | None:
    if given is None:
        return None
    if isinstance(given, datetime) and given.tzinfo is not None:
        given = given.timestamp()
    if not _is_number(given) or not now - OLDEST <= given <= now + NEWEST:
        allowed = "an aware datetime or seconds since 1970, from two weeks ago to two hours ahead"
        raise ValidationError(f"{where}.Timestamp={given!r}: {allowed}")
    return float(given)


def _sample(where: str, given: Mapping[str, Any]) -> Sample:
    forms = [name for name in ("value", "values", "statistic_values") if name in given]
    if len(forms) != 1 or ("counts" in given and forms != ["values"]):
        raise ValidationError(f"{where}: one of value, values (with counts or without) and statistic_values")
    if forms == ["statistic_values"]:
        return _statistic_set(where, given["statistic_values"])
    values = [given["value"]] if forms == ["value"] else given["values"]
    several = isinstance(values, Sequence) and not isinstance(values, str)
    if not several or not 1 <= len(values) <= VALUES_LIMIT or not all(map(_is_number, values)):
        raise ValidationError(f"{where}: 1 to {VALUES_LIMIT} numbers from -2^360 to 2^360, not {values!r}")
    counts = given.get("counts", [1.0] * len(values))
    if not isinstance(counts, Sequence) or isinstance(counts, str) or len(counts) != len(values):
        raise ValidationError(f"{where}.Counts: as many as there are values")
    if not all(_is_number(count) and count > 0 for count in counts):
        raise ValidationError(f"{where}.Counts={counts!r}: numbers above 0")
    total = sum(float(value) * count for value, count in zip(values, counts, strict=True))
    return Sample(float(sum(counts)), total, float(min(values)), float(max(values)))


def _statistic_set(where: str, given: Any) -> Sample:
    right = isinstance(given, Mapping) and given.keys() == StatisticSet.__annotations__.keys()
    if not right or not all(_is_number(each) for each in given.values()) or given["sample_count"] <= 0:
        wanted = ", ".join(StatisticSet.__annotations__)
        raise ValidationError(f"{where}.StatisticValues={given!r}: numbers {wanted}, of one sample at least")
    return Sample(*(float(given[name]) for name in StatisticSet.__annotations__))


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return -LARGEST <= value <= LARGEST  # of NaN neither holds
