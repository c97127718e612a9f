"""What `bus.invocations(function)` shows: the last attempts of each function."""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from weakref import WeakKeyDictionary

from attrs import define, field, frozen

from eventbus.core.effects import Invoke
from eventbus.core.outcomes import HandlerFailed, Outcome, Succeeded
from eventbus.declaration import Function
from eventbus.names import Arn

from . import codec

KEPT: Final = 10_000
"""Attempts of one function; older ones are forgotten."""


@frozen
class Attempt:
    """One attempt that ended. `outcome` is `succeeded`, `failed` or `timed out`; `start` and `end` are aware UTC times;
    `exception` is the handler's own, if it raised one; `result` what it returned, as JSON says it."""

    request_id: str
    event: Any
    outcome: str
    result: Any
    exception: BaseException | None
    start: datetime
    end: datetime


Kept = deque[tuple[Invoke, float, float, Outcome]]


@define(eq=False)
class Attempts:
    at: Callable[[float], datetime]
    render: Callable[[Invoke], Any]
    count: int = field(default=0, init=False)
    failed: int = field(default=0, init=False)
    _kept: dict[Arn, Kept] = field(factory=dict, init=False)
    _of_gone: "WeakKeyDictionary[Function[Any, Any], Kept]" = field(factory=WeakKeyDictionary, init=False)

    def add(self, invoke: Invoke, began: float, ended: float, outcome: Outcome) -> None:
        self.count += 1
        self.failed += not isinstance(outcome, Succeeded)
        kept = self._kept.get(invoke.function)
        if kept is None:
            kept = self._kept[invoke.function] = deque(maxlen=KEPT)
        kept.append((invoke, began, ended, outcome))

    def of(self, function: Arn) -> list[Attempt]:
        """Oldest first; each event is decoded anew."""
        return [self._shown(*entry) for entry in self._kept.get(function, ())]

    def let_go(self, function: Function[Any, Any]) -> None:
        """It is gone: its attempts are shown as long as somebody holds it."""
        self._of_gone[function] = self._kept.pop(function.arn, deque(maxlen=KEPT))

    def take_back(self, function: Function[Any, Any]) -> None:
        """It is here, perhaps again."""
        kept = self._of_gone.pop(function, None)
        if kept is not None:
            self._kept[function.arn] = kept

    def of_gone(self, function: Any) -> list[Attempt] | None:
        """None if it is not gone."""
        kept = self._of_gone.get(function) if isinstance(function, Function) else None
        return None if kept is None else [self._shown(*entry) for entry in kept]

    def _shown(self, invoke: Invoke, began: float, ended: float, outcome: Outcome) -> Attempt:
        event = self.render(invoke) if invoke.payload is None else codec.decode(invoke.payload)
        exception = outcome.cause if isinstance(outcome, HandlerFailed) else None
        result = None
        if isinstance(outcome, Succeeded):
            words, result = "succeeded", codec.decode(outcome.payload)
        else:
            words = "failed" if isinstance(outcome, HandlerFailed) else "timed out"
        return Attempt(invoke.request_id, event, words, result, exception, self.at(began), self.at(ended))
