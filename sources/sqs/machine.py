"""One queue: what can be asked of it, and what it says.

Laws: a received message is in flight until its visibility timeout ends; at that instant it is visible again. Each
receive gives a new receipt and counts one more. A message whose count would pass `max_receive_count` is moved to the
dead-letter queue by the receive that comes across it; where that queue refuses it, it stays in flight for one more
visibility timeout. What is due at an instant happens before anything that is called at that instant.
Sources: bc:sqs, sqs:sqs-dead-letter-queues, and recordings of 2022-2025 named where they decide.
"""

from collections.abc import Iterator, Mapping, Sequence
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
from eventbus.core.effects import Received as Answer
from eventbus.names import Arn
from eventbus.ports import Birth

from . import checking, deliveries
from .contents import Contents, busiest_of, counts_of, fair_counts_of
from .deduplication import Attempt, Attempts, Deduplication
from .errors import OverLimit, PurgeQueueInProgress, expired, not_available, past_the_limit
from .events import SqsEvent, to_event
from .message import DELAYED, GONE, IN_FLIGHT, MOVING, Message, More, Received, ids_of
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
    changed_at: float = field(default=0.0, init=False)  # its settings
    attempts: Attempts | None = field(default=None, init=False)  # of receives on FIFO that may be repeated
    _contents: Contents | None = field(default=None, init=False)  # none until the first message: idle queues are many
    _deduplication: Deduplication | None = field(default=None, init=False)
    _moving: dict[int, Message] | None = field(default=None, init=False)  # to the dead-letter queue, by token
    _tasks: MoveTasks | None = field(default=None, init=False)
    _last_receipt: int = field(default=0, init=False)
    _last_token: int = field(default=0, init=False)  # arbitrary to begin with
    _due_at: float = field(default=inf, init=False)  # never later than what is due next
    _hungry: bool = field(default=False, init=False)  # somebody was told all there is
    _purged_at: float = field(default=-inf, init=False)

    def send(
        self,
        now: float,
        body: str,
        attributes: Attributes,
        cause: Cause | None,
        delay: float | None = None,
        more: More | None = None,
        who: str | None = None,
    ) -> Message:
        """The message; of a duplicate on a FIFO queue, one with the first one's number that is not in the queue."""
        if self._due_at <= now:
            self._catch_up(now)
        settings = self.settings
        if settings.fifo:
            first = self._duplicate(now, body, more)
            if first is not None:
                self.notes.append(("deduplicated", self.arn, first, None, cause))
                return Message(first, body, now, cause, attributes, more, GONE)
        number = self.birth.ids.draw()
        message = Message(number, body, now, cause, attributes, more)
        self.notes.append(("sent", self.arn, number, who, cause))
        self._add(now, message, settings.delay_seconds if delay is None else delay)
        if self._deduplication is not None:
            self._deduplication.remember(now, settings, message)
        return message

    def take(self, now: float, limit: int, visibility: float | None, who: str) -> list[Received]:
        """Up to `limit` messages are in flight for `visibility` seconds."""
        if self._due_at <= now:
            self._catch_up(now)
        contents, settings = self._contents, self.settings
        if contents is None:
            return []
        limit = min(limit, IN_FLIGHT_LIMIT - contents.in_flight)
        messages = contents.take(limit, self._leaves if settings.dead_letter_queue is not None else None)
        if not messages:
            return []
        first = self._last_receipt + 1
        self._last_receipt += len(messages)
        until = now + (settings.visibility_timeout if visibility is None else visibility)
        found = contents.give_out(messages, now, until, first, self.birth.ids)
        self.notes.append(("received", self.arn, ids_of(messages), who, None))
        if until <= now:
            for message in sorted(messages, key=lambda message: message.number):
                self._show(message)
        elif until < self._due_at:
            self._due_at = until
        return found

    def take_again(self, now: float, attempt: Attempt, visibility: float | None) -> bool:
        """Whether all are in flight as that receive left them; if so, their visibility starts again."""
        self._catch_up(now)
        if not attempt.untouched():
            return False
        for record in attempt.records:
            self._hide(now, record.message, self.settings.visibility_timeout if visibility is None else visibility)
        attempt.until = attempt.records[0].message.hidden_until
        return True

    def check_room(self, now: float) -> None:
        """Raise `OverLimit` where a standard queue has too many messages in flight; FIFO just gives none."""
        if self._due_at <= now:
            self._catch_up(now)
        if not self.settings.fifo and self._contents is not None and self._contents.in_flight >= IN_FLIGHT_LIMIT:
            raise OverLimit(f"Too many messages in flight: {IN_FLIGHT_LIMIT:,}.")

    def delete(self, now: float, handle: str) -> None:
        """Gone, if this is its last receipt; an older one succeeds and deletes nothing, on FIFO it is refused."""
        receipt = checking.receipt(self.birth.ids, handle, self._last_receipt)
        if self._due_at <= now:
            self._catch_up(now)
        message = self._of_receipt(receipt)
        if message is None:
            return
        if self._deletable(message, receipt):
            self.forget(message)
            self.notes.append(("deleted", self.arn, message.about(), None, None))
            self._tell_arrived()
        elif self.settings.fifo:
            raise expired(handle)

    def change_visibility(self, now: float, handle: str, seconds: float) -> None:
        """In flight until `now + seconds`; 0 makes it visible at once."""
        checking.visibility(seconds)
        receipt = checking.receipt(self.birth.ids, handle, self._last_receipt)
        if self._due_at <= now:
            self._catch_up(now)
        message = self._of_receipt(receipt)
        if self.settings.fifo:
            if message is None or message.state != IN_FLIGHT or message.receipt != receipt:
                raise expired(handle)
        elif message is None or message.state == MOVING:
            raise not_available(handle)
        if now + seconds > message.received_at + MAXIMUM_VISIBILITY:
            raise past_the_limit(seconds)
        self._hide(now, message, seconds)
        self._tell_arrived()

    def purge(self, now: float) -> None:
        """Empty: visible, delayed and in flight alike. What was sent stays known to the deduplication."""
        if now < self._purged_at + PURGE_INTERVAL:
            raise PurgeQueueInProgress(f"Only one PurgeQueue operation on {self.arn.name} is allowed every 60 seconds.")
        self._catch_up(now)
        self._purged_at = now
        self.notes.append(("purged", self.arn, None, self._live(), None))
        for message in self.messages():
            message.state = GONE
        self._contents, self._moving, self._due_at = None, None, inf

    def counts(self, now: float) -> dict[str, int]:
        """Messages by state, under AWS's names."""
        self._catch_up(now)
        return counts_of(self._contents)

    def statistics(self, now: float) -> dict[str, float]:
        """Of a queue that has had a message with a group: which groups are noisy, and what the others have."""
        self._catch_up(now)
        return fair_counts_of(self._contents, now)

    def messages(self) -> Iterator[Message]:
        """All that live, oldest first."""
        return iter(self._contents or ())

    def ask_for_more(self) -> None:
        """`Arrived` is said once there is something to receive."""
        self._hungry = True
        self._tell_arrived()

    def receivable(self) -> bool:
        contents = self._contents
        return contents is not None and contents.in_flight < IN_FLIGHT_LIMIT and contents.line.ready()

    def change_settings(self, now: float, attributes: Mapping[str, str]) -> None:
        self.settings.change(attributes)
        self.changed_at = now
        self._catch_up(now)

    def deliver(self, now: float, effect: Deliver) -> None:
        """A dead letter, a destination's record, a notification."""
        error = deliveries.refusal(self.settings, effect)
        if error is None:
            self._take_in(now, effect)
        self.effects.append(Delivered(effect.asker, effect.token, error))

    def _take_in(self, now: float, effect: Deliver) -> None:
        who = f"by {effect.asker}"
        if effect.moved is None and effect.group is not None:
            more = More(group=effect.group, deduplication_id=effect.deduplication_id)
            self.send(now, effect.body, effect.attributes, effect.cause, None, more, who)
            return
        if self._due_at <= now:
            self._catch_up(now)
        message = deliveries.message_of(now, self.settings.fifo, self.birth, effect)
        self.notes.append(("sent", self.arn, message.about(), who, effect.cause))
        self._add(now, message, 0 if effect.moved is not None else self.settings.delay_seconds)

    def receive(self, now: float, effect: Receive) -> None:
        records = self.take(now, effect.limit, None, effect.asker)
        self.effects.append(Answer(effect.asker, effect.token, records))
        if len(records) < effect.limit:
            self.ask_for_more()

    def settle(self, now: float, effect: Settle) -> None:
        if self._due_at <= now:
            self._catch_up(now)
        contents = self._contents
        known = {} if contents is None else contents.receipts
        deleted: list[Message] = []
        failed: list[int] = []
        for receipt in dict.fromkeys(effect.receipts):
            message = known.get(receipt)
            if message is None:
                continue
            if (message.state == IN_FLIGHT and message.receipt == receipt) or self._deletable(message, receipt):
                deleted.append(message)
            elif self.settings.fifo:
                failed.append(receipt)
        if deleted and contents is not None:
            contents.forget(deleted)
            self.notes += [("deleted", self.arn, about, None, None) for about in ids_of(deleted)]
        self.effects.append(Settled(effect.asker, effect.token, failed))
        if self._hungry:
            self._tell_arrived()

    def release(self, now: float, effect: Release) -> None:
        if self._due_at <= now:
            self._catch_up(now)
        for receipt in effect.receipts:
            message = self._of_receipt(receipt)
            if message is not None and message.state == IN_FLIGHT and message.receipt == receipt:
                self._show(message)
        self._tell_arrived()

    def to_event(self, batch: Sequence[Record]) -> SqsEvent:
        return to_event(self.arn, self.birth.epoch, batch)  # type: ignore[arg-type]  # what `receive` handed out

    def delivered(self, now: float, token: int, error: str | None) -> None:
        """The other queue has taken a message, or not; of what is gone meanwhile nothing is left to do."""
        message = None if self._moving is None else self._moving.pop(token, None)
        if message is None:
            if self._tasks is not None:
                self._tasks.delivered(now, token, error)
        elif error is None:
            self.forget(message)
        elif message.state == MOVING:
            self.notes.append(("delivery_failed", self.arn, message.about(), f"dead letter: {error}", None))
            self._hide(now, message, self.settings.visibility_timeout)

    def wake(self, now: float) -> None:
        self._catch_up(now)
        if self._tasks is not None:
            self._tasks.wake(now)

    def next_deadline(self) -> float:
        return self._due_at if self._tasks is None else min(self._due_at, self._tasks.next_deadline())

    def outstanding(self) -> int:
        """Messages that a consumer of this queue will get, and moves that are under way."""
        return self._live() + (0 if self._tasks is None else self._tasks.outstanding())

    def busiest(self) -> str:
        return busiest_of(self._contents, self.birth.ids, redriven=self.settings.dead_letter_queue is not None)

    @property
    def tasks(self) -> MoveTasks:
        if self._tasks is None:
            self._tasks = MoveTasks(self)
        return self._tasks

    def set_aside(self, now: float, limit: int) -> list[Message]:
        """Up to so many visible messages, on their way out, not received."""
        self._catch_up(now)
        return [] if self._contents is None else self._contents.set_aside(limit)

    def put_back(self, message: Message) -> None:
        if message.state == MOVING:
            self._show(message)
            self._tell_arrived()

    def forget(self, message: Message) -> None:
        if message.state != GONE:
            assert self._contents is not None
            self._contents.forget([message])

    def next_token(self) -> int:
        self._last_token += 1
        return self._last_token

    def _duplicate(self, now: float, body: str, more: More | None) -> int | None:
        assert more is not None
        self._deduplication = self._deduplication or Deduplication()
        return self._deduplication.find(now, self.settings, body, more)

    def _add(self, now: float, message: Message, delay: float) -> None:
        contents = self._contents
        if contents is None:
            contents = self._contents = Contents(self.settings.fifo)
        contents.add(message, now, delay)
        if delay > 0 or message.sent_at < now or self._due_at == inf:  # else what came before ends first
            self._due_at = min(self._due_at, contents.next_at(self.settings.message_retention_period))
        if self._hungry:
            self._tell_arrived()

    def _leaves(self, message: Message) -> bool:
        """It was received as often as it may be here: off to the dead-letter queue, and gone when that has taken it."""
        target, receives = self.settings.dead_letter_queue, message.received_here()
        if target is None or receives < self.settings.max_receive_count:
            return False
        assert self._contents is not None
        self._contents.move_out(message)
        token = self.next_token()
        self._moving = {} if self._moving is None else self._moving
        self._moving[token] = message
        self.notes.append(("moved", self.arn, message.about(), f"to {target.name} after {receives} receives", None))
        moved = deliveries.dead_letter(self.arn, message, self.birth)
        self.effects.append(Deliver(target, self.arn, token, message.body, message.attributes, message.cause, moved))
        return True

    def _of_receipt(self, receipt: int) -> Message | None:
        return None if self._contents is None else self._contents.receipts.get(receipt)

    def _deletable(self, message: Message, receipt: int) -> bool:
        """On FIFO only by its last receipt, until its visibility is over (recorded)."""
        if self.settings.fifo:
            return message.state == IN_FLIGHT and message.receipt == receipt
        return message.state != MOVING

    def _hide(self, now: float, message: Message, seconds: float) -> None:
        assert self._contents is not None
        self._contents.hide(message, now, now + seconds)
        if message.hidden_until <= now:
            self._show(message)
        elif message.hidden_until < self._due_at:
            self._due_at = message.hidden_until

    def _show(self, message: Message) -> None:
        """Visible again, at its place in the line or behind everybody."""
        assert self._contents is not None
        to_back = message.received_here() >= BACK_OF_THE_LINE and self.settings.max_receive_count > BACK_OF_THE_LINE
        self._contents.show(message, to_back=to_back)

    def _tell_arrived(self) -> None:
        if self._hungry and self.receivable():
            self._hungry = False
            self.effects.append(Arrived(self.arn))

    def _live(self) -> int:
        return 0 if self._contents is None else self._contents.ages.count

    def _catch_up(self, now: float) -> None:
        """Do what was due until now, in the order of time, and find out what is due next."""
        contents, retention = self._contents, self.settings.message_retention_period
        self._due_at = inf
        if contents is None:
            return
        while (oldest := contents.ages.oldest()) is not None and oldest.sent_at + retention <= now:
            self.notes.append(("dropped", self.arn, oldest.about(), "retention period over", None))
            contents.forget([oldest])
        returned: list[Message] = []
        for _, _, message in contents.timetable.due(now, contents.receipts):
            if message.state == DELAYED:
                contents.appear(message)
            elif message.state == IN_FLIGHT:
                self._show(message)
                returned.append(message)
        if returned:
            self.notes.append(("returned", self.arn, ids_of(returned), "visible again", None))
        self._due_at = contents.next_at(retention)
        self._tell_arrived()
