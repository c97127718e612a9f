"""How answers come late, twice or never: as a script says, then as the seed decides."""

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from math import inf
from typing import Final, Generic, TypeVar

from attrs import define, field

from eventbus.names import Ids

Delays = tuple[float, ...]
"""How a call is answered: once after each of these seconds."""
NOW: Final[Delays] = (0.0,)
TWICE: Final[Delays] = (0.0, 0.0)
NEVER: Final[Delays] = ()

SHORTEST_DELAY: Final = 0.001
"""Seconds, of what is late."""
LONGEST_DELAY: Final = 90.0
"""Seconds, of what is late."""

T = TypeVar("T")


@define(eq=False)
class LateAnswers(Generic[T]):
    """What is on its way. A share of `unreliable` (0 to 1) of it comes late, twice or never."""

    ids: Ids
    unreliable: float
    _waiting: list[tuple[float, int, T]] = field(factory=list, init=False)  # a heap
    _order: int = field(default=0, init=False)  # arbitrary to begin with

    def __len__(self) -> int:
        return len(self._waiting)

    def drawn(self) -> Delays:
        """How the next one comes."""
        random = self.ids.random
        if random.random() >= self.unreliable:
            return NOW
        late = random.uniform(SHORTEST_DELAY, LONGEST_DELAY)
        return random.choice((NEVER, TWICE, (late,), (0.0, late), (late, late)))

    def send(self, now: float, delays: Iterable[float], answer: T) -> Iterator[T]:
        """`answer` as often as it comes at once; the rest is on its way."""
        for delay in delays:
            if delay <= 0:
                yield answer
            else:
                self._order += 1
                heappush(self._waiting, (now + delay, self._order, answer))

    def due(self, now: float) -> Iterator[T]:
        """What comes now, in the order of time."""
        while self._waiting and self._waiting[0][0] <= now:
            yield heappop(self._waiting)[2]

    def next_at(self) -> float:
        return self._waiting[0][0] if self._waiting else inf
