"""All messages that live, oldest first: for retention, and for `peek`."""

from collections import deque
from collections.abc import Iterator
from heapq import heappop, heappush, merge
from typing import Final

from attrs import define, field

from .message import GONE, Message

SLACK: Final = 64  # arbitrary
"""Messages that are gone from the middle may be as many as those that live, and so many more."""


@define(eq=False)
class Ages:
    """Dead letters keep their age: those that are older than what came before stand in a heap."""

    count: int = field(default=0, init=False)
    _line: deque[Message] = field(factory=deque, init=False)
    _older: list[tuple[float, int, Message]] = field(factory=list, init=False)
    _room: int = field(default=SLACK, init=False)  # at this length the line is rid of what is gone

    def add(self, message: Message) -> None:
        """One that is sent now."""
        self.count += 1
        if len(self._line) >= self._room:
            self._line = deque(each for each in self._line if each.state != GONE)
            self._room = 2 * len(self._line) + SLACK
        self._line.append(message)

    def add_older(self, message: Message) -> None:
        """One that was sent before others that are here."""
        self.count += 1
        heappush(self._older, (message.sent_at, message.number, message))

    def gone(self, count: int) -> None:
        """So many of them are, and have been marked so."""
        self.count -= count
        line = self._line
        while line and line[0].state == GONE:
            line.popleft()

    def oldest(self) -> Message | None:
        line, older = self._line, self._older
        while line and line[0].state == GONE:
            line.popleft()
        while older and older[0][2].state == GONE:
            heappop(older)
        if older and not (line and line[0].sent_at <= older[0][0]):
            return older[0][2]
        return line[0] if line else None

    def __iter__(self) -> Iterator[Message]:
        older = (message for _, _, message in sorted(self._older))
        both = merge(self._line, older, key=lambda message: message.sent_at)
        return (message for message in both if message.state != GONE)
