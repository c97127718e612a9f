"""One queue: messages visible, delayed, in flight, gone.

Laws: a received message is in flight until its visibility timeout ends; at that instant it is visible again. Each
receive gives a new receipt and counts one more. A message whose count would pass `max_receive_count` is moved to the
dead-letter queue by the receive that comes across it. What is due at an instant happens before anything that is called
at that instant. Nothing here is looked at message by message: heaps hold one entry a receive call.
A move that the dead-letter queue refuses leaves the message in flight for one more visibility timeout.
Sources: bc:sqs, sqs:sqs-dead-letter-queues, and recordings of 2022-2025 named where they decide.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from math import inf
from typing import ClassVar, Final

from attrs import define, field

from eventbus.core.effects import (
    Arrived,
    Attributes,
    Cause,
    Deliver,
    Delivered,
    Effect,
    Note,
    Receive,
    Record,
    Release,
    Settle,
    Settled,
)
from eventbus.core.effects import (
    Received as Answer,
)
from eventbus.names import Arn
from eventbus.ports import Birth

from . import attributes as message_attributes
from .deduplication import Deduplication, sequence_of
from .errors import InvalidParameterValue, OverLimit, PurgeQueueInProgress, ReceiptHandleIsInvalid, expired
from .events import SqsEvent, to_event
from .lines import FifoLine, Line, StandardLine
from .message import DELAYED, GONE, IN_FLIGHT, VISIBLE, Message, More, Moved, Received, receipt_of
from .move_tasks import MoveTasks
from .settings import Settings

MAXIMUM_VISIBILITY: Final = 43_200.0
"""Seconds in flight, extensions included (bc:sqs ChangeMessageVisibility)."""
IN_FLIGHT_LIMIT: Final = 120_000
PURGE_INTERVAL: Final = 60.0
BACK_OF_THE_LINE: Final = 3
"""With a redrive policy of more receives than this, a message received so often goes to the back of its queue."""


@define(eq=False)
class QueueMachine:
    arn: Arn
    settings: Settings
    birth: Birth
    delivery_action: ClassVar[str] = "sqs:SendMessage"
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    moves: "MoveTasks | None" = field(default=None, init=False)
    _deduplication: Deduplication | None = field(default=None, init=False)
    _line: Line | None = field(default=None, init=False)  # none until the first message: idle queues are many
    _by_age: deque[Message] | None = field(default=None, init=False)  # all that live, oldest first, some that are gone
    _delayed: list[tuple[float, int, Message]] = field(factory=list, init=False)
    _leases: list[tuple[float, int, list[tuple[Message, int]]]] = field(factory=list, init=False)
    _receipts: dict[int, Message] = field(factory=dict, init=False)  # of the last receive of each
    _moving: dict[int, Message] = field(factory=dict, init=False)
    _live: int = field(default=0, init=False)
    _delayed_count: int = field(default=0, init=False)
    _in_flight: int = field(default=0, init=False)
    _next_receipt: int = field(default=0, init=False)
    _order: int = field(default=0, init=False)
    _due_at: float = field(default=inf, init=False)  # never later than what is due next
    _hungry: bool = field(default=False, init=False)  # a mapping was told all there is
    _purged_at: float = field(default=-inf, init=False)

    def send(
        self,
        now: float,
        body: str,
        attributes: Attributes,
        cause: Cause | None,
        delay: float | None = None,
        more: More | None = None,
    ) -> Message:
        """The message; a duplicate on a FIFO queue answers the first one."""
        if self._due_at <= now:
            self._catch_up(now)
        if self.settings.fifo and (duplicate := self._duplicate(now, body, more)) is not None:
            self.notes.append(("deduplicated", self.arn, duplicate.number, None, cause))
            return duplicate
        message = Message(self.birth.ids.draw(), body, now, cause, attributes, more)
        self.notes.append(("sent", self.arn, message.number, None, cause))
        self._add(now, message, self.settings.delay_seconds if delay is None else delay)
        if self.settings.fifo:
            assert self._deduplication is not None
            self._deduplication.remember(now, message)
        return message

    def take(self, now: float, limit: int, visibility: float | None, who: str) -> list[Received]:
        """Up to `limit` messages are in flight for `visibility` seconds."""
        if self._due_at <= now:
            self._catch_up(now)
        if self._line is None:
            return []
        room = IN_FLIGHT_LIMIT - self._in_flight
        taken = self._line.take(min(limit, room), lambda message: self._accept(now, message))
        if not taken:
            return []
        ends_at = now + (self.settings.visibility_timeout if visibility is None else visibility)
        for message in taken:
            message.hidden_until = ends_at
        ids = self.birth.ids
        found = [
            Received(message, message.receipt, message.receive_count, message.first_received_at, ids)
            for message in taken
        ]
        self._lease(now, ends_at, [(message, message.receipt) for message in taken])
        self.notes.append(("received", self.arn, [message.about() for message in taken], who, None))
        return found

    def check_room(self, now: float) -> None:
        """Raise `OverLimit` where a standard queue has too many messages in flight; FIFO just gives none."""
        if not self.settings.fifo and self._in_flight >= IN_FLIGHT_LIMIT:
            raise OverLimit("Too many messages in flight: 120,000.")

    def delete(self, now: float, handle: str) -> None:
        """Gone, if this is its last receipt; an older one succeeds and deletes nothing."""
        self._delete(now, self._known(handle), handle)

    def change_visibility(self, now: float, handle: str, seconds: float) -> None:
        """In flight until `now + seconds`; 0 makes it visible at once."""
        receipt = self._known(handle)
        if self._due_at <= now:
            self._catch_up(now)
        message = self._receipts.get(receipt)
        if message is None or (self.settings.fifo and message.state != IN_FLIGHT):
            raise (
                expired(handle)
                if self.settings.fifo
                else InvalidParameterValue.of(
                    "ReceiptHandle", handle, "Message does not exist or is not available for visibility timeout change."
                )
            )
        if now + seconds > message.received_at + MAXIMUM_VISIBILITY:
            raise InvalidParameterValue.of(
                "VisibilityTimeout",
                f"{seconds:g}",
                "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]",
            )
        if message.state == VISIBLE:
            assert self._line is not None
            self._line.hidden(message)
            message.state = IN_FLIGHT
            self._in_flight += 1
        message.hidden_until = now + seconds
        self._lease(now, now + seconds, [(message, receipt)])
        self._tell_arrived()

    def purge(self, now: float) -> None:
        """Empty: visible, delayed and in flight alike."""
        if now < self._purged_at + PURGE_INTERVAL:
            raise PurgeQueueInProgress(f"Only one PurgeQueue operation on {self.arn.name} is allowed every 60 seconds.")
        if self._due_at <= now:
            self._catch_up(now)
        self._purged_at = now
        self.notes.append(("purged", self.arn, None, self._live, None))
        for message in list(self.messages()):
            self._forget(message)

    def deliver(self, now: float, effect: Deliver) -> None:
        """A dead letter, a destination's record, a notification."""
        self.effects.append(Delivered(effect.asker, effect.token, self._delivery_error(now, effect)))

    def receive(self, now: float, effect: Receive) -> None:
        records = self.take(now, effect.limit, None, effect.asker)
        if len(records) < effect.limit:
            self._hungry = True
        self.effects.append(Answer(effect.asker, effect.token, records))

    def settle(self, now: float, effect: Settle) -> None:
        if self._due_at <= now:
            self._catch_up(now)
        failed = [receipt for receipt in effect.receipts if not self._settle_one(receipt)]
        self.effects.append(Settled(effect.asker, effect.token, failed))
        self._tell_arrived()

    def release(self, now: float, effect: Release) -> None:
        for receipt in effect.receipts:
            message = self._receipts.get(receipt)
            if message is not None and message.state == IN_FLIGHT:
                self._show(message, now)
        self._tell_arrived()

    def to_event(self, batch: Sequence[Record]) -> SqsEvent:
        return to_event(self.arn, self.birth.epoch, batch)  # type: ignore[arg-type]  # what `receive` handed out

    def delivered(self, now: float, token: int, error: str | None) -> None:
        """The dead-letter queue has taken a message, or not."""
        message = self._moving.pop(token, None)
        if message is None:
            if self.moves is not None:
                self.moves.delivered(now, token, error)
            return
        if error is None:
            self._forget(message)
            return
        self.notes.append(("delivery_failed", self.arn, message.about(), f"dead letter: {error}", None))
        message.hidden_until = now + self.settings.visibility_timeout
        message.receipt = self._draw_receipt()
        self._receipts[message.receipt] = message
        self._lease(now, message.hidden_until, [(message, message.receipt)])

    def wake(self, now: float) -> None:
        self._catch_up(now)
        if self.moves is not None:
            self.moves.wake(now)

    def next_deadline(self) -> float:
        return self._due_at if self.moves is None else min(self._due_at, self.moves.next_deadline())

    def outstanding(self) -> int:
        """Messages that a consumer of this queue will get, and moves that are under way."""
        return self._live + (0 if self.moves is None else self.moves.outstanding())

    def busiest(self) -> str:
        message = max(self.messages(), key=lambda each: each.receive_count, default=None)
        if message is None or not message.receive_count:
            return ""
        redrive = "" if self.settings.dead_letter_queue else ", no redrive"
        return f"message {message.name(self.birth.ids)} received {message.receive_count:,} times{redrive}"

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

    def change_settings(self, now: float, attributes: Mapping[str, str]) -> None:
        self.settings.change(attributes)
        self._catch_up(now)

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

    def forget(self, message: Message) -> None:
        self._forget(message)

    def next_token(self) -> int:
        self._order += 1
        return self._order

    # ------------------------------------------------------------------ private, in the order they are called
    def _duplicate(self, now: float, body: str, more: More | None) -> Message | None:
        assert more is not None
        if self._deduplication is None:
            self._deduplication = Deduplication(self.settings)
        return self._deduplication.find(now, body, more, self.birth.ids)

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

    def _accept(self, now: float, message: Message) -> bool:
        settings = self.settings
        if settings.dead_letter_queue is not None and message.receive_count >= settings.max_receive_count:
            self._move(message, settings.dead_letter_queue)
            return False
        if message.receipt:
            self._receipts.pop(message.receipt, None)
        message.receipt = self._draw_receipt()
        self._receipts[message.receipt] = message
        message.state = IN_FLIGHT
        self._in_flight += 1
        message.receive_count += 1
        message.received_at = now
        if message.receive_count == 1:
            message.first_received_at = now
        return True

    def _draw_receipt(self) -> int:
        self._next_receipt += 1
        return self._next_receipt

    def _move(self, message: Message, target: Arn) -> None:
        """Out of the line at once; gone when the other queue has taken it."""
        message.state = IN_FLIGHT
        self._in_flight += 1
        token = self.next_token()
        self._moving[token] = message
        reason = f"to {target.name} after {message.receive_count} receives"
        self.notes.append(("moved", self.arn, message.about(), reason, None))
        more = message.more or More()
        moved = Moved(
            message.name(self.birth.ids),
            message.sent_at,
            message.receive_count,
            message.first_received_at,
            self.arn,
            more.group,
            None,
            more.trace_header,
        )
        self.effects.append(Deliver(target, self.arn, token, message.body, message.attributes, message.cause, moved))

    def _lease(self, now: float, ends_at: float, messages: list[tuple[Message, int]]) -> None:
        if ends_at <= now:
            for message, _ in sorted(messages, key=lambda lease: lease[0].number):
                self._show(message, now)
            return
        self._order += 1
        heappush(self._leases, (ends_at, self._order, messages))
        if ends_at < self._due_at:
            self._due_at = ends_at

    def _known(self, handle: str) -> int:
        receipt = receipt_of(self.birth.ids, handle)
        if receipt is None or receipt > self._next_receipt:
            raise ReceiptHandleIsInvalid(f'The input receipt handle "{handle}" is not a valid receipt handle.')
        return receipt

    def _delete(self, now: float, receipt: int, handle: str) -> None:
        if self._due_at <= now:
            self._catch_up(now)
        message = self._receipts.get(receipt)
        if message is not None and self.settings.fifo and message.state != IN_FLIGHT:
            raise expired(handle)
        self._settle_one(receipt)
        self._tell_arrived()

    def _settle_one(self, receipt: int) -> bool:
        """Whether the receipt was good for anything: on FIFO not once its visibility is over."""
        message = self._receipts.get(receipt)
        if message is None:
            return not self.settings.fifo
        if self.settings.fifo and message.state != IN_FLIGHT:
            return False
        self.notes.append(("deleted", self.arn, message.about(), None, None))
        self._forget(message)
        return True

    def _forget(self, message: Message) -> None:
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
                self._forget(message)
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

    def _delivery_error(self, now: float, effect: Deliver) -> str | None:
        moved: Moved | None = effect.moved
        if self.settings.fifo != (moved is not None and moved.group is not None):
            return "InvalidParameterValue"
        length = len(effect.body.encode()) + message_attributes.size(effect.attributes)
        if length > self.settings.maximum_message_size:
            return "InvalidParameterValue"
        if self._due_at <= now:
            self._catch_up(now)
        message = Message(self.birth.ids.draw(), effect.body, now, effect.cause, effect.attributes)
        if moved is not None:
            self._take_over(message, moved)
        elif effect.asker.endswith(":async") and not effect.attributes:
            message.more = More(trace_header=self._trace_header(message.number))
        self.notes.append(("sent", self.arn, message.about(), f"by {effect.asker}", effect.cause))
        self._add(now, message, self.settings.delay_seconds if moved is None else 0)
        return None

    def _take_over(self, message: Message, moved: Moved) -> None:
        """A dead letter keeps id, counters and, on a standard queue, its age; its deduplication id is its id."""
        message.more = More(
            name=moved.name,
            group=moved.group,
            deduplication_id=moved.deduplication_id or (moved.name if moved.group is not None else None),
            sequence=sequence_of(message.number) if moved.group is not None else 0,
            trace_header=moved.trace_header,
            dead_letter_source=moved.source,
        )
        message.receive_count = moved.receive_count
        message.first_received_at = moved.first_received_at
        if not self.settings.fifo:
            message.sent_at = moved.sent_at

    def _trace_header(self, number: int) -> str:
        """What a function sends carries its trace (recorded 2025-11)."""
        digits = self.birth.ids.text(number).replace("-", "")
        return f"Root=1-{int(self.birth.epoch):08x}-{digits[:24]};Parent={digits[-16:]};Sampled=0"
