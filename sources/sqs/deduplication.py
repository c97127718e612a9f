"""Deduplication on a FIFO queue: five minutes, of sends by deduplication id and of receives by attempt id."""

from collections import deque
from collections.abc import Hashable, Sequence
from hashlib import sha256
from typing import Final, Generic, TypeVar

from attrs import define, field

from .errors import InvalidParameterValue
from .message import IN_FLIGHT, Message, More, Received
from .settings import Settings

WINDOW: Final = 300.0
FIRST_SEQUENCE: Final = 18_870_000_000_000_000_000  # arbitrary
SEQUENCE_STEP: Final = 256  # arbitrary
"""Sequence numbers are long, grow, and are not consecutive."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def sequence_of(number: int) -> int:
    return FIRST_SEQUENCE + number * SEQUENCE_STEP


@define(eq=False)
class Remembered(Generic[Key, Value]):
    """What was first given under a key, for the window that begins then."""

    _known: dict[Key, Value] = field(factory=dict, init=False)
    _by_age: deque[tuple[float, Key]] = field(factory=deque, init=False)

    def find(self, now: float, key: Key) -> Value | None:
        while self._by_age and self._by_age[0][0] + WINDOW <= now:
            del self._known[self._by_age.popleft()[1]]
        return self._known.get(key)

    def remember(self, now: float, key: Key, value: Value) -> None:
        """`find` has found nothing under `key` at this instant, or what it found is replaced for the same window."""
        if key not in self._known:
            self._by_age.append((now, key))
        self._known[key] = value


@define(eq=False)
class Deduplication:
    """Of sends: whatever became of the first message. Remembered are numbers, not messages."""

    _sent: Remembered[tuple[str | None, str], int] = field(factory=Remembered, init=False)

    def find(self, now: float, settings: Settings, body: str, more: More) -> int | None:
        """The first message of this deduplication id, if it was sent within the window. Fills in a content-based id,
        and the first one's sequence number. Raises `InvalidParameterValue` without any id."""
        if more.deduplication_id is None:
            if not settings.content_based_deduplication:
                raise InvalidParameterValue(
                    "The queue should either have ContentBasedDeduplication enabled or "
                    "MessageDeduplicationId provided explicitly"
                )
            more.deduplication_id = sha256(body.encode(errors="surrogatepass")).hexdigest()
        number = self._sent.find(now, _key(settings, more))
        if number is not None:
            more.sequence = sequence_of(number)
        return number

    def remember(self, now: float, settings: Settings, message: Message) -> None:
        assert message.more is not None
        message.more.sequence = sequence_of(message.number)
        self._sent.remember(now, _key(settings, message.more), message.number)


@define(eq=False)
class Attempt:
    records: Sequence[Received]
    until: float  # they are hidden

    def untouched(self) -> bool:
        """Nothing was deleted, changed, or is visible again (bc:sqs ReceiveRequestAttemptId)."""
        return all(
            record.message.state == IN_FLIGHT
            and record.message.receipt == record.receipt
            and record.message.hidden_until == self.until
            for record in self.records
        )


Attempts = Remembered[str, Attempt]


def _key(settings: Settings, more: More) -> tuple[str | None, str]:
    assert more.deduplication_id is not None
    return more.group if settings.deduplication_scope == "messageGroup" else None, more.deduplication_id
