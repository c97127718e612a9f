"""What both kinds of alarms are set to [bc:cloudwatch PutMetricAlarm, PutCompositeAlarm]."""

from collections.abc import Sequence
from typing import Any, Final

from attrs import Attribute, field, frozen

from eventbus.checks import as_tuple, encodable, is_function, one_of, refuse
from eventbus.names import Arn, arn_of

from .state import ALARM, OK

NAME_LIMIT: Final = 255
DESCRIPTION_LIMIT: Final = 1_024
"""Characters."""
ACTIONS_LIMIT: Final = 5
"""Of one state."""
NOT_OFFERED: Final = {
    "metrics": "metric math, and alarms on several metrics, are not offered",
    "threshold_metric_id": "anomaly detection is not offered",
    "extended_statistic": "percentiles and other extended statistics are not offered",
    "evaluate_low_sample_count_percentile": "percentiles are not offered",
    "evaluation_criteria": "alarms on queries are not offered",
    "evaluation_interval": "alarms on queries are not offered",
    "action_configuration": "not offered: what actions get is as it is by default",
    "tags": "tags are not offered",
    "alarm_name": "write name=..., or the name alone",
}


def _check_name(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    right = isinstance(value, str) and 0 < len(value) <= NAME_LIMIT and encodable(value)
    if not right or not value.isprintable() or value.startswith("arn:"):
        raise refuse("name", value, f"1 to {NAME_LIMIT} characters, no control characters, no ARN")


def _check_description(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and (not isinstance(value, str) or len(value) > DESCRIPTION_LIMIT or not encodable(value)):
        raise refuse(attribute.name, value, f"a text of up to {DESCRIPTION_LIMIT:,} characters")


def _check_actions(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if not isinstance(value, tuple) or len(value) > ACTIONS_LIMIT:
        raise refuse(attribute.name, value, f"a list of up to {ACTIONS_LIMIT} functions and topics")
    for each in value:
        arn = getattr(each, "arn", None)
        is_topic = isinstance(arn, Arn) and arn.service == "sns" and not arn.endswith(".fifo")
        if not is_function(each) and not is_topic:
            raise refuse(attribute.name, each, "functions of the app and declared standard topics; no other actions")


def _actions() -> Any:
    return field(default=(), kw_only=True, converter=as_tuple, validator=_check_actions)


@frozen(eq=False)
class AlarmSettings:
    """Checked where they are written."""

    name: str = field(validator=_check_name)
    alarm_description: str | None = field(default=None, kw_only=True, validator=_check_description)
    actions_enabled: bool = field(default=True, kw_only=True, validator=one_of((True, False)))
    alarm_actions: Sequence[Any] = _actions()
    ok_actions: Sequence[Any] = _actions()
    insufficient_data_actions: Sequence[Any] = _actions()

    @property
    def arn(self) -> Arn:
        return arn_of("cloudwatch", f"alarm:{self.name}")

    @property
    def described(self) -> dict[str, Any]:
        """As events begin their configuration."""
        return {} if self.alarm_description is None else {"description": self.alarm_description}

    def actions_of(self, state: str) -> Sequence[Arn]:
        """In the order in which they are listed."""
        actions = {ALARM: self.alarm_actions, OK: self.ok_actions}.get(state, self.insufficient_data_actions)
        return [action.arn for action in actions]

    @property
    def action_targets(self) -> list[Arn]:
        actions = (*self.alarm_actions, *self.ok_actions, *self.insufficient_data_actions)
        return list(dict.fromkeys(action.arn for action in actions))
