"""A plain model of one SQS queue, to hold the real one against: lists, no cleverness.

Every call looks at every message.

S = documented, O = recorded on AWS, U = not documented, our choice.

Life of a message
- A received message is in flight until `now + visibility`; at that very instant it is visible again. Every receive
  gives a new receipt and counts one more. S [sqs life of a message]
- `delay` (or the queue's) hides a new message until `sent + delay`; FIFO takes only the queue's: a message's own
  delay > 0 is refused, 0 means the queue's. S, O [recorded 2022-08]
- Retention counts from the send; an expired message vanishes, also in flight or delayed. S. At `sent + retention`
  exactly it is gone: U.
- Visibility 0, in a receive or a change, makes the message visible at once. S
- A change counts from now and holds for this receive only; more than 12 h after the receive is refused, not cut.
  S [bc:sqs ChangeMessageVisibility]
- Purge removes everything, in flight too (O), delayed too (U); once in 60 s, else PurgeQueueInProgress (S); the 61st
  second begins at `purged + 60` (U). What was sent before stays known to the deduplication (U).

Receipts
- Standard: a change after the visibility has ended succeeds while the message is there. O [recorded 2023-11]. It is
  hidden again: U.
- Standard: a delete after the visibility has ended removes the message if it was not received again; with an older
  receipt it succeeds and removes nothing. O, S
- FIFO: a delete after the visibility has ended is InvalidParameterValue; an extended one keeps the receipt valid. O
- FIFO: a change after that is InvalidParameterValue too. U
- A change with an older receipt, or for a message that is gone, is InvalidParameterValue. U
- A delete for a message that is gone succeeds and removes nothing (on FIFO, after another cause than a delete and
  when its visibility has ended, the expired receipt is the error). U
- A receipt that was never given out is ReceiptHandleIsInvalid. S [bc:sqs]

Order of a standard queue (AWS promises none; all of it U but the redrive rule)
- A line: messages join it at the back when they first become visible; those received keep their place, so one that
  returns stands where it stood: by send order, unless delays differ.
- With a redrive policy of more than 3 receives, one received 3 or more times joins the back of the line when it
  returns. S [sqs:sqs-dead-letter-queues]
- What is due at the same instant returns in the order of sending; before anything that is sent at that instant.

Redrive
- Moved when the receive count would exceed the maximum: by the receive that would be number max + 1, which goes on to
  the next message. S [bc:sqs], O [recorded 2023-02]
- Only what the receive comes across before it is full is moved; it does not count for the limit. U
- The move does not count as a receive. U

FIFO
- The line is the order of sending. No message behind an in-flight message of its group is given out; visible ones
  before the first in-flight one are. O [recorded 2025-11]. Several of one group may go out in one receive. S
- A receive fills up from one group first, then takes the next. S. The group with the oldest message that can be given
  out comes first: U.
- A message that is moved by redrive no longer holds up its group, in that same receive. O [recorded 2023-12]
- Deduplication for 5 min from the first accepted send, also when that was received and deleted; the answer is the
  first's number (U); the window does not restart (S); at `first + 300` it is over (U). By explicit id, else SHA-256
  of the body if content-based, else refused. Scope `queue`, or `messageGroup`: ids count per group. S, O
- The delayed count for nothing in their group. U

Not modelled: 120,000 in flight, receive-attempt ids, fair queues (a group on a standard queue is refused here), sizes.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

MAXIMUM_VISIBILITY = 43_200.0
DEDUPLICATION_WINDOW = 300.0
PURGE_INTERVAL = 60.0

Scope = Literal["queue", "messageGroup"]


class Refused(Exception):
    """A send or receive that AWS answers with the error `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(eq=False)
class _Message:
    number: int
    body: str
    sent_at: float
    group: str | None
    hidden_until: float  # of a delay or of a receive; meaningless while `state` is visible
    state: Literal["delayed", "visible", "in flight"]
    receive_count: int = 0
    received_at: float = 0.0
    receipt: str | None = None  # of the last receive


@dataclass(eq=False)
class _Receipt:
    message: _Message
    hidden_until: float


class QueueModel:
    """One queue. Every method but `receive_count` is told the time, which never goes back."""

    def __init__(
        self,
        fifo: bool = False,
        visibility_timeout: float = 30.0,
        delay_seconds: float = 0.0,
        message_retention_period: float = 345_600.0,
        max_receive_count: int | None = None,
        content_based_deduplication: bool = False,
        deduplication_scope: Scope = "queue",
    ) -> None:
        self.fifo = fifo
        self.visibility_timeout = visibility_timeout
        self.delay_seconds = delay_seconds
        self.message_retention_period = message_retention_period
        self.max_receive_count = max_receive_count
        self.content_based_deduplication = content_based_deduplication
        self.deduplication_scope = deduplication_scope
        self._now = 0.0
        self._sent = 0
        self._line: list[_Message] = []  # all messages there are but the delayed
        self._delayed: list[_Message] = []
        self._dead: list[int] = []
        self._deleted: list[_Message] = []  # by a delete
        self._counts: dict[int, int] = {}
        self._receipts: dict[str, _Receipt] = {}
        self._accepted: list[tuple[tuple[str, str], float, int]] = []  # deduplication: key, when, number
        self._purged_at: float | None = None

    def send(
        self, now: float, body: str, *, delay: float | None = None, group: str | None = None, dedup: str | None = None
    ) -> int:
        """Our number of the message, from 0; for a duplicate the first's."""
        self._advance(now)
        if not self.fifo and (group is not None or dedup is not None):
            raise ValueError("groups on a standard queue are not modelled")
        key = self._deduplication_key(body, delay, group, dedup) if self.fifo else None
        if key is not None:
            for known, when, number in self._accepted:
                if known == key and now < when + DEDUPLICATION_WINDOW:
                    return number

        number = self._sent
        self._sent += 1
        if key is not None:
            self._accepted.append((key, now, number))
        if delay is None or self.fifo:
            delay = self.delay_seconds
        message = _Message(number, body, now, group, now + delay, "delayed")
        self._counts[number] = 0
        self._delayed.append(message)
        self._advance(now)  # without a delay it joins the line now
        return number

    def receive(self, now: float, limit: int, *, visibility: float | None = None) -> list[tuple[int, str]]:
        """Up to `limit` messages as (number, receipt)."""
        self._advance(now)
        if not 1 <= limit <= 10:
            raise Refused("InvalidParameterValue")
        if visibility is None:
            visibility = self.visibility_timeout
        if not 0 <= visibility <= MAXIMUM_VISIBILITY:
            raise Refused("InvalidParameterValue")

        given: list[tuple[int, str]] = []
        for message in self._candidates():
            if len(given) == limit:
                break
            if self.max_receive_count is not None and message.receive_count >= self.max_receive_count:
                self._line.remove(message)
                self._dead.append(message.number)
            else:
                given.append((message.number, self._give(now, message, visibility)))
        self._advance(now)  # visibility 0
        return given

    def delete(self, now: float, receipt: str) -> bool | str:
        """True if a message was removed, False if accepted without effect, else the error's name."""
        self._advance(now)
        if receipt not in self._receipts:
            return "ReceiptHandleIsInvalid"
        known = self._receipts[receipt]
        message = known.message
        if message in self._deleted:
            return False
        if self.fifo and now >= known.hidden_until:
            return "InvalidParameterValue"
        if message not in self._line or message.receipt != receipt:
            return False
        self._line.remove(message)
        self._deleted.append(message)
        return True

    def change_visibility(self, now: float, receipt: str, seconds: float) -> bool | str:
        """True if the message is now hidden until `now + seconds`, else the error's name."""
        self._advance(now)
        if not 0 <= seconds <= MAXIMUM_VISIBILITY:
            return "InvalidParameterValue"
        if receipt not in self._receipts:
            return "ReceiptHandleIsInvalid"
        known = self._receipts[receipt]
        message = known.message
        if message not in self._line or message.receipt != receipt:
            return "InvalidParameterValue"
        if self.fifo and now >= known.hidden_until:
            return "InvalidParameterValue"
        if now + seconds > message.received_at + MAXIMUM_VISIBILITY:
            return "InvalidParameterValue"
        message.state = "in flight"
        message.hidden_until = known.hidden_until = now + seconds
        self._advance(now)
        return True

    def purge(self, now: float) -> bool | str:
        """True if the queue is now empty, else the error's name."""
        self._advance(now)
        if self._purged_at is not None and now < self._purged_at + PURGE_INTERVAL:
            return "PurgeQueueInProgress"
        self._purged_at = now
        self._line.clear()
        self._delayed.clear()
        return True

    def visible(self, now: float) -> int:
        """How many are neither delayed nor in flight; those behind a locked group count too."""
        self._advance(now)
        return sum(message.state == "visible" for message in self._line)

    def in_flight(self, now: float) -> int:
        self._advance(now)
        return sum(message.state == "in flight" for message in self._line)

    def delayed(self, now: float) -> int:
        self._advance(now)
        return len(self._delayed)

    def dead(self, now: float) -> list[int]:
        """Numbers of the messages that receives have moved to the dead-letter queue, in that order."""
        self._advance(now)
        return list(self._dead)

    def receive_count(self, number: int) -> int:
        """Receives of that message so far, also when it is gone."""
        return self._counts[number]

    def _advance(self, now: float) -> None:
        """Let happen, one after the other, what is due up to `now`."""
        assert now >= self._now, "time goes back"
        self._now = now
        due = [message for message in self._delayed + self._line if self._due(message, now)]
        for message in sorted(due, key=lambda message: (message.hidden_until, message.number)):
            if message.state == "delayed":
                self._delayed.remove(message)
                self._line.append(message)
            elif self._goes_to_the_back(message):
                self._line.remove(message)
                self._line.append(message)
            message.state = "visible"
        self._line = [message for message in self._line if not self._expired(message, now)]
        self._delayed = [message for message in self._delayed if not self._expired(message, now)]

    @staticmethod
    def _due(message: _Message, now: float) -> bool:
        return message.state != "visible" and message.hidden_until <= now

    def _expired(self, message: _Message, now: float) -> bool:
        return now >= message.sent_at + self.message_retention_period

    def _goes_to_the_back(self, message: _Message) -> bool:
        if self.fifo or self.max_receive_count is None:
            return False
        return self.max_receive_count > 3 and message.receive_count >= 3

    def _candidates(self) -> list[_Message]:
        """What one receive may give out or move, in the order it comes across it."""
        if not self.fifo:
            return [message for message in self._line if message.state == "visible"]
        free: list[_Message] = []
        locked: list[str | None] = []
        for message in self._line:
            if message.state == "in flight":
                locked.append(message.group)
            elif message.group not in locked:
                free.append(message)
        groups: list[str | None] = []
        for message in free:
            if message.group not in groups:
                groups.append(message.group)
        return [message for group in groups for message in free if message.group == group]

    def _give(self, now: float, message: _Message, visibility: float) -> str:
        message.receive_count += 1
        self._counts[message.number] = message.receive_count
        message.state = "in flight"
        message.received_at = now
        message.hidden_until = now + visibility
        message.receipt = f"receipt-{message.number}-{message.receive_count}"
        self._receipts[message.receipt] = _Receipt(message, message.hidden_until)
        return message.receipt

    def _deduplication_key(
        self, body: str, delay: float | None, group: str | None, dedup: str | None
    ) -> tuple[str, str]:
        if group is None:
            raise Refused("MissingParameter")
        if delay is not None and delay > 0:
            raise Refused("InvalidParameterValue")
        if dedup is None and self.content_based_deduplication:
            dedup = hashlib.sha256(body.encode()).hexdigest()
        if dedup is None:
            raise Refused("InvalidParameterValue")
        return (group if self.deduplication_scope == "messageGroup" else "", dedup)
