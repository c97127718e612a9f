"""The shards of one stream: which takes a key, what each holds, and how they are split and merged.

Laws: the open shards have all hash keys between them, each one once. A shard that is split or merged is closed: it
takes nothing any more and is read to its end; its children begin behind it. Numbers grow over the whole stream.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from hashlib import md5
from itertools import pairwise
from math import inf
from operator import attrgetter
from typing import Final

from attrs import define, field

from .record import FIRST_NUMBER, Record, shard_id_of

HASH_KEYS: Final = 2**128
_KEPT_HASHES: Final = 4_096  # arbitrary
_DEAD_LIMIT: Final = 1_024  # arbitrary
"""So many records that are over may stay in front of a shard's list, if they are less than half of it."""

_number = attrgetter("number")
_arrived_at = attrgetter("arrived_at")


@lru_cache(_KEPT_HASHES)
def hash_of(partition_key: str) -> int:
    return int.from_bytes(md5(partition_key.encode(), usedforsecurity=False).digest(), "big")


@define(eq=False)
class Shard:
    id: str
    first_hash: int
    last_hash: int
    first_number: int
    opened_at: float
    parents: tuple[str, ...] = ()  # the second one is the adjacent one
    records: list[Record] = field(factory=list, init=False)
    over: int = field(default=0, init=False)  # so many at the front are older than the retention
    last_number: int | None = field(default=None, init=False)  # once it is closed; none of a record
    closed_at: float = field(default=inf, init=False)
    children: tuple[str, ...] = field(default=(), init=False)
    hungry: bool = field(default=False, init=False)  # somebody has read all there is

    @property
    def open(self) -> bool:
        return self.last_number is None

    def trim(self, horizon: float) -> None:
        """What arrived at `horizon` or before is over."""
        records = self.records
        if self.over < len(records) and records[self.over].arrived_at <= horizon:
            self.over = bisect_right(records, horizon, lo=self.over, key=_arrived_at)
            if self.over == len(records) or (self.over >= _DEAD_LIMIT and self.over * 2 >= len(records)):
                del records[: self.over]
                self.over = 0

    def at_time(self, at: float, beyond: int) -> int:
        """The number of the first record that arrived then or later; `beyond` if there is none."""
        index = bisect_left(self.records, at, lo=self.over, key=_arrived_at)
        return self.records[index].number if index < len(self.records) else beyond

    def from_number(self, number: int) -> int:
        """The index of the first record with this number or a higher one."""
        records = self.records
        if not records or records[-1].number < number:
            return len(records)
        return bisect_left(records, number, lo=self.over, key=_number)

    def live(self) -> list[Record]:
        return self.records[self.over :]


@define(eq=False)
class Shards:
    """`all` by id, in order of birth; those that closed longer ago than the retention are forgotten."""

    count: int
    all: dict[str, Shard] = field(factory=dict, init=False)
    last_number: int = field(default=FIRST_NUMBER, init=False)
    _born: int = field(default=0, init=False)
    _open: list[Shard] = field(factory=list, init=False)  # by hash keys
    _starts: list[int] = field(factory=list, init=False)  # their first hash keys

    def __attrs_post_init__(self) -> None:
        bounds = [HASH_KEYS * index // self.count for index in range(self.count + 1)]
        for first, beyond in pairwise(bounds):
            self._add(0.0, first, beyond - 1, ())

    @property
    def open(self) -> Sequence[Shard]:
        """By their hash keys."""
        return self._open

    def of(self, partition_key: str, explicit_hash: int | None) -> Shard:
        """The open shard that takes this key."""
        if len(self._open) == 1:
            return self._open[0]
        key = hash_of(partition_key) if explicit_hash is None else explicit_hash
        return self._open[bisect_right(self._starts, key) - 1]

    def next_number(self) -> int:
        self.last_number += 1
        return self.last_number

    def split(self, now: float, parent: Shard, at: int) -> tuple[Shard, Shard]:
        """Its children; the second one begins with the hash key `at`."""
        self._close(now, parent)
        low = self._add(now, parent.first_hash, at - 1, (parent.id,))
        high = self._add(now, at, parent.last_hash, (parent.id,))
        parent.children = (low.id, high.id)
        return low, high

    def merge(self, now: float, parent: Shard, adjacent: Shard) -> Shard:
        """The child of two neighbours, in whichever order."""
        self._close(now, parent)
        self._close(now, adjacent)
        first = min(parent.first_hash, adjacent.first_hash)
        child = self._add(now, first, max(parent.last_hash, adjacent.last_hash), (parent.id, adjacent.id))
        parent.children = adjacent.children = (child.id,)
        return child

    def rescale(self, now: float, count: int) -> None:
        """So many open shards of equal size, by splits and merges in the order of hash keys, which is the order seen
        on AWS. Shards that were born only to be merged stay behind, closed and empty."""
        rest = deque(self._open)
        for index in range(count):
            last = HASH_KEYS * (index + 1) // count - 1
            piece = self._cut(now, rest, last)
            while piece.last_hash < last:
                piece = self.merge(now, piece, self._cut(now, rest, last))

    def forget(self, horizon: float) -> None:
        """Shards that closed then or before, and so hold nothing any more."""
        for shard in [each for each in self.all.values() if each.closed_at <= horizon]:
            del self.all[shard.id]

    def trim(self, horizon: float) -> None:
        for shard in self.all.values():
            shard.trim(horizon)
        self.forget(horizon)

    def _cut(self, now: float, rest: deque[Shard], last: int) -> Shard:
        """The first of the rest, up to the hash key `last`."""
        piece = rest.popleft()
        if piece.last_hash <= last:
            return piece
        low, high = self.split(now, piece, last + 1)
        rest.appendleft(high)
        return low

    def _add(self, now: float, first: int, last: int, parents: tuple[str, ...]) -> Shard:
        shard = Shard(shard_id_of(self._born), first, last, self.next_number(), now, parents)
        self._born += 1
        self.all[shard.id] = shard
        place = bisect_left(self._starts, first)
        self._open.insert(place, shard)
        self._starts.insert(place, first)
        return shard

    def _close(self, now: float, shard: Shard) -> None:
        shard.last_number = self.next_number()
        shard.closed_at = now
        place = bisect_left(self._starts, shard.first_hash)
        del self._open[place], self._starts[place]
