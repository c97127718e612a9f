"""An alarm on other alarms: looked at when one of them changes, its actions held back while a suppressor is in ALARM.

Laws: it is in ALARM while its rule holds, otherwise in OK; in INSUFFICIENT_DATA only until all its alarms are known. A
change that came through it before is passed by: AWS stops evaluating where it detects a cycle [bc:cloudwatch].

Choices: actions wait for the suppressor on the way to ALARM only; what was held back and is over when it might run,
never runs, nor do the actions of its end.
"""

from collections.abc import Sequence
from math import inf
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Cause
from eventbus.names import Arn
from sources._calling import encode

from .machine import AlarmMachine
from .state import ALARM, OK, News, State, StateValue, Suppression, spoken, stamp

CONSTANT: Final = "The rule names no alarm"


@define(eq=False)
class CompositeAlarmMachine(AlarmMachine):
    _known: dict[Arn, State] = field(factory=dict, init=False)
    _until: float = field(default=inf, init=False)  # the end of a wait or an extension

    def ask(self, now: float) -> None:
        for arn in self.alarm.watched:
            self.watch(arn)
        if not self.alarm.rule.alarms:
            self._evaluate(now, None)

    def received(
        self, now: float, token: int, records: Sequence[News], position: Any, ended: bool, retention: float
    ) -> None:
        for news in records:
            self._known[news.arn] = news.state
            if news.arn == self.alarm.suppressor:
                self._suppressor_changed(now)
            if news.arn in self.alarm.rule.alarms:
                self._told(now, news)

    def wake(self, now: float) -> None:
        super().wake(now)
        if self._until <= now:
            self._release(now)

    def next_deadline(self) -> float:
        return min(self._until, super().next_deadline())

    def outstanding(self) -> int:
        return (self._until < inf) + super().outstanding()

    def act(self, now: float, before: State, cause: Cause | None) -> None:
        if self.alarm.suppressor is None:
            self.run_actions(now, before, cause)
        elif self.state.value != ALARM:
            self._until = inf
            if self._suppressor_is_up:
                self._suppress("Alarm")
            elif before.suppressed_by is None:
                self.run_actions(now, before, cause)
        elif self._suppressor_is_up:
            self._suppress("Alarm")
        elif self.alarm.actions_suppressor_wait_period:
            self._suppress("WaitPeriod", now + self.alarm.actions_suppressor_wait_period)
        else:
            self.run_actions(now, before, cause)

    @property
    def _suppressor_is_up(self) -> bool:
        known = self._known.get(self.alarm.suppressor)
        return known is not None and known.value == ALARM

    def _told(self, now: float, news: News) -> None:
        if self.arn in news.path:
            self.tell("passed_by", f"{news.arn.name} changed because of this alarm: a cycle", news.cause)
        else:
            self._evaluate(now, news)

    def _evaluate(self, now: float, news: News | None) -> None:
        """`news`: because of what; None where the rule names no alarm."""
        rule, known = self.alarm.rule, self._known
        if any(arn not in known for arn in rule.alarms):
            return
        value: StateValue = ALARM if rule.holds({arn: known[arn].value for arn in rule.alarms}) else OK
        if value == self.state.value:
            return
        at = self.birth.epoch + now
        if news is None:
            self.become(now, State(value, CONSTANT, None, at), None)
            return
        reason = f"{news.arn} transitioned to {news.state.value} at {spoken(news.state.at)}"
        triggering = {"arn": news.arn, "state": {"value": news.state.value, "timestamp": stamp(news.state.at)}}
        data = encode({"triggeringAlarms": [triggering]})
        self.become(now, State(value, reason, data, at, None, news), news.cause, news.path)

    def _suppressor_changed(self, now: float) -> None:
        by = self.state.suppressed_by
        if self._suppressor_is_up:
            if by is not None:
                self._suppress("Alarm")
        elif by == "Alarm" and self.state.value != ALARM:
            self.suppress(None)
        elif by == "Alarm" and self.alarm.actions_suppressor_extension_period:
            self._suppress("ExtensionPeriod", now + self.alarm.actions_suppressor_extension_period)
        elif by == "Alarm":
            self._release(now)

    def _suppress(self, by: Suppression, until: float = inf) -> None:
        self._until = until
        self.suppress(by)
        self.tell("suppressed", f"its actions, by {by}")

    def _release(self, now: float) -> None:
        """What was held back runs now, as if the state had just begun."""
        self._until = inf
        before = self.state
        self.suppress(None, self.birth.epoch + now)
        self.run_actions(now, before, None)
