"""A Kinesis stream as the source: its shards, each read at its own position, parents to their ends before children.

Read is from LATEST on [fh:writing-with-kinesis-streams]: what is put at the very start counts. A read without an answer
is repeated after `READ_TIMEOUT`.
"""

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import ListShards, Receive, Shard, Start
from eventbus.core.stream_mapping.reader import READ_LIMIT, Reader, Shards
from eventbus.names import Arn

READ_TIMEOUT: Final = 60.0
"""Seconds (choice)."""


@define(eq=False)
class Reading:
    source: Arn
    asker: Arn
    reading: bool = field(default=True, init=False)
    _shards: Shards = field(factory=Shards, init=False)
    _list_due: bool = field(default=True, init=False)
    _due: list[Reader] = field(factory=list, init=False)
    _due_at: float = field(default=0.0, init=False)
    _asked: dict[int, tuple[float, Reader | None]] = field(factory=dict, init=False)  # oldest first; None: a list
    _order: int = field(default=0, init=False)

    def stop(self) -> None:
        self.reading = False

    def arrived(self, now: float, shard: str | None) -> None:
        """This shard has records again, or there are shards to be listed."""
        if shard is None:
            self._list_due, self._due_at = True, min(self._due_at, now)
            return
        reader = self._shards.readers.get(shard)
        if reader is not None:
            self._want(now, reader)

    def ask(self, now: float) -> Iterator[Receive | ListShards]:
        """What is due, and what had no answer."""
        if not self.reading:
            return
        self._give_up(now)
        due, self._due, self._due_at = self._due, [], inf
        if self._list_due:
            self._list_due = False
            yield ListShards(self.source, self.asker, self._token(now, None))
        for reader in due:
            if reader.token is None:
                reader.due = False
                reader.token = self._token(now, reader)
                yield Receive(self.source, self.asker, reader.token, READ_LIMIT, reader.id, reader.position)

    def shards_listed(self, now: float, token: int, shards: Sequence[Shard]) -> None:
        if self._asked.pop(token, None) is not None:
            for reader in self._shards.found(shards, Start("AT_TIMESTAMP", 0.0)):
                if reader.ended:
                    self._end(now, reader)
                else:
                    self._want(now, reader)

    def received(self, now: float, token: int, records: Sequence[Any], position: Any, ended: bool) -> Sequence[Any]:
        """What was not known yet."""
        _, reader = self._asked.pop(token, (0.0, None))
        if reader is None:  # answered twice, or too late: it was asked for again
            return ()
        reader.token, reader.position = None, position
        if ended:
            self._end(now, reader)
        elif reader.due or len(records) == READ_LIMIT:
            self._want(now, reader)
        return records

    def next_deadline(self) -> float:
        if not self.reading:
            return inf
        oldest = next(iter(self._asked.values()), None)
        return min(self._due_at, inf if oldest is None else oldest[0] + READ_TIMEOUT)

    def outstanding(self) -> int:
        return (len(self._due) + self._list_due + len(self._asked)) if self.reading else 0

    def _end(self, now: float, reader: Reader) -> None:
        """It holds nothing any more: its children may be read."""
        reader.ended = True
        for child in self._shards.end(reader):
            self._want(now, child)

    def _want(self, now: float, reader: Reader) -> None:
        if reader.ended or reader.waits_for:
            return
        reader.due = True
        if reader.token is None and reader not in self._due:
            self._due.append(reader)
            self._due_at = min(self._due_at, now)

    def _give_up(self, now: float) -> None:
        for token, (at, reader) in list(self._asked.items()):
            if at + READ_TIMEOUT > now:
                return
            del self._asked[token]
            if reader is None:
                self._list_due = True
            else:
                reader.token = None
                self._want(now, reader)

    def _token(self, now: float, reader: Reader | None) -> int:
        self._order += 1
        self._asked[self._order] = now, reader
        return self._order
