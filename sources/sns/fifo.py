"""What FIFO topics remember: messages of five minutes, by deduplication id, and the archive."""

from collections import deque
from collections.abc import Sequence
from typing import Final

from attrs import define, field

from .message import Message
from .settings import Settings

WINDOW: Final = 300.0
DAY: Final = 86_400.0

Key = tuple[str | None, str | None]


@define(eq=False)
class Deduplication:
    """The first message under each key, for the window that begins with it."""

    _known: dict[Key, Message] = field(factory=dict, init=False)
    _by_age: deque[tuple[float, Key]] = field(factory=deque, init=False)

    def first(self, now: float, settings: Settings, message: Message) -> Message | None:
        """The message of which this one is a duplicate; without one it is itself remembered."""
        while self._by_age and self._by_age[0][0] + WINDOW <= now:
            del self._known[self._by_age.popleft()[1]]
        key = (message.group if settings.fifo_throughput_scope == "MessageGroup" else None, message.deduplication_id)
        known = self._known.get(key)
        if known is None:
            self._known[key] = message
            self._by_age.append((now, key))
        return known


@define(eq=False)
class Archive:
    """Everything published since `began_at`, for so many days; what is older is forgotten when somebody looks."""

    began_at: float
    _messages: deque[Message] = field(factory=deque, init=False)

    def add(self, now: float, days: int, message: Message) -> None:
        self._forget(now, days)
        self._messages.append(message)

    def between(self, now: float, days: int, start: float, end: float) -> Sequence[Message]:
        """Oldest first, both ends included."""
        self._forget(now, days)
        return [message for message in self._messages if start <= message.at <= end]

    def _forget(self, now: float, days: int) -> None:
        while self._messages and self._messages[0].at + days * DAY <= now:
            self._messages.popleft()
