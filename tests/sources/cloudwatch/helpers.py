"""Alarms without a bus: their machines tell each other, functions and topics take what they get."""

import json
from collections.abc import Callable
from typing import Any

from attrs import define, field

from eventbus.core.effects import Deliver, Receive, Received
from eventbus.names import Arn
from sources import cloudwatch, sns
from sources.cloudwatch.data import data_of
from sources.cloudwatch.machine import AlarmMachine
from sources.cloudwatch.metrics import METRICS
from tests.sources.doors import Function
from tests.sources.helpers import EPOCH, birth

OK, ALARM, UNKNOWN = "OK", "ALARM", "INSUFFICIENT_DATA"
WORK = Function("work")
IN_ALARM, IN_OK, IN_DOUBT = Function("a"), Function("o"), Function("i")
TOPIC = sns.Topic("alarms")
ERRORS: dict[str, Any] = {
    "metric_name": "Errors",
    "namespace": "AWS/Lambda",
    "dimensions": [{"name": "FunctionName", "value": "work"}],
    "statistic": "Sum",
    "period": 60,
    "evaluation_periods": 1,
    "threshold": 0,
    "comparison_operator": "GreaterThanThreshold",
}


def alarm(name: str = "errors", **settings: Any) -> cloudwatch.Alarm:
    """On the errors of `work`."""
    return cloudwatch.Alarm(name, **{**ERRORS, **settings})


def steady(name: str, **settings: Any) -> cloudwatch.Alarm:
    """One that stays as it is set by hand."""
    return alarm(name, treat_missing_data="ignore", **settings)


@define(eq=False)
class Alarms:
    """Machines of declared alarms and of the metrics; `error` is what deliveries are answered with."""

    declared: list[Any]
    error: Callable[[Deliver], str | None] = field(default=lambda deliver: None)
    now: float = 0.0
    machines: dict[Arn, Any] = field(init=False)
    calls: list[tuple[float, Deliver]] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        everything = [cloudwatch.Metrics(), *self.declared]
        self.machines = {each.arn: each.machine(birth(each.arn)) for each in everything}
        self.advance(0.0)

    def machine(self, name: str) -> AlarmMachine:
        found: AlarmMachine = self.machines[cloudwatch.Alarm(name, **ERRORS).arn]
        return found

    def set(self, name: str, value: Any, reason: str = "test", data: str | None = None) -> None:
        self.machine(name).set_state(self.now, value, reason, data, None)
        self.drain()

    def put(self, value: float, name: str = "Errors", **members: Any) -> None:
        datum = {"metric_name": name, "value": value, "dimensions": ERRORS["dimensions"], **members}
        metrics = self.machines[METRICS]
        metrics.put(self.now, data_of("AWS/Lambda", [datum], EPOCH + self.now), None)
        self.drain()

    def advance(self, until: float) -> None:
        while (due := min(machine.next_deadline() for machine in self.machines.values())) <= until:
            self.now = due
            for machine in self.machines.values():
                if machine.next_deadline() <= due:
                    machine.wake(due)
                    assert machine.next_deadline() > due
            self.drain()
        self.now = until

    def drain(self) -> None:
        moving = True
        while moving:
            moving = False
            for machine in list(self.machines.values()):
                effects, machine.effects[:] = list(machine.effects), []
                for effect in effects:
                    moving = True
                    self._apply(effect)

    def _apply(self, effect: Any) -> None:
        match effect:
            case Receive():
                if effect.source in self.machines:
                    self.machines[effect.source].receive(self.now, effect)
            case Received():
                self.machines[effect.asker].received(
                    self.now, effect.token, effect.records, effect.position, effect.ended, effect.retention
                )
            case Deliver():
                self.calls.append((self.now, effect))
                self.machines[effect.asker].delivered(self.now, effect.token, self.error(effect))
            case _:
                raise AssertionError(effect)

    @property
    def called(self) -> list[tuple[float, str]]:
        """Seconds and targets, in order."""
        return [(at, effect.target.name) for at, effect in self.calls]

    @property
    def events(self) -> list[Any]:
        return [json.loads(effect.body) for _, effect in self.calls]

    def state(self, name: str) -> str:
        return self.machine(name).state.value

    def noted(self, name: str, what: str) -> list[Any]:
        return [note[3] for note in self.machine(name).notes if note[0] == what]
