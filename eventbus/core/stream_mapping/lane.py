"""One lane of a shard: its records in their order, and one batch at a time.

Laws: what is to be tried goes before what is held; what is held becomes a batch when it is complete, when its batching
window is over, or, without one, at once. A batch is not cut short while a read is out: what is there goes together. The
first record of a lane is done with before the second.
"""

from collections import deque
from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Any, cast

from attrs import define, evolve, field

from eventbus.core.batching import Gathering, window_end
from eventbus.core.effects import StreamRecord
from eventbus.core.outcomes import Outcome

from .config import StreamMappingConfig
from .windows import Window, window_number

if TYPE_CHECKING:
    from .reader import Reader


@define(eq=False)
class Read:
    """What one read of a shard found: `position` is behind it; `left` of its records are not done with."""

    position: Any
    left: int


@define(eq=False)
class Batch:
    """Records that are tried until they are done with; `final`: the last call of a window, which has none."""

    records: Sequence[StreamRecord]
    final: bool = False
    executions: int = 0  # attempts that failed and were followed by no split
    pause: float = 0.0  # the last one, without its jitter
    due_at: float = -inf
    request_id: str = ""  # of the last attempt
    extra: dict[str, Any] | None = None  # of that attempt: what its window added
    last: Outcome | None = None

    def halves(self) -> "list[Batch]":
        """The first one is the shorter; both go on with count and pause."""
        middle = len(self.records) // 2
        return [evolve(self, records=self.records[:middle]), evolve(self, records=self.records[middle:])]


def expired(now: float, records: Sequence[StreamRecord], age: float) -> int:
    """How many at the front are older; those of that very age are not."""
    count = 0
    while count < len(records) and now - records[count].arrived_at > age:
        count += 1
    return count


@define(eq=False)
class Lane:
    reader: "Reader"
    held: Gathering = field(factory=Gathering, init=False)
    todo: list[Batch] = field(factory=list, init=False)  # the first is out, or the next to be tried
    window: Window | None = field(default=None, init=False)
    out: bool = field(default=False, init=False)
    due_at: float = field(default=inf, init=False)  # when its mapping looks at it again
    completed_at: float = field(default=-inf, init=False)  # its last invocation
    gathers_until: float | None = field(default=None, init=False)
    _shares: deque[tuple[Read, int]] = field(factory=deque, init=False)  # of whose reads its records are

    @property
    def records(self) -> Sequence[StreamRecord]:
        """Those it holds."""
        return cast("list[StreamRecord]", self.held.records)  # nothing else is added

    @property
    def empty(self) -> bool:
        return not self.todo and not self.held.records and self.window is None

    def outstanding(self) -> int:
        batched = sum([len(batch.records) for batch in self.todo])
        return len(self.held.records) + batched + (self.window is not None)

    def add(self, records: Sequence[StreamRecord], read: Read) -> None:
        self.held.add(records, inf)
        self._shares.append((read, len(records)))

    def take(self, count: int) -> Sequence[StreamRecord]:
        """Up to so many of those it holds; fewer if they are too long for one event."""
        return cast("list[StreamRecord]", self.held.take(count)[0])  # nothing else is added

    def settle(self, count: int) -> None:
        """So many of its first records are done with."""
        while count:
            read, share = self._shares[0]
            settled = min(count, share)
            read.left -= settled
            count -= settled
            if settled == share:
                self._shares.popleft()
            else:
                self._shares[0] = (read, share - settled)

    def next_at(self, now: float, config: StreamMappingConfig, epoch: float) -> float:
        """When the first of `todo` is to be tried, if there is one now or can be; else when to ask again."""
        if not self.todo:
            wait_until = self._form(now, config, epoch)
            if not self.todo:
                return wait_until
        return self.todo[0].due_at

    def _form(self, now: float, config: StreamMappingConfig, epoch: float) -> float:
        """The next batch in `todo`, if it is time; else when it will be."""
        window = self.window
        if window is not None and self._is_over(now, window, config, epoch):
            self.todo.append(Batch((), final=True))
            return now
        if not self.held.records:
            ends_at = inf if window is None else (window.number + 1) * window.length - epoch
            return ends_at if ends_at > now else inf

        together, ends_at = self._together(config, epoch)
        complete = together < len(self.held.records) or self.held.complete(config.batch_size)
        if not complete:
            ends_at = min(ends_at, self._gathering_ends(now, config))
            if ends_at > now:
                return ends_at
            if self.reader.token is not None:
                return inf
        self.gathers_until = None
        self.todo.append(Batch(self.take(min(config.batch_size, together))))
        return now

    def _is_over(self, now: float, window: Window, config: StreamMappingConfig, epoch: float) -> bool:
        """All its records are done with, and no more will come."""
        if window.length != config.tumbling_window_in_seconds:
            return True
        if self.held.records:
            return window_number(epoch + self.records[0].arrived_at, window.length) > window.number
        ended = now >= (window.number + 1) * window.length - epoch and self.reader.token is None
        return ended or self.reader.ended

    def _together(self, config: StreamMappingConfig, epoch: float) -> tuple[int, float]:
        """How many of those it holds are in the window of the first, one batch at the most, and when that is over."""
        length = config.tumbling_window_in_seconds
        records = self.records
        if not length:
            return len(records), inf
        number = window_number(epoch + records[0].arrived_at, length)
        count = 1
        while count < min(len(records), config.batch_size):
            if window_number(epoch + records[count].arrived_at, length) != number:
                break
            count += 1
        return count, (number + 1) * length - epoch

    def _gathering_ends(self, now: float, config: StreamMappingConfig) -> float:
        window = config.maximum_batching_window_in_seconds
        if not window:
            return now
        if self.gathers_until is None:
            self.gathers_until = window_end(now, window, self.completed_at)
        return self.gathers_until
