"""The shards of a stream as one mapping reads them: each at its own position, parents to their ends before children.

Laws: the checkpoint of a shard never passes a record that is not done with. A record's lane is the digest of its key
modulo the number of lanes; that number changes only when no lane has anything. What was listed first is read from the
mapping's starting position, every later shard from its oldest record (our choices).
"""

from collections import deque
from collections.abc import Sequence
from hashlib import md5
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Shard, Start, StreamRecord

from .config import TRIM_HORIZON, StreamMappingConfig
from .lane import Lane, Read

READ_LIMIT: Final = 10_000
"""Records of one read (bc:kinesis GetRecords)."""
HELD_LIMIT: Final = 10_000
"""Records that a shard's lanes hold before it is read no further, while one of them is blocked (our choice)."""


@define(eq=False)
class Reader:
    """One shard. Where nothing was found yet it owns no lane."""

    id: str
    position: Any  # where it is read next
    waits_for: int = field(default=0, init=False)  # parents that are not done with
    due: bool = field(default=True, init=False)  # it may have records that were not asked for
    token: int | None = field(default=None, init=False)  # of the read that is out
    limit: int = field(default=0, init=False)
    ended: bool = field(default=False, init=False)  # there is nothing left to read
    factor: int = field(default=1, init=False)  # its lanes
    lanes: dict[int, Lane] = field(factory=dict, init=False)  # those that ever had records
    checkpoint: Any = field(init=False)  # behind everything that is done with
    outstanding: int = field(default=0, init=False)  # as its mapping last counted it
    _reads: deque[Read] | None = field(default=None, init=False)  # those behind the checkpoint

    def __attrs_post_init__(self) -> None:
        self.checkpoint = self.position

    @property
    def finished(self) -> bool:
        return self.ended and not self.waits_for and self.idle()

    def idle(self) -> bool:
        return all(lane.empty for lane in self.lanes.values())

    def count(self) -> int:
        """What will happen here without further input."""
        if self.waits_for:
            return 0
        return (self.due or self.token is not None) + sum([lane.outstanding() for lane in self.lanes.values()])

    def room(self, config: StreamMappingConfig) -> int:
        """How many records its lanes can take: those with nothing to try, up to a batch each."""
        factor, size = config.parallelization_factor, config.batch_size
        if factor != self.factor and not self._split_anew(factor):
            return 0
        if factor == 1 and self.lanes and self.lanes[0].todo:  # what most ask that have no room
            return 0
        room = size * (factor - len(self.lanes))
        held = 0
        for lane in self.lanes.values():
            held += len(lane.held.records)
            if not lane.todo and not (lane.held.records and lane.held.complete(size)):
                room += size - len(lane.held.records)
        return min(room, READ_LIMIT) if held < HELD_LIMIT else 0

    def take(self, records: Sequence[StreamRecord], position: Any) -> None:
        """These were read, up to `position`."""
        if not isinstance(position, Start):  # an answer that found nothing may repeat what was asked
            self.position = position
        read = Read(self.position, len(records))
        if self._reads is None:
            self._reads = deque()
        self._reads.append(read)
        if self.factor == 1:
            if records:
                self._lane(0).add(records, read)
        else:
            self._distribute(records, read)
        self.move_checkpoint()

    def move_checkpoint(self) -> None:
        while self._reads and not self._reads[0].left:
            self.checkpoint = self._reads.popleft().position

    def _split_anew(self, factor: int) -> bool:
        if not self.idle():
            return False
        self.lanes = {}
        self.factor = factor
        return True

    def _distribute(self, records: Sequence[StreamRecord], read: Read) -> None:
        parts: dict[int, list[StreamRecord]] = {}
        for record in records:
            parts.setdefault(lane_of(record.group or "", self.factor), []).append(record)
        for number, part in parts.items():
            self._lane(number).add(part, read)

    def _lane(self, number: int) -> Lane:
        lane = self.lanes.get(number)
        if lane is None:
            lane = self.lanes[number] = Lane(self)
        return lane


def lane_of(key: str, factor: int) -> int:
    return int.from_bytes(md5(key.encode(), usedforsecurity=False).digest(), "big") % factor


@define(eq=False)
class Shards:
    """`readers` by id: those that are read and those that wait for their parents."""

    readers: dict[str, Reader] = field(factory=dict, init=False)
    listed: bool = field(default=False, init=False)  # once
    _children: dict[str, list[Reader]] = field(factory=dict, init=False)
    _ended: set[str] = field(factory=set, init=False)  # and still listed

    def found(self, shards: Sequence[Shard], start: Start) -> list[Reader]:
        """Those that can be read now and could not before, and those that are gone: both have to be looked at.

        A parent that is not listed is gone, and holds nothing up."""
        position = Start(TRIM_HORIZON) if self.listed else start
        self.listed = True
        ids = {shard.id for shard in shards}
        self._ended &= ids
        changed = [reader for reader in self.readers.values() if reader.id not in ids]
        for reader in changed:
            reader.ended = True
            reader.due = False
        fresh = [shard for shard in shards if shard.id not in self.readers and shard.id not in self._ended]
        for shard in fresh:
            self.readers[shard.id] = Reader(shard.id, position)
        for shard in fresh:
            self._wait(self.readers[shard.id], shard.parents)
        return [*changed, *(self.readers[shard.id] for shard in fresh if not self.readers[shard.id].waits_for)]

    def end(self, reader: Reader) -> list[Reader]:
        """This one is done with; the children that can be read now."""
        self.readers.pop(reader.id, None)
        self._ended.add(reader.id)
        children = self._children.pop(reader.id, [])
        for child in children:
            child.waits_for -= 1
        return [child for child in children if not child.waits_for]

    def _wait(self, reader: Reader, parents: Sequence[str]) -> None:
        for parent in parents:
            if parent in self.readers:
                self._children.setdefault(parent, []).append(reader)
                reader.waits_for += 1
