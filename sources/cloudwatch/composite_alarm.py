"""The declaration of an alarm on other alarms."""

from collections.abc import Sequence
from typing import Any

from attrs import Attribute, field, frozen

from eventbus.checks import between, refuse
from eventbus.names import Arn
from eventbus.ports import Birth, Feed
from sources._refusing import refusing

from . import alarm_rule, events
from .alarm import Alarm
from .alarm_rule import AlarmRule, InvalidRule
from .client import AlarmClient
from .composite_machine import CompositeAlarmMachine
from .settings import NOT_OFFERED, AlarmSettings
from .state import State

PERIOD_LIMIT = 1_000_000_000  # arbitrary


def _parsed(alarm: "CompositeAlarm") -> AlarmRule:
    try:
        return alarm_rule.parse(alarm.alarm_rule)
    except InvalidRule as reason:
        shown = str(alarm.alarm_rule)[:200]
        raise refuse("alarm_rule", shown, f'such as ALARM(errors) AND NOT ALARM("no orders"): {reason}') from None


def _check_suppressor(_: Any, attribute: "Attribute[Any]", value: Any) -> None:
    if value is not None and not isinstance(value, Alarm | CompositeAlarm):
        raise refuse("actions_suppressor", value, "a declared alarm")


@refusing(NOT_OFFERED)
@frozen(eq=False)
class CompositeAlarm(AlarmSettings):
    """In ALARM while `alarm_rule` holds: `ALARM(name)`, `OK(name)`, `INSUFFICIENT_DATA(name)`, `TRUE` and `FALSE`, with
    NOT, AND, OR and parentheses. While the alarm `actions_suppressor` is in ALARM no action runs; on the way to ALARM
    they wait for it for the wait period, and behind its end for the extension period, in seconds."""

    alarm_rule: str = field(kw_only=True)
    actions_suppressor: Any = field(default=None, kw_only=True, validator=_check_suppressor)
    actions_suppressor_wait_period: int | None = field(
        default=None, kw_only=True, validator=between(0, PERIOD_LIMIT, whole=True)
    )
    actions_suppressor_extension_period: int | None = field(
        default=None, kw_only=True, validator=between(0, PERIOD_LIMIT, whole=True)
    )
    rule: AlarmRule = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "rule", _parsed(self))
        if self.arn in self.rule.alarms:
            raise refuse("alarm_rule", self.alarm_rule, "a rule on other alarms than this one")
        for name in ("actions_suppressor_wait_period", "actions_suppressor_extension_period"):
            if (getattr(self, name) is None) != (self.actions_suppressor is None):
                raise refuse(name, getattr(self, name), "seconds, where there is an actions_suppressor")

    @property
    def suppressor(self) -> Arn | None:
        return None if self.actions_suppressor is None else self.actions_suppressor.arn

    @property
    def watched(self) -> Sequence[Arn]:
        """The suppressor first: it is known before there is anything to suppress."""
        arns = self.rule.alarms if self.suppressor is None else (self.suppressor, *self.rule.alarms)
        return list(dict.fromkeys(arns))

    @property
    def targets(self) -> Sequence[Arn]:
        """The alarms that it looks at must be part of the app as well."""
        return [*self.watched, *self.action_targets]

    def machine(self, birth: Birth) -> CompositeAlarmMachine:
        return CompositeAlarmMachine(self.arn, birth, self)

    def client(self, machine: Any, feed: Feed) -> AlarmClient:
        return AlarmClient(machine, feed)

    def configuration(self, id: str) -> dict[str, Any]:
        """As functions get it."""
        found = {**self.described, "alarmRule": self.alarm_rule}
        if self.actions_suppressor is not None:
            found["actionsSuppressor"] = self.actions_suppressor.name
            found["actionsSuppressorWaitPeriod"] = self.actions_suppressor_wait_period
            found["actionsSuppressorExtensionPeriod"] = self.actions_suppressor_extension_period
        return found

    def trigger(self, state: State) -> dict[str, Any]:
        """As topics get it."""
        return {"AlarmRule": self.alarm_rule, "TriggeringChildren": events.children(state)}
