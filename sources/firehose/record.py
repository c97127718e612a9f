"""One record of a delivery stream, and what gathers records by size and time."""

from collections.abc import Iterator
from math import inf
from typing import Any, Final, Generic, Protocol, TypeVar

from attrs import define, field

from eventbus.core.effects import Cause, StreamRecord

MEGABYTE: Final = 1_048_576
T = TypeVar("T")


class KinesisRecord(StreamRecord, Protocol):
    """What a Kinesis stream hands out; `identifier` is its sequence number, `group` its partition key."""

    @property
    def data(self) -> bytes: ...
    @property
    def shard_id(self) -> str: ...


@define(eq=False)
class Record:
    identifier: str
    data: bytes
    arrived_at: float
    cause: Cause | None
    kinesis: KinesisRecord | None = None  # as which it was read


@define(eq=False)
class Buffer(Generic[T]):
    """What is in it goes together once it has `limit` bytes, or once the first has waited for `interval` seconds.

    What would make it larger than that waits for the next one (the guide calls the size a hint; choice)."""

    limit: float
    interval: float
    _full: list[list[T]] = field(factory=list, init=False)
    _full_at: float = field(default=inf, init=False)
    _open: list[T] = field(factory=list, init=False)
    _size: int = field(default=0, init=False)
    _due_at: float = field(default=inf, init=False)

    def add(self, now: float, item: T, size: int) -> None:
        if self._open and self._size + size > self.limit:
            self._close(now)
        if not self._open:
            self._due_at = now + self.interval
        self._open.append(item)
        self._size += size
        if self._size >= self.limit:
            self._close(now)

    def due(self, now: float) -> Iterator[list[T]]:
        """What goes now, each taken out."""
        if self._due_at <= now:
            self._close(now)
        full, self._full, self._full_at = self._full, [], inf
        yield from full

    def next_deadline(self) -> float:
        return min(self._full_at, self._due_at)

    def empty(self) -> bool:
        return not self._full and not self._open

    def _close(self, now: float) -> None:
        self._full.append(self._open)
        self._full_at = min(self._full_at, now)
        self._open, self._size, self._due_at = [], 0, inf


def sequence(own: str, number: int) -> str:
    """The id of a record that was put: 62 digits, in the order of arrival (form as in samples of AWS)."""
    return f"49{int(own[:8], 16):010d}{number:044d}{_SUBSEQUENCE}"


def of_kinesis(record: Any) -> str:
    """The id of a record that was read: its sequence number, and a subsequence number."""
    return f"{record.identifier}{_SUBSEQUENCE}"


_SUBSEQUENCE: Final = "000000"
