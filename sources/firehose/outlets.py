"""What gathers for objects: of the destination, one for each partition; of what failed, one for each kind of it."""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Final

from attrs import define, field

from .record import Buffer, Record

PARTITIONS_LIMIT: Final = 500
"""That gather, or are not delivered yet [fh:buffering]."""


@define(eq=False)
class Packed:
    """A record, and what stands of it in an object."""

    record: Record
    content: bytes


@define(eq=False)
class Outlet:
    """`error_type` is empty for the destination, `keys` are those of a partition."""

    error_type: str
    keys: Mapping[str, str]
    buffer: Buffer[Packed]
    under_way: int = 0  # objects that are not in the bucket yet

    @property
    def is_good(self) -> bool:
        return not self.error_type

    @property
    def is_partition(self) -> bool:
        return bool(self.keys)

    def add(self, now: float, packed: Packed) -> None:
        self.buffer.add(now, packed, len(packed.content))


Name = tuple[str, tuple[str, ...]]  # error type, values of the partition keys


@define(eq=False)
class Outlets:
    size: float
    interval: float
    _known: dict[Name, Outlet] = field(factory=dict, init=False)

    def partition(self, keys: Mapping[str, str]) -> Outlet:
        return self._outlet("", keys)

    def failures(self, error_type: str) -> Outlet:
        return self._outlet(error_type, {})

    def full(self, keys: Mapping[str, str]) -> bool:
        """Whether there may be no other partition, and this would be one."""
        if ("", tuple(keys.values())) in self._known:
            return False
        return sum(each.is_partition for each in self._known.values()) >= PARTITIONS_LIMIT

    def due(self, now: float) -> Iterator[tuple[Outlet, list[Packed]]]:
        """What becomes an object now: it counts as under way."""
        for outlet in list(self._known.values()):
            for packed in outlet.buffer.due(now):
                outlet.under_way += 1
                yield outlet, packed

    def ended(self, outlet: Outlet) -> None:
        """One of its objects is not under way any more."""
        outlet.under_way -= 1
        if not outlet.under_way and outlet.buffer.empty():
            self._known.pop(_name(outlet.error_type, outlet.keys), None)

    def next_deadline(self) -> float:
        return min((each.buffer.next_deadline() for each in self._known.values()), default=inf)

    def waiting(self) -> int:
        """How many gather."""
        return sum(not each.buffer.empty() for each in self._known.values())

    def _outlet(self, error_type: str, keys: Mapping[str, str]) -> Outlet:
        name = _name(error_type, keys)
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = Outlet(error_type, keys, Buffer(self.size, self.interval))
        return found


def _name(error_type: str, keys: Mapping[str, str]) -> Name:
    return error_type, tuple(keys.values())
