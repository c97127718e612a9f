"""Machines of sources without a bus: birth, and a driver of a few lines."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, TypeVar

from eventbus.core.effects import Cause, Deliver, Delivered
from eventbus.core.profile import Profile
from eventbus.names import Arn, Ids
from eventbus.ports import Birth
from sources import sqs
from sources.sqs.machine import QueueMachine

T = TypeVar("T")
EPOCH = 1_767_225_600.0  # 2026-01-01T00:00:00Z


def birth(arn: Arn) -> Birth:
    return Birth(Ids(1, arn), Profile(), EPOCH)


def make_queue(name: str = "orders", **settings: Any) -> QueueMachine:
    queue = sqs.Queue(name, **settings)
    return queue.machine(birth(queue.arn))


class Machines:
    """Hands deliveries from one machine to another, and answers back, until none is left."""

    def __init__(self, *machines: Any) -> None:
        self.machines = {machine.arn: machine for machine in machines}

    def drain(self, now: float) -> None:
        moving = True
        while moving:
            moving = False
            for machine in self.machines.values():
                effects, machine.effects[:] = list(machine.effects), []
                for effect in effects:
                    moving = True
                    if isinstance(effect, Deliver):
                        target = self.machines.get(effect.target)
                        if target is None:
                            machine.delivered(now, effect.token, "ResourceNotFoundException")
                        else:
                            target.deliver(now, effect)
                    elif isinstance(effect, Delivered) and effect.asker in self.machines:
                        self.machines[effect.asker].delivered(now, effect.token, effect.error)


class Feed:
    """A client's way in, at a time that the test sets."""

    def __init__(self, *others: Any) -> None:
        self.now = 0.0
        self.others = others

    async def call(self, machine: Any, action: str, step: Callable[..., T], *args: Any, **settings: Any) -> T:
        answer = step(self.now, *args, **settings)
        Machines(machine, *self.others).drain(self.now)
        return answer

    async def wait(self, machine: Any, seconds: float) -> None:
        self.now += seconds
        machine.wake(self.now)

    async def side_by_side(self, *works: Coroutine[Any, Any, None]) -> NoReturn:
        raise AssertionError("nothing here needs company")

    async def fetch(self, door: Arn, request: object) -> NoReturn:
        raise AssertionError(f"{door} is no door")

    def cause(self) -> Cause | None:
        return None


def client(queue: sqs.Queue, *others: Any) -> tuple[sqs.QueueClient, QueueMachine, Feed]:
    machine = queue.machine(birth(queue.arn))
    feed = Feed(*others)
    return queue.client(machine, feed), machine, feed


def done(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)
