"""The one place that applies effects, wakes machines and arms the next deadline.

Laws: first in, first out, never recursive. A turn drains fully; it wakes at most `DUE_PER_TURN` due machines, the rest
are due in the next turn. A machine that became due inside a turn (`Arrived`) is woken in the next one. Everyone arms
deadlines only here. If a turn fails, the bus is broken: nothing after it can be trusted.
"""

import asyncio
from collections.abc import Callable
from math import inf
from typing import Any, Final, ParamSpec, Protocol, TypeVar

from attrs import define, field

from eventbus.core.effects import Effect, Note
from eventbus.core.scheduler import Scheduler
from eventbus.errors import BusBroken, EventBusError
from eventbus.names import Arn

T = TypeVar("T")
P = ParamSpec("P")

DUE_PER_TURN: Final = 1_000
CALLS_PER_CHECKPOINT: Final = 50
"""With 100 a 10 ms ticker of the host was 13 ms late at its p99 beside a full bus, with 50 it is 7 ms."""


class Sleeper(Protocol):
    """What can be woken: a machine or an environment."""

    def wake(self, now: float) -> None: ...
    def next_deadline(self) -> float: ...


class Probe(Protocol):
    """Is told what happened, in order. The driver's notes are its own only during the call."""

    def noted(self, now: float, notes: list[Note]) -> None: ...


@define(eq=False)
class Driver:
    loop: asyncio.AbstractEventLoop
    turn_ended: Callable[[], None]  # what was decided in it may start
    on_broken: Callable[[], None]
    probe: Probe | None = None
    handlers: dict[type, Callable[[float, Any], None]] = field(factory=dict, init=False)
    machines: dict[Arn, Any] = field(factory=dict, init=False)
    broken: BusBroken | None = field(default=None, init=False)
    turns: int = field(default=0, init=False)
    wakes: int = field(default=0, init=False)
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    scheduler: Scheduler[Sleeper] = field(factory=Scheduler, init=False)
    _started: float = field(init=False)
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)
    _timer_at: float = field(default=inf, init=False)
    _soon: bool = field(default=False, init=False)
    _in_turn: bool = field(default=False, init=False)
    _now: float = field(default=0.0, init=False)
    _input: str = field(default="", init=False)
    _closed: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self._started = self.loop.time()

    def now(self) -> float:
        """Seconds since the bus started; never goes back, and stands still inside a turn."""
        if self._in_turn:
            return self._now
        return max(self._now, self.loop.time() - self._started)

    def add(self, address: Arn, machine: Any) -> None:
        machine.effects = self.effects
        machine.notes = self.notes
        self.machines[address] = machine
        self.arm(machine)

    def feed(self, machine: Any, step: Callable[..., T], *args: Any, **settings: Any) -> T:
        """One turn from outside: a client call, or an attempt that ended. Raises what a refused call raises."""
        if self.broken is not None:
            raise self.broken
        now, refusing = self._begin(), True
        try:
            answer = step(now, *args, **settings)
            refusing = False
            deadline = machine.next_deadline()
            if deadline != inf:
                self.scheduler.arm(machine, deadline)
            if self.effects:
                self._drain(now)
            elif self.notes:
                self._tell_probe(now)
        except BaseException as cause:
            if refusing and isinstance(cause, EventBusError):  # the call's; one out of an effect is a bug
                self._in_turn = False
                raise
            broken = self.fail(cause, f"{getattr(step, '__qualname__', step)} of {_name(machine)}")
            if not isinstance(cause, Exception):  # Ctrl-C in the middle of a turn goes to whoever waits for it
                raise
            raise broken from cause
        self._end()
        return answer

    def tell(self, address: Arn, step: str, *args: Any) -> None:
        """An input inside the current turn; to nobody if that machine is gone."""
        machine = self.machines.get(address)
        if machine is not None:
            self._input = step
            getattr(machine, step)(self._now, *args)
            deadline = machine.next_deadline()
            if deadline != inf:
                self.scheduler.arm(machine, deadline)

    def arm(self, sleeper: Sleeper) -> None:
        """Look at its next deadline, from outside a turn or inside one."""
        self.arm_at(sleeper, sleeper.next_deadline())

    def arm_at(self, sleeper: Sleeper, deadline: float) -> None:
        if deadline != inf:
            self.scheduler.arm(sleeper, deadline)
            if deadline < self._timer_at and not self._in_turn:
                self._sync_timer()

    def feed_if_alive(self, machine: Any, step: Callable[..., Any], *args: Any) -> None:
        """As `feed`, for whoever has nobody to tell: nothing happens once the bus is broken or closed."""
        if self.broken is None and not self._closed:
            self.feed(machine, step, *args)

    def wake_due(self) -> None:
        """Whoever is about to wait first wakes what is due."""
        if self.broken is None and self.scheduler.next_deadline() <= self.now():
            self._turn_of_due(self.now())

    def fail(self, cause: BaseException, during: str) -> BusBroken:
        """The first cause stays; everybody who waits is told."""
        self._in_turn = False
        if self.broken is None:
            self.broken = BusBroken(f"turn {self.turns} at {self._now:g} s failed in {during}: {cause!r}")
            self.broken.__cause__ = cause
            self.close()
            self.on_broken()
        return self.broken

    def close(self) -> None:
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _begin(self) -> float:
        assert not self._in_turn, "a turn inside a turn"
        now = self.loop.time() - self._started
        if now > self._now:
            self._now = now
        self._in_turn = True
        self.turns += 1
        return self._now

    def _end(self) -> None:
        self._in_turn = False
        self.turn_ended()
        if self.scheduler.next_deadline() < self._timer_at:
            self._sync_timer()

    def _fired(self, deadline: float) -> None:
        self._timer = None
        self._timer_at = inf
        self._turn_of_due(deadline)

    def _fired_soon(self) -> None:
        self._soon = False
        self._turn_of_due(self._now)

    def _turn_of_due(self, deadline: float) -> None:
        if self._closed:
            return
        now = self._begin()
        if now < deadline:  # the float sum of the loop may fall short of the deadline
            now = self._now = deadline
        try:
            self._wake_due(now)
        except BaseException as cause:
            self.fail(cause, self._input)  # a timer has no caller to raise to: on_broken tells
            if not isinstance(cause, Exception):
                raise
            return
        self._end()

    def _wake_due(self, now: float) -> None:
        for _ in range(DUE_PER_TURN):
            sleeper = self.scheduler.pop_due(now)
            if sleeper is None:
                return
            self.wakes += 1
            self._input = f"wake of {_name(sleeper)}"
            sleeper.wake(now)
            if sleeper.next_deadline() <= now:
                raise RuntimeError(f"{_name(sleeper)} is due again at once: the turn would spin for ever")
            self._arm(sleeper)
            self._drain(now)

    def _arm(self, sleeper: Sleeper) -> None:
        deadline = sleeper.next_deadline()
        if deadline != inf:
            self.scheduler.arm(sleeper, deadline)

    def _drain(self, now: float) -> None:
        effects = self.effects
        if effects:
            done = 0
            while done < len(effects):
                effect = effects[done]
                done += 1
                self.handlers[type(effect)](now, effect)
            effects.clear()
        if self.notes:
            self._tell_probe(now)

    def _tell_probe(self, now: float) -> None:
        if self.probe is not None:
            self.probe.noted(now, self.notes)
        self.notes.clear()

    def _sync_timer(self) -> None:
        """Have the loop call at the earliest deadline; one armed too early is left."""
        deadline = self.scheduler.next_deadline()
        if deadline >= self._timer_at or self._closed:
            return
        if deadline <= self._now:
            if not self._soon:
                self._soon = True
                self.loop.call_soon(self._fired_soon)
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = deadline
        self._timer = self.loop.call_at(self._started + deadline, self._fired, deadline)


def _name(sleeper: Any) -> str:
    return str(getattr(sleeper, "address", None) or getattr(sleeper, "arn", None) or type(sleeper).__name__)
