"""One queue: messages visible, delayed, in flight, gone.

Laws: a received message is in flight until its visibility timeout ends; at that instant it is visible again. Each
receive gives a new receipt and counts one more. A message whose count would pass `max_receive_count` is moved to the
dead-letter queue by the receive that comes across it. What is due at an instant happens before anything that is called
at that instant. Nothing here is looked at message by message: heaps hold one entry a receive call.
A move that the dead-letter queue refuses leaves the message in flight for one more visibility timeout.
Sources: bc:sqs, sqs:sqs-dead-letter-queues, and recordings of 2022-2025 named where they decide.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import ClassVar, Final

from attrs import define, field

from eventbus.core.effects import (
    Attributes,
    Cause,
    Deliver,
    Delivered,
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

from . import attributes as message_attributes
from .contents import Contents
from .deduplication import Deduplication, sequence_of
from .errors import InvalidParameterValue, OverLimit, PurgeQueueInProgress, ReceiptHandleIsInvalid, expired
from .events import SqsEvent, to_event
from .message import IN_FLIGHT, VISIBLE, Message, More, Moved, Received, receipt_of
from .move_tasks import MoveTasks

MAXIMUM_VISIBILITY: Final = 43_200.0
"""Seconds in flight, extensions included (bc:sqs ChangeMessageVisibility)."""
IN_FLIGHT_LIMIT: Final = 120_000
PURGE_INTERVAL: Final = 60.0


@define(eq=False)
class QueueMachine(Contents):
    delivery_action: ClassVar[str] = "sqs:SendMessage"
    moves: "MoveTasks | None" = field(default=None, init=False)
    _deduplication: Deduplication | None = field(default=None, init=False)
    _moving: dict[int, Message] = field(factory=dict, init=False)
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
            self.forget(message)

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
            self.forget(message)
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

    def change_settings(self, now: float, attributes: Mapping[str, str]) -> None:
        self.settings.change(attributes)
        self._catch_up(now)

    def _duplicate(self, now: float, body: str, more: More | None) -> Message | None:
        assert more is not None
        if self._deduplication is None:
            self._deduplication = Deduplication(self.settings)
        return self._deduplication.find(now, body, more, self.birth.ids)

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
        self.forget(message)
        return True

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
