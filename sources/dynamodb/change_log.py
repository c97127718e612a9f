"""The stream of a table: its changes, in shards that are read at any position.

Laws: changes of the table are in one order. A shard takes records for a day, then is closed, and its child is open; it
is gone once its last record could be. A record is gone after a day, whoever has read it. Nothing is due for that: it
is so when somebody looks [ddb:Streams]. Who found fewer records than asked for is told once of new ones, or that the
shard was closed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import floor
from operator import attrgetter
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Arrived, Shard, Start

from .records import Change, StreamInfo

RETENTION: Final = 86_400.0
SHARD_LIFE: Final = 86_400.0
"""Seconds; how long a shard is open is not documented."""
_ARRIVED_AT: Final = attrgetter("arrived_at")

Read = tuple[Sequence[Change], int, bool]  # records, the position behind them, whether nothing can follow


@define(eq=False)
class OneShard:
    id: str
    opened_at: float
    parent: str | None = None
    closed_at: float | None = None
    records: list[Change] = field(factory=list)
    first: int = 0  # how many records are gone before those
    short: bool = False  # somebody found fewer than asked for

    @property
    def end(self) -> int:
        """The position behind all records."""
        return self.first + len(self.records)

    def oldest(self, now: float) -> int:
        """The position of the oldest record there is."""
        records, horizon = self.records, now - RETENTION
        if not records or records[0].arrived_at > horizon:
            return self.first
        gone = bisect_right(records, horizon, key=_ARRIVED_AT)
        if 2 * gone > len(records):  # seldom enough to cost little
            del records[:gone]
            self.first += gone
            return self.first
        return self.first + gone

    def started(self, start: Start) -> int:
        """The position where reading begins, if what is there is not gone."""
        match start.starting_position:
            case "LATEST":
                return self.end
            case "AT_TIMESTAMP":
                return self.first + bisect_left(self.records, start.at, key=_ARRIVED_AT)
            case _:
                return self.first


@define(eq=False)
class ChangeLog:
    stream: StreamInfo
    _shards: list[OneShard] = field(factory=list, init=False)  # oldest first; the last is open
    _listed: bool = field(default=False, init=False)  # somebody knows all shards there are

    def append(self, now: float, change: Change) -> list[Arrived]:
        """What is to be said of it."""
        told = self._roll_over(now)
        shard = self._shards[-1]
        shard.records.append(change)
        if shard.short:
            shard.short = False
            told.append(Arrived(self.stream.arn, shard.id))
        shard.oldest(now)
        return told

    def read(self, now: float, shard_id: str, position: Start | Any, limit: int) -> tuple[Read, list[Arrived]]:
        """Up to `limit` records behind `position`; of a shard that is gone, none, and its end."""
        told = self._roll_over(now)
        shard = next((each for each in self._shards if each.id == shard_id), None)
        if shard is None:
            return ((), 0, True), told
        begin = max(shard.oldest(now), shard.started(position) if isinstance(position, Start) else position)
        found = shard.records[begin - shard.first : begin - shard.first + limit]
        behind = begin + len(found)
        closed = shard.closed_at is not None
        if len(found) < limit and not closed:
            shard.short = True
        return (found, behind, closed and behind == shard.end), told

    def shards(self, now: float) -> tuple[list[Shard], list[Arrived]]:
        """All of them, parents first."""
        told = self._roll_over(now)
        self._listed = True
        known = {shard.id for shard in self._shards}
        listed = [
            Shard(shard.id, (shard.parent,) if shard.parent is not None and shard.parent in known else ())
            for shard in self._shards
        ]
        return listed, [each for each in told if each.shard is not None]

    def records(self, now: float) -> list[Change]:
        """All that are left, oldest first."""
        return [change for shard in self._shards for change in shard.records if change.arrived_at > now - RETENTION]

    def _roll_over(self, now: float) -> list[Arrived]:
        if not self._shards:
            self._open(0.0, None)
        told: list[Arrived] = []
        last = self._shards[-1]
        lives = floor((now - last.opened_at) / SHARD_LIFE)
        if lives >= 1:
            last.closed_at = last.opened_at + SHARD_LIFE
            if last.short:
                last.short = False
                told.append(Arrived(self.stream.arn, last.id))
            self._open(last.opened_at + lives * SHARD_LIFE, last.id)
            if self._listed:
                self._listed = False
                told.append(Arrived(self.stream.arn))
            self._forget(now)
        return told

    def _open(self, at: float, parent: str | None) -> None:
        stream = self.stream
        milliseconds = round((stream.epoch + at) * 1_000)
        self._shards.append(OneShard(f"shardId-{milliseconds:020d}-{stream.ids.text(0)[:8]}", at, parent))

    def _forget(self, now: float) -> None:
        """Shards that were closed so long ago that they can hold no record."""
        self._shards = [shard for shard in self._shards if shard.closed_at is None or shard.closed_at > now - RETENTION]
