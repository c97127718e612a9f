"""How many batches of one mapping may be out at once (dg:services-sqs-scaling)."""

from math import inf
from typing import Final

from attrs import define, field

START: Final = 5
"""Concurrent batches of a standard queue that has no backlog."""
CEILING: Final = 1_250
FLOOR: Final = 2
"""What errors can't bring it below."""
GROWTH_STEP: Final = 60 / 300
"""Seconds: while a backlog remains, up to 300 more in a minute."""


@define(eq=False)
class Pace:
    """`allowed` batches. It grows with the time that a backlog finds no room, and starts again when nothing is left.

    Errors halve it and each success gives one back, up to what it was; until then it does not grow. With `steady` it is
    always the ceiling: on a FIFO queue the groups are the limit.
    """

    ceiling: float
    steady: bool = False
    start: float = field(init=False)
    allowed: float = field(init=False)
    grown: bool = field(default=False, init=False)  # beyond `start`
    _full: float = field(init=False)  # `allowed` without the errors
    _short_since: float = field(default=inf, init=False)
    _steps: int = field(default=0, init=False)  # arbitrary without a backlog; of growth, since then

    def __attrs_post_init__(self) -> None:
        self.start = self.ceiling if self.steady else min(START, self.ceiling)
        self.allowed = self._full = self.start

    @property
    def next_step(self) -> float:
        """When one more will be allowed; `inf` if it does not grow."""
        return self._short_since + (self._steps + 1) * GROWTH_STEP

    def room(self, now: float, busy: int) -> bool:
        """May one more batch be had while `busy` are out? If not, there is a backlog, from now at the latest."""
        if busy < self.allowed:
            return True
        if self._full >= self.ceiling or self.allowed < self._full:
            self._short_since = inf
            return False
        if self._short_since == inf:
            self._short_since = now
            self._steps = 0
            return False

        steps = int((now - self._short_since) / GROWTH_STEP)
        if self._short_since + (steps + 1) * GROWTH_STEP <= now:  # a quotient of floats may fall short
            steps += 1
        self._full = min(self.ceiling, self._full + steps - self._steps)
        self._steps = steps
        self.grown = self._full > self.start
        if self._full >= self.ceiling:
            self._short_since = inf
        self.allowed = self._full
        return busy < self.allowed

    def no_backlog(self) -> None:
        self._short_since = inf

    def idle(self) -> None:
        self.grown = False
        self._full = self.start
        self.allowed = min(self.allowed, self._full)
        self._short_since = inf

    def succeeded(self) -> None:
        if self.allowed < self._full:
            self.allowed += 1

    def failed(self) -> None:
        if not self.steady:
            self.allowed = max(FLOOR, self.allowed // 2)
            self._short_since = inf
