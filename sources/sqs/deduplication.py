"""Deduplication on a FIFO queue: five minutes from the first accepted send, whatever became of that message."""

from collections import deque
from hashlib import sha256
from typing import Final

from attrs import define, field

from eventbus.names import Ids

from .errors import InvalidParameterValue
from .message import Message, More
from .settings import Settings

WINDOW: Final = 300.0
FIRST_SEQUENCE: Final = 18_870_000_000_000_000_000
SEQUENCE_STEP: Final = 256
"""Sequence numbers are long, grow, and are not consecutive."""


def sequence_of(number: int) -> int:
    return FIRST_SEQUENCE + number * SEQUENCE_STEP


@define(eq=False)
class Deduplication:
    settings: Settings
    _known: dict[tuple[str | None, str], Message] = field(factory=dict, init=False)
    _by_age: deque[tuple[float, tuple[str | None, str]]] = field(factory=deque, init=False)

    def find(self, now: float, body: str, more: More, ids: Ids) -> Message | None:
        """The first message of this deduplication id, if it was sent within the window. Fills in a content-based id."""
        if more.deduplication_id is None:
            if not self.settings.content_based_deduplication:
                raise InvalidParameterValue(
                    "The queue should either have ContentBasedDeduplication enabled or "
                    "MessageDeduplicationId provided explicitly"
                )
            more.deduplication_id = sha256(body.encode()).hexdigest()
        while self._by_age and self._by_age[0][0] + WINDOW <= now:
            del self._known[self._by_age.popleft()[1]]
        return self._known.get(self._key(more))

    def remember(self, now: float, message: Message) -> None:
        assert message.more is not None
        key = self._key(message.more)
        message.more.sequence = sequence_of(message.number)
        self._known[key] = message
        self._by_age.append((now, key))

    def _key(self, more: More) -> tuple[str | None, str]:
        scope = more.group if self.settings.deduplication_scope == "messageGroup" else None
        assert more.deduplication_id is not None
        return scope, more.deduplication_id
