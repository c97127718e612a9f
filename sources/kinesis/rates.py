"""What a shard takes and gives in one second [kds:service-sizes-and-limits]; used where a profile has rate quotas.

Seconds are those of the clock. A record longer than what a second may hold is taken when nothing else came in that
second: it is a burst. Mappings are not limited.
"""

from typing import Final

from attrs import define, field

WRITES: Final = 1_000
WRITE_SIZE: Final = 1_048_576
READS: Final = 5
READ_SIZE: Final = 2 * 1_048_576


@define(eq=False)
class Second:
    """One second of one shard, in one direction."""

    at: int = -1
    count: int = 0
    size: int = 0
    closed_until: float = 0.0  # after a read of more than a second's worth

    def begin(self, now: float) -> None:
        if int(now) != self.at:
            self.at, self.count, self.size = int(now), 0, 0


@define(eq=False)
class Rates:
    _writes: dict[str, Second] = field(factory=dict, init=False)
    _reads: dict[str, Second] = field(factory=dict, init=False)

    def admit_write(self, now: float, shard_id: str, size: int) -> bool:
        """Whether a record of this size fits; if so, it is counted."""
        second = self._writes.setdefault(shard_id, Second())
        second.begin(now)
        if second.count >= WRITES or (second.count and second.size + size > WRITE_SIZE):
            return False
        second.count += 1
        second.size += size
        return True

    def admit_read(self, now: float, shard_id: str) -> bool:
        """Whether another call fits; if so, it is counted."""
        second = self._reads.setdefault(shard_id, Second())
        second.begin(now)
        if second.count >= READS or second.size >= READ_SIZE or now < second.closed_until:
            return False
        second.count += 1
        return True

    def was_read(self, now: float, shard_id: str, size: int) -> None:
        """So much was given out; of more than a second's worth the next seconds give nothing."""
        second = self._reads[shard_id]
        second.size += size
        if size > READ_SIZE:
            second.closed_until = now + size / READ_SIZE
