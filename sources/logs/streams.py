"""What a log group holds: streams of events, in the order of their timestamps, and pages of them.

Events of one timestamp stand in the order in which they came in. A key is timestamp and number as one integer: it
orders events, and is what tokens and ids are made of.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import define, field

EVENT_OVERHEAD: Final = 26
"""Bytes that each event counts beside its message [bc:logs PutLogEvents]."""
PAGE_EVENTS: Final = 10_000
PAGE_BYTES: Final = 1_048_576
"""Of one page [bc:logs GetLogEvents]."""
NUMBERS: Final = 10**20


@define(eq=False)
class LogEvent:
    """Times in milliseconds since 1970. `number` is drawn by its group."""

    number: int
    stream: str
    timestamp: int
    message: str
    ingestion_time: int

    @property
    def key(self) -> int:
        return key_at(self.timestamp) + self.number

    @property
    def size(self) -> int:
        return size_of(self.message)


@define(eq=False)
class Page:
    """Events in order; `rest`: there are more in the direction in which it was read."""

    events: Sequence[LogEvent]
    rest: bool


@define(eq=False)
class Stream:
    name: str
    events: list[LogEvent] = field(factory=list)

    def add(self, event: LogEvent) -> None:
        if not self.events or self.events[-1].key < event.key:
            self.events.append(event)
        else:
            insort(self.events, event, key=_key)

    def forget_before(self, timestamp: int) -> None:
        if self.events and self.events[0].timestamp < timestamp:
            del self.events[: bisect_left(self.events, key_at(timestamp), key=_key)]

    def between(self, low: int, high: int | None) -> Sequence[LogEvent]:
        """Those with a key of at least `low`, and less than `high`."""
        first = bisect_left(self.events, low, key=_key)
        last = len(self.events) if high is None else bisect_left(self.events, high, key=_key)
        return self.events[first:last]


def key_at(timestamp: int) -> int:
    """Lower than the keys of all events of this timestamp, higher than those of earlier ones."""
    return timestamp * NUMBERS


def size_of(message: str) -> int:
    return (len(message) if message.isascii() else len(message.encode())) + EVENT_OVERHEAD


def shortened(message: str) -> str:
    """As much of it as fits into one event, as UTF-8 can hold it."""
    limit = PAGE_BYTES - EVENT_OVERHEAD
    return message.encode(errors="replace")[:limit].decode(errors="ignore")


def first_page(events: Iterable[LogEvent], limit: int) -> Page:
    """From the first on, as many as a page may have."""
    taken: list[LogEvent] = []
    left = PAGE_BYTES
    for event in events:
        left -= event.size
        if len(taken) == limit or (left < 0 and taken):
            return Page(taken, True)
        taken.append(event)
    return Page(taken, False)


def last_page(events: Sequence[LogEvent], limit: int) -> Page:
    """As many as a page may have, up to the last."""
    page = first_page(reversed(events), limit)
    return Page(page.events[::-1], page.rest)


def _key(event: LogEvent) -> int:
    return event.key
