"""In which order a queue gives out its visible messages.

Standard: a line. Messages join it at the back when they first become visible; one that returns stands where it stood.
FIFO: no message behind an in-flight message of its group is given out, visible ones before the first in-flight one are
(recorded 2025-11). A receive fills up from one group first; the group with the oldest message comes first.
"""

from collections import deque
from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from typing import Protocol

from attrs import define, field

from .message import GONE, IN_FLIGHT, VISIBLE, Message

Accept = Callable[[Message], bool]


class Line(Protocol):
    def sent(self, message: Message) -> None:
        """It is in the queue now, visible or delayed."""

    def appeared(self, message: Message) -> None:
        """Its delay is over."""

    def returned(self, message: Message, *, to_back: bool) -> None:
        """Its visibility timeout is over."""

    def hidden(self, message: Message) -> None:
        """It was visible, and is in flight again without having been received: a late change of its visibility."""

    def ready(self) -> bool:
        """Whether a receive would find something."""

    def take(self, limit: int, accept: Accept) -> list[Message]:
        """Up to `limit` messages that `accept` takes; one it does not take has left the queue."""

    def freed(self, message: Message) -> None:
        """It has left the queue."""


@define(eq=False)
class StandardLine:
    _line: deque[Message] = field(factory=deque, init=False)
    _returned: list[tuple[int, Message]] = field(factory=list, init=False)  # a heap, by place
    _last: int = field(default=0, init=False)

    def sent(self, message: Message) -> None:
        if message.state == VISIBLE:
            self.appeared(message)

    def appeared(self, message: Message) -> None:
        self._last += 1
        message.place = self._last
        self._line.append(message)

    def returned(self, message: Message, *, to_back: bool) -> None:
        if to_back:
            self.appeared(message)
        else:
            heappush(self._returned, (message.place, message))

    def hidden(self, message: Message) -> None:
        """Rare, and the one thing here that looks at every message."""
        self._returned = [entry for entry in self._returned if entry[1] is not message]
        heapify(self._returned)
        self._line = deque(each for each in self._line if each is not message)

    def ready(self) -> bool:
        return self._first() is not None

    def take(self, limit: int, accept: Accept) -> list[Message]:
        taken: list[Message] = []
        while len(taken) < limit and (message := self._first()) is not None:
            if self._returned and self._returned[0][1] is message:
                heappop(self._returned)
            else:
                self._line.popleft()
            if accept(message):
                taken.append(message)
        return taken

    def freed(self, message: Message) -> None:
        return

    def _first(self) -> Message | None:
        """What is gone from the heads of both is forgotten on the way."""
        line, returned = self._line, self._returned
        while line and line[0].state == GONE:
            line.popleft()
        while returned and returned[0][1].state == GONE:
            heappop(returned)
        if not returned:
            return line[0] if line else None
        return line[0] if line and line[0].place < returned[0][0] else returned[0][1]


@define(eq=False)
class FifoLine:
    _groups: dict[str, deque[Message]] = field(factory=dict, init=False)
    _candidates: list[tuple[int, str]] = field(factory=list, init=False)  # a heap: a place at which a group may start
    _last: int = field(default=0, init=False)

    def sent(self, message: Message) -> None:
        self._last += 1
        message.place = self._last
        self._groups.setdefault(_group(message), deque()).append(message)
        if message.state == VISIBLE:
            self.appeared(message)

    def appeared(self, message: Message) -> None:
        heappush(self._candidates, (message.place, _group(message)))

    def returned(self, message: Message, *, to_back: bool) -> None:
        self.appeared(message)

    def hidden(self, message: Message) -> None:
        return

    def freed(self, message: Message) -> None:
        """What stood behind it may go now."""
        name = _group(message)
        following = next(self._free(name), None)
        if following is not None:
            heappush(self._candidates, (following.place, name))
        elif not self._groups.get(name):
            self._groups.pop(name, None)

    def ready(self) -> bool:
        while self._candidates:
            place, name = self._candidates[0]
            first = next(self._free(name), None)
            if first is not None and first.place <= place:
                return True
            heappop(self._candidates)
            if first is not None:
                heappush(self._candidates, (first.place, name))
        return False

    def take(self, limit: int, accept: Accept) -> list[Message]:
        taken: list[Message] = []
        while len(taken) < limit and self.ready():
            name = heappop(self._candidates)[1]
            for message in self._free(name):
                if accept(message):
                    taken.append(message)
                    if len(taken) == limit:
                        break
            following = next(self._free(name), None)
            if following is not None:
                heappush(self._candidates, (following.place, name))
        return taken

    def _free(self, name: str) -> Iterator[Message]:
        """The visible messages of a group before its first in-flight one."""
        group = self._groups.get(name)
        if group is None:
            return
        while group and group[0].state == GONE:
            group.popleft()
        for message in group:
            if message.state == IN_FLIGHT:
                return
            if message.state == VISIBLE:
                yield message


def _group(message: Message) -> str:
    assert message.more is not None
    assert message.more.group is not None
    return message.more.group
