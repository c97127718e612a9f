"""The declaration of an alarm on a metric."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import between, given, one_of, refuse
from eventbus.names import Arn
from eventbus.ports import Birth, Feed
from sources._refusing import refusing

from .client import AlarmClient
from .data import DIMENSIONS_LIMIT, STATISTICS, UNITS, Dimension, Metric, Statistic, dimensions_of, is_name
from .evaluation import OPERATORS, TREATMENTS, Treatment
from .events import STATISTIC_NAMES
from .metric_machine import MetricAlarmMachine
from .settings import NOT_OFFERED, AlarmSettings
from .state import State

SHORT_PERIODS: Final = (10, 20, 30)
"""Seconds; others are minutes."""
DAY: Final = 86_400
LONGEST: Final = 7 * DAY
"""Seconds that an alarm looks back with periods of an hour or more; with shorter ones it is a day."""


def _check_text(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not is_name(value):
        raise refuse(attribute.name, value, "1 to 255 characters, no colon before them")


def _check_dimensions(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if dimensions_of(value) is None:
        raise refuse("dimensions", value, f"up to {DIMENSIONS_LIMIT} of {{'name': ..., 'value': ...}}")


def _check_period(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool) and value > 0
    if not whole or (value not in SHORT_PERIODS and value % 60):
        raise refuse("period", value, "10, 20, 30 or a multiple of 60 seconds")


def _check_operator(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value not in OPERATORS:
        raise refuse("comparison_operator", value, f"{' or '.join(OPERATORS)}; anomaly detection is not offered")


def _check_threshold(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
        raise refuse("threshold", value, "a number")


def _as_float(value: Any) -> Any:
    return float(value) if type(value) is int else value


@refusing(NOT_OFFERED)
@frozen(eq=False)
class Alarm(AlarmSettings):
    """In ALARM once `datapoints_to_alarm` of the last `evaluation_periods` datapoints breach the threshold, a datapoint
    being the `statistic` over `period` seconds of what was put into the declared `Metrics`.

    Looked at once a minute, or once a period where that is shorter. Its actions are functions and topics. Raises
    `InvalidSetting` for what AWS refuses."""

    metric_name: str = field(kw_only=True, validator=_check_text)
    namespace: str = field(kw_only=True, validator=_check_text)
    statistic: Statistic = field(kw_only=True, validator=one_of(STATISTICS))
    dimensions: Sequence[Dimension] = field(default=(), kw_only=True, validator=_check_dimensions)
    period: int = field(kw_only=True, validator=_check_period)
    unit: str | None = field(default=None, kw_only=True, validator=one_of((None, *UNITS)))
    evaluation_periods: int = field(kw_only=True, validator=given(between(1, LONGEST // 10, whole=True)))
    datapoints_to_alarm: int | None = field(default=None, kw_only=True, validator=between(1, LONGEST, whole=True))
    threshold: float = field(kw_only=True, validator=_check_threshold, converter=_as_float)
    comparison_operator: str = field(kw_only=True, validator=_check_operator)
    treat_missing_data: Treatment = field(default="missing", kw_only=True, validator=one_of(TREATMENTS))

    def __attrs_post_init__(self) -> None:
        limit = DAY if self.period < 3_600 else LONGEST
        if self.period * self.evaluation_periods > limit:
            raise refuse("evaluation_periods", self.evaluation_periods, f"up to {limit:,} seconds of periods together")
        if self.to_alarm > self.evaluation_periods:
            raise refuse("datapoints_to_alarm", self.to_alarm, f"up to evaluation_periods={self.evaluation_periods}")

    @property
    def to_alarm(self) -> int:
        return self.evaluation_periods if self.datapoints_to_alarm is None else self.datapoints_to_alarm

    @property
    def metric(self) -> Metric:
        return Metric(self.namespace, self.metric_name, dimensions_of(self.dimensions) or ())

    @property
    def targets(self) -> Sequence[Arn]:
        return self.action_targets

    def machine(self, birth: Birth) -> MetricAlarmMachine:
        return MetricAlarmMachine(self.arn, birth, self)

    def client(self, machine: Any, feed: Feed) -> AlarmClient:
        return AlarmClient(machine, feed)

    def configuration(self, id: str) -> dict[str, Any]:
        """As functions get it."""
        dimensions = {each["name"]: each["value"] for each in self.dimensions}
        metric = {"namespace": self.namespace, "name": self.metric_name, "dimensions": dimensions}
        unit = {} if self.unit is None else {"unit": self.unit}
        stat = {"metric": metric, "period": self.period, "stat": self.statistic, **unit}
        return {**self.described, "metrics": [{"id": id, "metricStat": stat, "returnData": True}]}

    def trigger(self, state: State) -> dict[str, Any]:
        """As topics get it."""
        least = {} if self.datapoints_to_alarm is None else {"DatapointsToAlarm": self.datapoints_to_alarm}
        return {
            "Trigger": {
                "MetricName": self.metric_name,
                "Namespace": self.namespace,
                "StatisticType": "Statistic",
                "Statistic": STATISTIC_NAMES.get(self.statistic, self.statistic.upper()),
                "Unit": self.unit,
                "Dimensions": [{"value": each["value"], "name": each["name"]} for each in self.dimensions],
                "Period": self.period,
                "EvaluationPeriods": self.evaluation_periods,
                **least,
                "ComparisonOperator": self.comparison_operator,
                "Threshold": self.threshold,
                "TreatMissingData": self.treat_missing_data,
                "EvaluateLowSampleCountPercentile": "",
            }
        }
