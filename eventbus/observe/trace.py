"""The trace: what happened to every event, in a bounded ring, told as a tree when somebody asks.

Laws: writing a note costs next to nothing and renders nothing. The ring holds plain values only; the newest `FRESH`
entries still hold what they came with, so at most that many batches and outcomes are kept alive by it.
"""

from collections import deque
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from attrs import define, field

from eventbus.checks import between, refuse
from eventbus.core.effects import Note

from .plain import PLAIN, Batches, canonical, plain

if TYPE_CHECKING:
    from .journeys import Timed
    from .tree import Trace

FRESH: Final = 512
"""Entries that may hold records and outcomes as they came."""


@define(eq=False)
class Journal:
    """A probe. `capacity` counts notes, and one more entry for each turn that wrote any; with `hashed` a digest of all
    notes is kept, whatever the ring has dropped."""

    hashed: bool = False
    capacity: int = field(default=100_000, validator=between(1, 100_000_000, whole=True))
    seed: int = field(default=0, init=False)
    epoch: float = field(default=0.0, init=False)
    _fresh: list[Note | float] = field(factory=list, init=False)  # the notes of a turn, then its time, and so on
    _ring: deque[Note | float] = field(init=False)  # the same, older
    _dropped: bool = field(default=False, init=False)
    _digest: blake2b = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._ring = deque(maxlen=self.capacity)
        self._digest = blake2b(digest_size=16)

    def started(self, seed: int, epoch: float) -> None:
        """Before the first note: what ids are made of, and when time 0 was, in seconds since 1970."""
        self.seed = seed
        self.epoch = epoch

    def noted(self, now: float, notes: list[Note]) -> None:
        fresh = self._fresh
        fresh += notes
        fresh.append(now)
        if len(fresh) > FRESH:
            self._age()

    def trace(self, id: str) -> "Trace":
        """What happened to the request, message, batch item or object of this id.

        Its `found` is false if nothing is known of it."""
        from .journeys import Journeys  # noqa: PLC0415  # a tenth of our import time, for those who look
        from .teller import tell  # noqa: PLC0415

        self._age()
        return tell(Journeys(self.seed, _timed(self._ring)), id, self.epoch, self.capacity, self._dropped)

    def hash(self) -> str:
        """32 hexadecimal digits: equal for equal notes at equal times, in every process.

        Raises `InvalidSetting` unless `hashed`."""
        if not self.hashed:
            raise refuse("trace", "ring", "'hash', for a hash of the trace")
        self._age()
        return self._digest.hexdigest()

    def _age(self) -> None:
        fresh = self._fresh
        batches: Batches = {}
        older = [
            entry
            if entry.__class__ is not tuple or (entry[2].__class__ in PLAIN and entry[3].__class__ in PLAIN)
            else plain(entry, batches)
            for entry in fresh
        ]
        fresh.clear()
        if self.hashed:
            for now, note in _timed(older):
                self._digest.update(canonical(now, note))
        self._dropped = self._dropped or len(self._ring) + len(older) > self.capacity
        self._ring.extend(older)


def _timed(entries: "deque[Note | float] | list[Note | float]") -> "list[Timed]":
    """Each note with its time, which follows the notes of its turn."""
    timed: list[Timed] = []
    turn: list[Note] = []
    for entry in entries:
        if isinstance(entry, tuple):
            turn.append(entry)
        else:
            timed += [(entry, note) for note in turn]
            turn.clear()
    return timed
