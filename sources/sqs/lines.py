"""In which order a queue gives out its visible messages.

Standard: a line. Messages join it at the back when they first become visible; one that returns stands where it stood,
or at the back. FIFO: a line for each group; no message behind an in-flight one of its group is given out, visible ones
before the first in-flight one are (recorded 2025-11). A receive fills up from one group first; the group with the
oldest message that may go comes first.
No operation looks at more than it gives out: what is gone is forgotten when it comes to the front.
"""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final, Protocol

from attrs import define, field

from .message import GONE, IN_FLIGHT, VISIBLE, Message

Leaves = Callable[[Message], bool]
"""Whether a message that a receive comes across leaves the queue instead of being given out."""

SPACING: Final = 1 << 20  # arbitrary
"""Between places: room for late changes of visibility, which move a message by one."""
PASSED_LIMIT: Final = 32  # arbitrary
"""So many places at the front of a group's list may be passed before it is cut, or as many as are left."""
_PASSED: Final = Message(0, "", 0.0, state=GONE)  # arbitrary but for its state


class Line(Protocol):
    def appeared(self, message: Message) -> None:
        """It is visible for the first time: at the back."""

    def returned(self, message: Message, *, to_back: bool) -> None:
        """It is visible again."""

    def hidden(self, message: Message) -> None:
        """It was given out, and is in flight now."""

    def withdrawn(self, message: Message) -> None:
        """It was visible, and is hidden without having been given out: it comes back where it stood."""

    def freed(self, message: Message, was: int) -> None:
        """It is gone, from the state `was`."""

    def ready(self) -> bool:
        """Whether a receive would find something."""

    def take(self, limit: int, leaves: Leaves | None = None) -> list[Message]:
        """Up to `limit` visible messages, taken out of the line; those that leave do not count."""


@define(eq=False)
class StandardLine:
    _fresh: deque[Message] = field(factory=deque, init=False)  # never given out
    _returned: list[tuple[int, Message]] = field(factory=list, init=False)  # a heap, by place
    _last: int = field(default=0, init=False)  # arbitrary to begin with

    def appeared(self, message: Message) -> None:
        self._last += SPACING
        message.place = self._last
        self._fresh.append(message)

    def returned(self, message: Message, *, to_back: bool) -> None:
        if to_back:
            self._last += SPACING
            message.place = self._last
        heappush(self._returned, (message.place, message))

    def hidden(self, message: Message) -> None:
        return

    def withdrawn(self, message: Message) -> None:
        """What stands for it in the heap does so no more."""
        message.place += 1

    def freed(self, message: Message, was: int) -> None:
        return

    def ready(self) -> bool:
        return self._next(take=False) is not None

    def first(self) -> Message | None:
        return self._next(take=False)

    def take_first(self) -> Message | None:
        return self._next(take=True)

    def next_place(self) -> int:
        """At the back, for a message that waits elsewhere."""
        self._last += SPACING
        return self._last

    def take(self, limit: int, leaves: Leaves | None = None) -> list[Message]:
        taken: list[Message] = []
        fresh, returned = self._fresh, self._returned
        while len(taken) < limit and (returned or fresh):
            message = self._next(take=True) if returned else fresh.popleft()
            if message is None:
                break
            if message.state == VISIBLE and (leaves is None or not leaves(message)):
                taken.append(message)
        return taken

    def _next(self, *, take: bool) -> Message | None:
        """What is gone, or hidden again meanwhile, is passed by: it comes back when it appears."""
        fresh, returned = self._fresh, self._returned
        while fresh and fresh[0].state != VISIBLE:
            fresh.popleft()
        while returned and (returned[0][1].state != VISIBLE or returned[0][0] != returned[0][1].place):
            heappop(returned)
        if returned and not (fresh and fresh[0].place < returned[0][0]):
            return heappop(returned)[1] if take else returned[0][1]
        if not fresh:
            return None
        return fresh.popleft() if take else fresh[0]


@define(eq=False)
class Group:
    """The messages of one group. A list with a head, as groups may be many and short."""

    name: str
    _fresh: list[Message] = field(factory=list, init=False)  # never given out, from `_head` on
    _head: int = field(default=0, init=False)
    _returned: list[tuple[int, Message]] = field(factory=list, init=False)  # a heap, by place, as the next
    _in_flight: list[tuple[int, Message]] = field(factory=list, init=False)

    def appeared(self, message: Message) -> None:
        self._fresh.append(message)

    def returned(self, message: Message) -> None:
        heappush(self._returned, (message.place, message))

    def hidden(self, message: Message) -> None:
        self._first_hidden()
        heappush(self._in_flight, (message.place, message))

    def empty(self) -> bool:
        return self._first_visible() is None and self._first_hidden() is None

    def first(self) -> Message | None:
        """The first that is visible, if it stands before all that are in flight."""
        message = self._first_visible()
        if message is None:
            return None
        hidden = self._first_hidden()
        return message if hidden is None or message.place < hidden.place else None

    def take_first(self, message: Message) -> None:
        if self._returned and self._returned[0][1] is message:
            heappop(self._returned)
        else:
            self._pass()

    def _first_visible(self) -> Message | None:
        fresh, returned = self._fresh, self._returned
        while returned and (returned[0][1].state != VISIBLE or returned[0][0] != returned[0][1].place):
            heappop(returned)
        while self._head < len(fresh) and fresh[self._head].state != VISIBLE:
            self._pass()
        waiting = fresh[self._head] if self._head < len(fresh) else None
        if returned and (waiting is None or returned[0][0] < waiting.place):
            return returned[0][1]
        return waiting

    def _pass(self) -> None:
        self._fresh[self._head] = _PASSED
        self._head += 1
        if self._head > max(PASSED_LIMIT, len(self._fresh) - self._head):
            del self._fresh[: self._head]
            self._head = 0

    def _first_hidden(self) -> Message | None:
        in_flight = self._in_flight
        while in_flight and in_flight[0][1].state != IN_FLIGHT:
            heappop(in_flight)
        return in_flight[0][1] if in_flight else None


@define(eq=False)
class FifoLine:
    _groups: dict[str, Group] = field(factory=dict, init=False)
    _starts: list[tuple[int, str]] = field(factory=list, init=False)  # a heap: the place at which a group may go on
    _last: int = field(default=0, init=False)  # arbitrary to begin with

    def appeared(self, message: Message) -> None:
        self._last += 1
        message.place = self._last
        group = self._group(message)
        group.appeared(message)
        self._offer(group, message)

    def returned(self, message: Message, *, to_back: bool) -> None:
        """Order is kept: never to the back."""
        group = self._group(message)
        group.returned(message)
        self._offer(group, None)

    def hidden(self, message: Message) -> None:
        self._group(message).hidden(message)

    def withdrawn(self, message: Message) -> None:
        raise AssertionError("on FIFO a receipt is over when its message is visible")

    def freed(self, message: Message, was: int) -> None:
        """What stood behind it may go now."""
        group = self._group(message)
        if group.empty():
            del self._groups[group.name]
        else:
            self._offer(group, None)

    def ready(self) -> bool:
        return self._next_group() is not None

    def take(self, limit: int, leaves: Leaves | None = None) -> list[Message]:
        taken: list[Message] = []
        while len(taken) < limit and (group := self._next_group()) is not None:
            heappop(self._starts)
            while len(taken) < limit and (message := group.first()) is not None:
                group.take_first(message)
                if leaves is None or not leaves(message):
                    taken.append(message)
            self._offer(group, None)
        return taken

    def _group(self, message: Message) -> Group:
        assert message.more is not None
        name = message.more.group
        assert name is not None
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = Group(name)
        return group

    def _offer(self, group: Group, only: Message | None) -> None:
        """Let the group stand in the heap where it may go on; with `only`, if that is with this message."""
        first = group.first()
        if first is not None and (only is None or first is only):
            heappush(self._starts, (first.place, group.name))

    def _next_group(self) -> Group | None:
        """An entry counts if its group still goes on there; every group that may go on has one."""
        starts = self._starts
        while starts:
            place, name = starts[0]
            group = self._groups.get(name)
            first = None if group is None else group.first()
            if first is not None and first.place == place:
                return group
            heappop(starts)
        return None
