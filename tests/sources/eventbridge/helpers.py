"""A bus with its client, and somewhere for its events to go."""

import json
from typing import Any

from eventbus.core.effects import Deliver, Delivered
from eventbus.names import Arn, function_arn
from sources import eventbridge, sqs
from sources.eventbridge.machine import BusMachine
from tests.sources.helpers import Feed, Machines, birth

DETAIL = '{"id": 7, "amount": 12.5}'
ENTRY = {"source": "shop", "detail_type": "order.placed", "detail": DETAIL}
ANY = {"source": ["shop"]}
DEAD = sqs.Queue("dead")
QUEUE = sqs.Queue("q")


class Work:
    """Stands for the declared function `work`."""

    arn = function_arn("work")


WORK = Work()


class Sink:
    """Takes deliveries, keeps them, and answers each with the next of `errors`, or takes it."""

    def __init__(self, arn: Arn = QUEUE.arn, *errors: str | None, always: str | None = None) -> None:
        self.arn = arn
        self.effects: list[Any] = []
        self.taken: list[Deliver] = []
        self.tries: list[float] = []
        self.errors = list(errors)
        self.always = always

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(effect.body) for effect in self.taken]

    def deliver(self, now: float, effect: Deliver) -> None:
        self.tries.append(now)
        error = self.errors.pop(0) if self.errors else self.always
        if error is None:
            self.taken.append(effect)
        self.effects.append(Delivered(effect.asker, effect.token, error))


def make_bus(name: str = "default", *wires: Any) -> BusMachine:
    bus = eventbridge.EventBus(name)
    machine = bus.machine(birth(bus.arn))
    for wire in wires:
        wire.connect(machine)
    return machine


def rule(name: str = "placed", *targets: Any, **settings: Any) -> eventbridge.Rule:
    """Of the default bus, for events of the shop unless told otherwise."""
    if "schedule_expression" not in settings:
        settings.setdefault("event_pattern", ANY)
    return eventbridge.Rule(name, targets=targets or (QUEUE,), **settings)


def client_of(*wires: Any, others: Any = ()) -> tuple[eventbridge.BusClient, BusMachine, Feed]:
    """Of the default bus, at 10 seconds."""
    machine, feed = make_bus("default", *wires), Feed(*others)
    feed.now = 10.0
    return eventbridge.EventBus().client(machine, feed), machine, feed


def put(machine: BusMachine, now: float = 10.0, *others: Any, source: str = "shop", detail: str = DETAIL) -> str:
    """One event, and whatever follows from it at once."""
    id = machine.put(now, source, "order.placed", detail)
    Machines(machine, *others).drain(now)
    return id


def run_until(end: float, machine: BusMachine, *others: Any) -> None:
    """Wakes the machine whenever it is due, up to `end`."""
    while (now := machine.next_deadline()) <= end:
        machine.wake(now)
        assert machine.next_deadline() > now
        Machines(machine, *others).drain(now)


def wire_form(effect: Deliver) -> dict[str, Any]:
    """Attributes as ReceiveMessage shows them."""
    return {name: {"StringValue": value, "DataType": kind} for name, (kind, value) in effect.attributes.items()}
