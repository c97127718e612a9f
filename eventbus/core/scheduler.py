"""One heap over all machines, at most one live entry each; equal deadlines fire in the order they were armed."""

from heapq import heappop, heappush
from math import inf
from typing import Generic, TypeVar

from attrs import define, field

K = TypeVar("K")  # hashable


@define(eq=False)
class Scheduler(Generic[K]):
    pushes: int = field(default=0, init=False)
    _heap: list[tuple[float, int, K]] = field(factory=list, init=False)
    _armed: dict[K, float] = field(factory=dict, init=False)

    def arm(self, key: K, deadline: float) -> None:
        """A later wish leaves the entry there is: its owner is woken early once, and armed again."""
        if deadline < self._armed.get(key, inf):
            self.pushes += 1
            self._armed[key] = deadline
            heappush(self._heap, (deadline, self.pushes, key))

    def pop_due(self, now: float) -> K | None:
        while self._heap and self._heap[0][0] <= now:
            deadline, _, key = heappop(self._heap)
            if self._armed.get(key) == deadline:
                del self._armed[key]
                return key
        return None

    def next_deadline(self) -> float:
        return self._heap[0][0] if self._heap else inf
