"""Faults that AWS may really have, each addressed by what it meets and the nth time it does, from its declaration on.

Off by default, and then free. `bus.faults.report()` says which fired and which never did: a run whose faults never
fired has shown nothing.
"""

from heapq import heappop, heappush
from math import inf
from typing import Any, Final

from attrs import define, evolve, field, frozen

from eventbus.checks import refuse
from eventbus.core.concurrency import ACCOUNT_FULL
from eventbus.core.effects import Arrived, Deliver, Delivered, Effect, Invoke, Note, Receive, Received, Release, Settle
from eventbus.core.outcomes import Throttled
from eventbus.declaration import Function
from eventbus.errors import InvalidSetting
from eventbus.names import Arn
from eventbus.ports import DeliveryTarget, Resource

RECEIVE: Final = "receive"
RECORD: Final = "record"
DELETE: Final = "delete"
ATTEMPT: Final = "attempt"
INVOKE: Final = "invoke"
DELIVERY: Final = "delivery"


@frozen(eq=False)
class Fault:
    """One declared fault, itself alone. `nth` is counted from 1, from when it was declared."""

    kind: str
    where: Arn
    nth: int
    value: Any = None


@frozen
class FaultReport:
    """Faults in the order in which they fired, and those that never did, in the order of declaration."""

    fired: list[Fault]
    never_fired: list[Fault]


@define(eq=False)
class Faults:
    """A machine too: it lets out what it holds back. `armed` is false as long as nothing was declared."""

    address: Arn = Arn("faults")
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    armed: bool = field(default=False, init=False)
    _due: dict[tuple[str, Arn], dict[int, Fault]] = field(factory=dict, init=False)  # site -> times left -> fault
    _count: dict[tuple[str, Arn], int] = field(factory=dict, init=False)
    _declared: list[Fault] = field(factory=list, init=False)
    _fired: list[Fault] = field(factory=list, init=False)
    _late: dict[tuple[Arn, int], float] = field(factory=dict, init=False)  # receive -> seconds
    _held: list[tuple[float, int, Received]] = field(factory=list, init=False)
    _order: int = field(default=0, init=False)

    def deliver_twice(self, source: Resource[Any], *, nth: int = 1) -> None:
        """The nth record that a mapping receives from `source` is received again while the first is handled."""
        self._declare(RECORD, Fault("deliver_twice", _pollable(source), nth))

    def deliver_late(self, source: Resource[Any], *, nth: int = 1, seconds: float) -> None:
        """What the nth receive of a mapping found arrives `seconds` later; its visibility timeout runs meanwhile."""
        if not isinstance(seconds, int | float) or not 0 <= seconds < inf:
            raise refuse("seconds", seconds, "0 or more")
        self._declare(RECEIVE, Fault("deliver_late", _pollable(source), nth, seconds))

    def empty_receive(self, source: Resource[Any], *, nth: int = 1) -> None:
        """The nth receive of a mapping finds nothing, though there may be records."""
        self._declare(RECEIVE, Fault("empty_receive", _pollable(source), nth))

    def lose_delete(self, source: Resource[Any], *, nth: int = 1) -> None:
        """The nth record that a mapping settles is not deleted: it comes back after its visibility timeout."""
        self._declare(DELETE, Fault("lose_delete", _pollable(source), nth))

    def handler_raises(self, function: Function[Any, Any], error: Exception, *, nth: int = 1) -> None:
        """The nth attempt raises `error` instead of running the handler."""
        if not isinstance(error, Exception):
            raise refuse("error", error, "an exception")
        self._declare(ATTEMPT, Fault("handler_raises", _function(function), nth, error))

    def handler_times_out(self, function: Function[Any, Any], *, nth: int = 1) -> None:
        """The nth attempt does nothing until its timeout."""
        self._declare(ATTEMPT, Fault("handler_times_out", _function(function), nth))

    def handler_exits(self, function: Function[Any, Any], *, nth: int = 1, at_await: int = 0) -> None:
        """The nth attempt ends as if its process had been killed: before the handler starts, or at its `at_await`-th
        await, counted from 1; `finally` blocks do not run. A `def` handler has no awaits: `at_await` is refused."""
        if not isinstance(at_await, int) or at_await < 0:
            raise refuse("at_await", at_await, "0 or more")
        where = _function(function)
        if at_await and not function.is_async:
            raise InvalidSetting(f"at_await={at_await} is refused: {function.name} is a def handler and never awaits")
        self._declare(ATTEMPT, Fault("handler_exits", where, nth, at_await))

    def throttle(self, function: Function[Any, Any], *, nth: int = 1) -> None:
        """The nth invocation is refused with 429 before it reaches the function."""
        self._declare(INVOKE, Fault("throttle", _function(function), nth))

    def refuse_delivery(self, target: Any, *, nth: int = 1, error: str = "ServiceUnavailable") -> None:
        """The nth delivery to this queue or function (a dead letter, a destination, a notification) fails."""
        if not isinstance(error, str) or not error:
            raise refuse("error", error, "a code")
        self._declare(DELIVERY, Fault("refuse_delivery", _target(target), nth, error))

    def report(self) -> FaultReport:
        return FaultReport(list(self._fired), [fault for fault in self._declared if fault not in self._fired])

    def attempt(self, invoke: Invoke) -> Fault | None:
        return self._meet(ATTEMPT, invoke.function, invoke.request_id)

    def missed(self, fault: Fault) -> None:
        """The handler had fewer awaits: the fault that was met did nothing."""
        self._fired.remove(fault)

    def refusal(self, invoke: Invoke) -> Throttled | None:
        return None if self._meet(INVOKE, invoke.function, invoke.request_id) is None else Throttled(ACCOUNT_FULL)

    def delivery(self, effect: Deliver) -> Delivered | None:
        fault = self._meet(DELIVERY, effect.target)
        return None if fault is None else Delivered(effect.asker, effect.token, fault.value)

    def receive(self, effect: Receive) -> bool:
        """Whether this receive is answered empty; the source is asked again in the next turn."""
        fault = self._meet(RECEIVE, effect.source)
        if fault is None:
            return False
        if fault.kind == "deliver_late":
            self._late[effect.asker, effect.token] = fault.value
            return False
        self.effects += [
            Received(effect.asker, effect.token, (), effect.position),
            Arrived(effect.source, effect.shard),
        ]
        return True

    def received(self, now: float, source: Arn, answer: Received) -> bool:
        """Whether this answer is held back."""
        again = [
            record.receipt for record in answer.records if self._meet(RECORD, source, record.identifier) is not None
        ]
        if again:
            self.effects.append(Release(source, again))
        seconds = self._late.pop((answer.asker, answer.token), None)
        if seconds is None:
            return False
        self._order += 1
        heappush(self._held, (now + seconds, self._order, answer))
        return True

    def settle(self, effect: Settle) -> Settle:
        kept = [receipt for receipt in effect.receipts if self._meet(DELETE, effect.source) is None]
        return effect if len(kept) == len(effect.receipts) else evolve(effect, receipts=kept)

    def wake(self, now: float) -> None:
        while self._held and self._held[0][0] <= now:
            self.effects.append(heappop(self._held)[2])

    def next_deadline(self) -> float:
        return self._held[0][0] if self._held else inf

    def outstanding(self) -> int:
        return len(self._held)

    def _declare(self, site: str, fault: Fault) -> None:
        if not isinstance(fault.nth, int) or fault.nth < 1:
            raise refuse("nth", fault.nth, "1 or more")
        key = (site, fault.where)
        at = self._count.setdefault(key, 0) + fault.nth
        due = self._due.setdefault(key, {})
        if at in due:
            raise InvalidSetting(f"nth={fault.nth}: {due[at].kind} already stands there for {fault.where.name}")
        due[at] = fault
        self._declared.append(fault)
        self.armed = True

    def _meet(self, site: str, where: Arn, about: str | None = None) -> Fault | None:
        """One more time that something met this site; the fault that stands there has fired, upon the id `about`."""
        key = (site, where)
        if key not in self._due:
            return None
        self._count[key] += 1
        fault = self._due[key].pop(self._count[key], None)
        if fault is not None:
            self._fired.append(fault)
            self.notes.append(("fault", where, about, f"{fault.kind}, time {fault.nth}", None))
        return fault


def _pollable(source: Any) -> Arn:
    if not hasattr(source, "lease"):
        raise refuse("source", getattr(source, "arn", source), "what a mapping polls, such as a queue")
    return Arn(source.arn)


def _function(function: Any) -> Arn:
    if not isinstance(function, Function):
        raise refuse("function", getattr(function, "arn", function), "a declared function")
    return function.arn


def _target(target: Any) -> Arn:
    if not isinstance(target, Function | DeliveryTarget):
        raise refuse("target", getattr(target, "arn", target), "a function, a queue or what else takes deliveries")
    return target.arn
