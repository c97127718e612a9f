"""One table: its items, and the stream of what became of them.

Laws: a write happens whole or not at all, and so does a transaction. A write that changes nothing makes no record. An
item whose time to live is over is deleted at that second; with a profile that has jitter within two days after it, as
AWS promises no more [ddb:TTL]. The stream answers under its own ARN.
"""

from collections.abc import Sequence
from math import inf
from typing import Any, Final

from attrs import define, field

from eventbus.core.effects import Cause, Effect, ListShards, Note, Receive, Received, ShardsListed
from eventbus.names import Arn
from eventbus.ports import Birth

from . import events, values
from .change_log import RETENTION, ChangeLog
from .errors import (
    CancellationReason,
    ConditionalCheckFailedException,
    TransactionCanceledException,
    ValidationException,
)
from .events import DynamoDBEvent
from .expiry import Expiry
from .expressions import KeyCondition
from .keys import Key, KeySchema, key_text
from .partitions import Partitions
from .records import NEW_IMAGES, OLD_IMAGES, Change, StreamInfo, event_name, sequence_number
from .values import Item
from .writes import Write

PAGE_SIZE: Final = 1_048_576
"""Bytes of the items in one answer [ddb:Constraints]."""
LONGEST_DELAY: Final = 172_800.0
"""Seconds after which an item that is over is gone at the latest, where the profile leaves it to chance."""

Written = tuple[Item | None, Item | None]  # what stood there, what stands there now
Page = tuple[list[Item], Key | None]  # items, and the key behind which there may be more


@define(eq=False)
class TableMachine:
    arn: Arn
    schema: KeySchema
    stream: StreamInfo | None
    birth: Birth
    time_to_live_attribute: str | None = None
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    _items: dict[Key, Item] = field(factory=dict, init=False)
    _partitions: Partitions | None = field(default=None, init=False)
    _log: ChangeLog | None = field(default=None, init=False)
    _expiry: Expiry | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        if len(self.schema.elements) > 1:
            self._partitions = Partitions(self.schema.elements[1][1])
        if self.stream is not None:
            self._log = ChangeLog(self.stream)
        if self.time_to_live_attribute is not None:
            self._expiry = Expiry(self.time_to_live_attribute)

    def get(self, now: float, key: Key) -> Item | None:
        return self._items.get(key)

    def write(self, now: float, write: Write, cause: Cause | None) -> Written:
        """Raises `ConditionalCheckFailedException` and `ValidationException`, and then nothing has changed."""
        old = self._items.get(write.key)
        new = write.new(old)
        self._store(now, write.key, old, new, cause)
        return old, new

    def batch(self, now: float, writes: Sequence[Write], cause: Cause | None) -> None:
        """Each by itself."""
        for write in writes:
            self.write(now, write, cause)

    def transact(self, now: float, writes: Sequence[Write | CancellationReason], cause: Cause | None) -> None:
        """All or none; a reason stands for a write that could not even be read. Raises
        `TransactionCanceledException`."""
        decided = [self._decided(write) for write in writes]
        if any(isinstance(each, CancellationReason) for each in decided):
            raise TransactionCanceledException(
                [each if isinstance(each, CancellationReason) else CancellationReason() for each in decided]
            )
        for write, outcome in zip(writes, decided, strict=True):
            assert isinstance(write, Write)
            assert isinstance(outcome, tuple)
            self._store(now, write.key, *outcome, cause)

    def query(
        self, now: float, condition: KeyCondition, start: Key | None, limit: int | None, *, forward: bool
    ) -> Page:
        """Items of one partition, in the order of their sort keys."""
        if self._partitions is not None:
            return self._page(self._partitions.find(condition, start, forward=forward), limit)
        key = (condition.partition,)
        return self._page([key] if key in self._items and start is None else [], limit)

    def all_items(self, now: float) -> list[Item]:
        """In the order in which their keys came."""
        return list(self._items.values())

    def records(self, now: float) -> list[Change]:
        """What the stream still holds, oldest first."""
        return [] if self._log is None else self._log.records(now)

    def receive(self, now: float, effect: Receive) -> None:
        assert self._log is not None
        assert effect.shard is not None
        (records, position, ended), told = self._log.read(now, effect.shard, effect.position, effect.limit)
        self.effects.append(Received(effect.asker, effect.token, records, position, ended, RETENTION))
        self.effects += told

    def list_shards(self, now: float, effect: ListShards) -> None:
        assert self._log is not None
        shards, told = self._log.shards(now)
        self.effects.append(ShardsListed(effect.asker, effect.token, shards))
        self.effects += told

    def to_event(self, batch: Sequence[Any]) -> DynamoDBEvent:
        return events.to_event(batch)

    def batch_info(self, shard: str, batch: Sequence[Any]) -> tuple[str, dict[str, Any]]:
        assert self.stream is not None
        return events.batch_info(self.stream, shard, batch)

    def wake(self, now: float) -> None:
        if self._expiry is not None:
            for key in self._expiry.due(now):
                self._store(now, key, self._items[key], None, None, expired=True)

    def next_deadline(self) -> float:
        return inf if self._expiry is None else self._expiry.next_at()

    def outstanding(self) -> int:
        """Nothing that anybody has to wait for: what a stream holds is its mappings' affair."""
        return 0

    def _decided(self, write: Write | CancellationReason) -> Written | CancellationReason:
        if isinstance(write, CancellationReason):
            return write
        old = self._items.get(write.key)
        try:
            return old, write.new(old)
        except ConditionalCheckFailedException as error:
            return CancellationReason("ConditionalCheckFailed", str(error), error.item)
        except ValidationException as error:
            return CancellationReason("ValidationError", str(error))

    def _page(self, keys: Sequence[Key], limit: int | None) -> Page:
        items: list[Item] = []
        size = 0
        for key in keys:
            item = self._items[key]
            size += values.size_of_item(item)
            if items and size > PAGE_SIZE:
                break
            items.append(item)
            if len(items) == limit:
                return items, key
        return items, None if len(items) == len(keys) else self.schema.key_of(items[-1])

    def _store(
        self,
        now: float,
        key: Key,
        old: Item | None,
        new: Item | None,
        cause: Cause | None,
        *,
        expired: bool = False,
    ) -> None:
        if old == new:
            return
        if new is None:
            del self._items[key]
        else:
            self._items[key] = new
        if self._partitions is not None and old is None:
            self._partitions.add(key)
        elif self._partitions is not None and new is None:
            self._partitions.remove(key)
        if self._expiry is not None and not expired:
            self._expiry.set(key, None if new is None else self._expires_at(now, new))
        self._tell(now, key, old, new, cause, expired=expired)

    def _expires_at(self, now: float, item: Item) -> float | None:
        assert self._expiry is not None
        at = self._expiry.over_at(item, self.birth.epoch, now)
        if at is None or not self.birth.profile.jitter:
            return at
        return max(at, now) + self.birth.ids.random.uniform(0, LONGEST_DELAY)

    def _tell(
        self, now: float, key: Key, old: Item | None, new: Item | None, cause: Cause | None, *, expired: bool
    ) -> None:
        """One more record, and its note; without a stream that is about the key alone."""
        what, name, text = "removed" if new is None else "put", event_name(old, new), key_text(key)
        detail = f"{name} {text}, expired" if expired else f"{name} {text}"
        stream = self.stream
        if stream is None or self._log is None:
            self.notes.append((what, self.arn, text, detail, cause))
            return
        number = self.birth.ids.draw()
        change = Change(
            stream,
            number,
            name,
            key,
            new if stream.view_type in NEW_IMAGES else None,
            old if stream.view_type in OLD_IMAGES else None,
            now,
            None if cause is None else Cause(cause.request_id, ()),  # loops over streams are not stopped
            expired,
        )
        self.notes.append((what, self.arn, sequence_number(number), detail, cause))
        self.effects += self._log.append(now, change)
