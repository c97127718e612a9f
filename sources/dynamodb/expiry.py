"""Time to live: which items are over, and when the service deletes them."""

from heapq import heapify, heappop, heappush
from math import inf
from typing import Final

from attrs import define, field

from .keys import Key
from .values import Item

FIVE_YEARS: Final = 5 * 365 * 86_400
"""Seconds: what was over so long ago is left [ddb:TTL]."""
SLACK: Final = 64  # arbitrary
"""Entries that no longer count may be as many as those that do, and so many more."""


@define(eq=False)
class Expiry:
    attribute: str
    _due: dict[Key, float] = field(factory=dict, init=False)
    _heap: list[tuple[float, int, Key]] = field(factory=list, init=False)
    _order: int = field(default=0, init=False)

    def over_at(self, item: Item, epoch: float, now: float) -> float | None:
        """When this item's time is over, in seconds since the bus started; None for never."""
        value = item.get(self.attribute)
        if value is None or value[0] != "N":
            return None
        at = float(value[1]) - epoch
        return at if at > now - FIVE_YEARS else None

    def set(self, key: Key, at: float | None) -> None:
        """It is deleted then, or never."""
        if at is None:
            self._due.pop(key, None)
            return
        if self._due.get(key) == at:
            return
        self._due[key] = at
        self._order += 1
        if len(self._heap) > 2 * len(self._due) + SLACK:
            self._heap = [entry for entry in self._heap if self._due.get(entry[2]) == entry[0]]
            heapify(self._heap)
        heappush(self._heap, (at, self._order, key))

    def next_at(self) -> float:
        return self._heap[0][0] if self._heap else inf

    def due(self, now: float) -> list[Key]:
        """In the order of their times; forgotten here."""
        found: list[Key] = []
        while self._heap and self._heap[0][0] <= now:
            at, _, key = heappop(self._heap)
            if self._due.get(key) == at:
                del self._due[key]
                found.append(key)
        return found
