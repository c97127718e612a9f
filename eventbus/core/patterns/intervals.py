"""Which of many ranges hold a value, as bits."""

from bisect import bisect_right
from typing import Any

from attrs import define, field


@define(eq=False, repr=False)
class Intervals:
    """Ranges of one ordered kind of values, one for each bit. Between neighbouring edges the answer is the same."""

    _toggles: dict[Any, int] = field(factory=dict, init=False)  # edge -> bits that begin or end there
    _edges: list[Any] | None = field(default=None, init=False)  # made when first needed after a change
    _bits: list[int] = field(factory=list, init=False)  # behind each edge

    def add(self, start: Any, end: Any, bit: int) -> None:
        """`bit` for the values from `start` on and below `end`."""
        for edge in (start, end):
            self._toggles[edge] = self._toggles.get(edge, 0) ^ bit
        self._edges = None

    def at(self, value: Any) -> int:
        """The bits of all ranges that hold `value`."""
        edges = self._edges if self._edges is not None else self._ordered()
        place = bisect_right(edges, value)
        return self._bits[place - 1] if place else 0

    def _ordered(self) -> list[Any]:
        self._edges = sorted(self._toggles)
        bits = 0
        self._bits = [bits := bits ^ self._toggles[edge] for edge in self._edges]
        return self._edges
