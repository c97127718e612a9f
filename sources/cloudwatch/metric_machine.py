"""An alarm on a metric: data come in, and at the end of each minute it looks at those of its last periods.

Laws: a datapoint is all that was put within one period, which ends when it is looked at (at the end of a minute, of a
period where that is shorter); older data are forgotten. Where nothing is there any more, and the state is what it would
be for ever, nothing is due: an idle alarm costs nothing.
"""

from collections.abc import Sequence
from math import inf
from typing import Any

from attrs import define, field

from eventbus.core.effects import Cause

from . import reasons
from .data import Datum, Sample
from .evaluation import LOOKED_BACK, breaches, state_of
from .machine import AlarmMachine
from .metrics import METRICS
from .reasons import Datapoint
from .state import State, StateValue


@define(eq=False)
class MetricAlarmMachine(AlarmMachine):
    _data: dict[int, Sample] = field(factory=dict, init=False)  # by the number of its step since 1970
    _due: float = field(default=inf, init=False)
    _unseen: bool = field(default=False, init=False)  # data that were not looked at

    @property
    def step(self) -> int:
        """Seconds between looks."""
        return min(int(self.alarm.period), 60)

    def ask(self, now: float) -> None:
        self.watch(METRICS, self.alarm.metric)
        self._plan(now)

    def received(
        self, now: float, token: int, records: Sequence[Datum], position: Any, ended: bool, retention: float
    ) -> None:
        for datum in records:
            if self.alarm.unit in (None, datum.unit):
                self._add(now, datum)

    def set_state(self, now: float, value: StateValue, reason: str, data: str | None, cause: Cause | None) -> None:
        """By hand: the next look may say otherwise."""
        super().set_state(now, value, reason, data, cause)
        self._plan(now)

    def wake(self, now: float) -> None:
        super().wake(now)
        if self._due <= now:
            self._look(now)

    def next_deadline(self) -> float:
        return min(self._due, super().next_deadline())

    def outstanding(self) -> int:
        """Data that are still to be looked at are waited for; what a look at nothing says is not."""
        return self._unseen + super().outstanding()

    def _add(self, now: float, datum: Datum) -> None:
        at = self.birth.epoch + now if datum.at is None else datum.at
        number = int(at // self.step)
        known = self._data.get(number)
        if known is None:
            given = datum.sample
            self._data[number] = Sample(given.count, given.sum, given.minimum, given.maximum)
        else:
            known.add(datum.sample)
        self._unseen = True
        self._plan(now)

    def _plan(self, now: float) -> None:
        """The next look is at the end of this step."""
        if self._due == inf:
            self._due = ((self.birth.epoch + now) // self.step + 1) * self.step - self.birth.epoch

    def _look(self, now: float) -> None:
        end = round((self.birth.epoch + self._due) / self.step)  # the number of the step that begins now
        self._due, self._unseen = inf, False
        points = self._datapoints(end)
        alarm = self.alarm
        breaching = [None if point.sample is None else self._breaches(point) for point in points]
        value = state_of(breaching, alarm.to_alarm, alarm.evaluation_periods, alarm.treat_missing_data)
        if value is not None and value != self.state.value:
            reason, data = reasons.of(alarm, points, breaching, self.state.value, value, self.birth.epoch + now)
            self.become(now, State(value, reason, data, self.birth.epoch + now), None)
        if self._data:
            self._plan(now)

    def _datapoints(self, end: int) -> list[Datapoint]:
        """The oldest first; what lies before them is forgotten."""
        length = int(self.alarm.period) // self.step
        count = self.alarm.evaluation_periods + LOOKED_BACK
        first = end - count * length
        for number in [each for each in self._data if each < first]:
            del self._data[number]
        found = [Datapoint((first + index * length) * self.step) for index in range(count)]
        for number in sorted(self._data):
            if number < end:
                found[(number - first) // length].add(self._data[number])
        return found

    def _breaches(self, point: Datapoint) -> bool:
        alarm = self.alarm
        return breaches(point.value(alarm.statistic), alarm.comparison_operator, alarm.threshold)
