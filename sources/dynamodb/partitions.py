"""Keys of a table with a sort key, by partition and in order: for queries."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any

from attrs import define, field

from . import values
from .expressions import KeyCondition
from .keys import Key


@define(eq=False)
class Partition:
    keys: dict[Key, None] = field(factory=dict)
    order: list[Any] | None = None  # sorted, what sort keys are compared by; None: since then keys came or went
    in_order: list[Key] = field(factory=list)


@define(eq=False)
class Partitions:
    sort_kind: str
    _partitions: dict[Any, Partition] = field(factory=dict, init=False)

    def add(self, key: Key) -> None:
        partition = self._partitions.get(key[0])
        if partition is None:
            partition = self._partitions[key[0]] = Partition()
        partition.keys[key] = None
        partition.order = None

    def remove(self, key: Key) -> None:
        partition = self._partitions[key[0]]
        del partition.keys[key]
        partition.order = None
        if not partition.keys:
            del self._partitions[key[0]]

    def find(self, condition: KeyCondition, start: Key | None, *, forward: bool) -> Sequence[Key]:
        """Keys that fulfil it, behind `start`, in the order asked for."""
        partition = self._partitions.get(condition.partition)
        if partition is None:
            return ()
        order = self._sorted(partition)
        begin, end = condition.span(order)
        if start is not None and forward:
            begin = max(begin, bisect_right(order, self._compared(start)))
        elif start is not None:
            end = min(end, bisect_left(order, self._compared(start)))
        found = partition.in_order[begin:end]
        return found if forward else found[::-1]

    def _sorted(self, partition: Partition) -> list[Any]:
        if partition.order is None:
            partition.in_order = sorted(partition.keys, key=self._compared)
            partition.order = [self._compared(key) for key in partition.in_order]
        return partition.order

    def _compared(self, key: Key) -> Any:
        return values.ordered((self.sort_kind, key[1]))
