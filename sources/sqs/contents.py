"""What a queue holds: messages visible, delayed, in flight; and what falls due.

Laws: what is due at an instant happens before anything that is called at that instant. Nothing is looked at message by
message: heaps hold one entry a receive call, messages that are gone are forgotten on the way.
"""

from collections import deque
from collections.abc import Iterator
from heapq import heappop, heappush
from math import inf
from typing import Final

from attrs import define, field

from eventbus.core.effects import Arrived, Effect, Note
from eventbus.names import Arn
from eventbus.ports import Birth

from .lines import FifoLine, Line, StandardLine
from .message import DELAYED, GONE, IN_FLIGHT, VISIBLE, Message
from .settings import Settings

BACK_OF_THE_LINE: Final = 3
"""With a redrive policy of more receives than this, a message received so often goes to the back of its queue."""


@define(eq=False)
class Contents:
    arn: Arn
    settings: Settings
    birth: Birth
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    _line: Line | None = field(default=None, init=False)  # none until the first message: idle queues are many
    _by_age: deque[Message] | None = field(default=None, init=False)  # all that live, oldest first, some that are gone
    _delayed: list[tuple[float, int, Message]] = field(factory=list, init=False)
    _leases: list[tuple[float, int, list[tuple[Message, int]]]] = field(factory=list, init=False)
    _receipts: dict[int, Message] = field(factory=dict, init=False)  # of the last receive of each
    _live: int = field(default=0, init=False)
    _delayed_count: int = field(default=0, init=False)
    _in_flight: int = field(default=0, init=False)
    _next_receipt: int = field(default=0, init=False)
    _order: int = field(default=0, init=False)
    _due_at: float = field(default=inf, init=False)  # never later than what is due next
    _hungry: bool = field(default=False, init=False)  # a mapping was told all there is

    def messages(self) -> Iterator[Message]:
        """All that live, oldest first."""
        return (message for message in self._by_age or () if message.state != GONE)

    def receivable(self) -> bool:
        return self._line is not None and self._line.ready()

    def counts(self, now: float) -> dict[str, int]:
        if self._due_at <= now:
            self._catch_up(now)
        return {
            "ApproximateNumberOfMessages": self._live - self._in_flight - self._delayed_count,
            "ApproximateNumberOfMessagesNotVisible": self._in_flight,
            "ApproximateNumberOfMessagesDelayed": self._delayed_count,
        }

    def hide_visible(self, now: float, limit: int) -> list[Message]:
        """For a move task: up to so many visible messages, out of sight but not received."""

        def hide(message: Message) -> bool:
            message.state = IN_FLIGHT
            self._in_flight += 1
            return True

        if self._due_at <= now:
            self._catch_up(now)
        return [] if self._line is None else self._line.take(limit, hide)

    def put_back(self, now: float, message: Message) -> None:
        self._show(message, now)
        self._tell_arrived()

    def next_token(self) -> int:
        self._order += 1
        return self._order

    def _add(self, now: float, message: Message, delay: float) -> None:
        if self._line is None or self._by_age is None:
            self._line = FifoLine() if self.settings.fifo else StandardLine()
            self._by_age = deque()
        self._live += 1
        if len(self._by_age) > 2 * self._live + 64:  # messages that are gone from the middle
            self._by_age = deque(self.messages())
        self._insert_by_age(message)
        if delay > 0:
            message.state = DELAYED
            self._delayed_count += 1
            self._order += 1
            heappush(self._delayed, (now + delay, self._order, message))
            self._due_at = min(self._due_at, now + delay)
            self._line.sent(message)
            return
        self._line.sent(message)
        if self._hungry:
            self._tell_arrived()

    def _insert_by_age(self, message: Message) -> None:
        ages = self._by_age
        assert ages is not None
        at = len(ages)
        while at and ages[at - 1].sent_at > message.sent_at:  # a dead letter keeps its age
            at -= 1
        if at == len(ages):
            ages.append(message)
        else:
            ages.insert(at, message)
        if at == 0:
            self._due_at = min(self._due_at, message.sent_at + self.settings.message_retention_period)

    def _lease(self, now: float, ends_at: float, messages: list[tuple[Message, int]]) -> None:
        if ends_at <= now:
            for message, _ in sorted(messages, key=lambda lease: lease[0].number):
                self._show(message, now)
            return
        self._order += 1
        heappush(self._leases, (ends_at, self._order, messages))
        if ends_at < self._due_at:
            self._due_at = ends_at

    def _draw_receipt(self) -> int:
        self._next_receipt += 1
        return self._next_receipt

    def forget(self, message: Message) -> None:
        if message.state == IN_FLIGHT:
            self._in_flight -= 1
        elif message.state == DELAYED:
            self._delayed_count -= 1
        message.state = GONE
        self._live -= 1
        if message.receipt:
            self._receipts.pop(message.receipt, None)
        assert self._line is not None
        assert self._by_age is not None
        self._line.freed(message)
        ages = self._by_age
        while ages and ages[0].state == GONE:
            ages.popleft()

    def _show(self, message: Message, now: float) -> None:
        """Visible again, at its place in the line or behind everybody."""
        assert self._line is not None
        settings = self.settings
        message.state = VISIBLE
        self._in_flight -= 1
        to_back = (
            settings.dead_letter_queue is not None
            and settings.max_receive_count > BACK_OF_THE_LINE
            and message.receive_count >= BACK_OF_THE_LINE
        )
        self._line.returned(message, to_back=to_back)

    def _tell_arrived(self) -> None:
        if self._hungry and self.receivable():
            self._hungry = False
            self.effects.append(Arrived(self.arn))

    def _catch_up(self, now: float) -> None:
        """Do what was due until now, in the order of time, and find out what is due next."""
        self._drop_expired(now)
        while self._delayed and self._delayed[0][0] <= now:
            message = heappop(self._delayed)[2]
            if message.state == DELAYED:
                message.state = VISIBLE
                self._delayed_count -= 1
                assert self._line is not None
                self._line.appeared(message)
        self._end_leases(now)
        ages = self._by_age
        oldest = ages[0].sent_at + self.settings.message_retention_period if ages else inf
        self._due_at = min(
            self._delayed[0][0] if self._delayed else inf, self._leases[0][0] if self._leases else inf, oldest
        )
        self._tell_arrived()

    def _drop_expired(self, now: float) -> None:
        ages = self._by_age
        while ages and (ages[0].state == GONE or ages[0].sent_at + self.settings.message_retention_period <= now):
            message = ages[0]
            if message.state != GONE:
                self.notes.append(("dropped", self.arn, message.about(), "retention period over", None))
                self.forget(message)
            else:
                ages.popleft()

    def _end_leases(self, now: float) -> None:
        ended: list[tuple[float, int, Message]] = []
        while self._leases and self._leases[0][0] <= now:
            ends_at, _, messages = heappop(self._leases)
            ended += [
                (ends_at, message.number, message)
                for message, receipt in messages
                if message.receipt == receipt and message.state == IN_FLIGHT and message.hidden_until <= ends_at
            ]
        if not ended:
            return
        ended.sort(key=lambda entry: entry[:2])
        for _, _, message in ended:
            if message.state == IN_FLIGHT:
                self._show(message, now)
        about = [message.about() for _, _, message in ended]
        self.notes.append(("returned", self.arn, about, "visible again", None))
