"""A group with its schedules, and somewhere for them to send to."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from eventbus.core.effects import Deliver
from eventbus.core.profile import Profile
from eventbus.names import Arn, Ids, arn_of, function_arn
from eventbus.ports import Birth
from sources import scheduler, sqs
from sources.scheduler.machine import GroupMachine
from tests.sources.helpers import EPOCH

START = datetime.fromtimestamp(EPOCH, UTC)
MINUTE = 60.0
HOUR = 3_600.0
QUEUE = sqs.Queue("q")
DEAD = sqs.Queue("dead")
GROUP = scheduler.ScheduleGroup()


class Declared:
    """Whatever has an ARN: a function, a topic, a bus."""

    def __init__(self, arn: Arn) -> None:
        self.arn = arn


WORK = Declared(function_arn("work"))
TOPIC = Declared(arn_of("sns", "topic"))
BUS = Declared(arn_of("events", "event-bus/default"))


def nightly(target: Any = WORK, **settings: Any) -> scheduler.Schedule:
    return scheduler.Schedule("nightly", target, **{"schedule_expression": "rate(5 minutes)", **settings})


def make_group(*schedules: scheduler.Schedule, profile: Profile | None = None, seed: int = 1) -> GroupMachine:
    machine = GROUP.machine(Birth(Ids(seed, GROUP.arn), profile or Profile(), EPOCH))
    for schedule in schedules:
        schedule.connect(machine)
    return machine


def deliveries(machine: GroupMachine) -> list[Deliver]:
    """What it has emitted since the last look."""
    effects, machine.effects[:] = list(machine.effects), []
    assert all(isinstance(effect, Deliver) for effect in effects)
    return effects  # type: ignore[return-value]  # each is one: asserted


def fired_until(machine: GroupMachine, end: float, error: str | None = None) -> list[tuple[float, Any]]:
    """Seconds and body of all that is sent up to `end`, each answered with `error` at once."""
    found: list[tuple[float, Any]] = []
    while (now := machine.next_deadline()) <= end:
        machine.wake(now)
        assert machine.next_deadline() > now
        for effect in deliveries(machine):
            found.append((now, json.loads(effect.body)))
            machine.delivered(now, effect.token, error)
    return found


def seconds_fired(machine: GroupMachine, end: float) -> list[float]:
    return [at for at, _ in fired_until(machine, end)]


def after(**span: float) -> datetime:
    return START + timedelta(**span)
