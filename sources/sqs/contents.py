"""The messages of one queue and the states they pass through.

delayed -> visible -> in flight -> visible ... -> gone; from visible also to moving, which ends in flight or gone.
An illegal step is not offered: every method looks at the state it starts from, or is told by its caller.
"""

from collections.abc import Iterator, Sequence
from math import inf

from attrs import define, field

from eventbus.names import Ids

from .ages import Ages
from .fair_line import FairLine
from .lines import FifoLine, Leaves, Line, StandardLine
from .message import DELAYED, GONE, IN_FLIGHT, MOVING, VISIBLE, Message, Received
from .timetable import Timetable


@define(eq=False)
class Contents:
    fifo: bool
    line: Line = field(init=False)
    ages: Ages = field(factory=Ages, init=False)
    timetable: Timetable = field(factory=Timetable, init=False)
    receipts: dict[int, Message] = field(factory=dict, init=False)  # of the last receive; on FIFO of all receives
    in_flight: int = field(default=0, init=False)  # those that are moving included
    delayed: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.line = FifoLine() if self.fifo else StandardLine()

    def add(self, message: Message, now: float, delay: float) -> None:
        if message.more is not None and message.more.group is not None and isinstance(self.line, StandardLine):
            self.line = FairLine(self.line, self.ages.count - self.delayed, self.in_flight)
        if message.sent_at < now:
            self.ages.add_older(message)
        else:
            self.ages.add(message)
        if delay > 0:
            message.state = DELAYED
            self.delayed += 1
            message.hidden_until = now + delay
            self.timetable.delay(message.hidden_until, message)
        else:
            self.line.appeared(message)

    def take(self, limit: int, leaves: Leaves | None) -> list[Message]:
        """Up to `limit` visible ones, out of the line; their caller gives them out or moves them."""
        return self.line.take(limit, leaves)

    def give_out(self, messages: Sequence[Message], now: float, until: float, first: int, ids: Ids) -> list[Received]:
        """In flight, with receipts from `first` on."""
        receipts, fifo, receipt = self.receipts, self.fifo, first
        found: list[Received] = []
        for message in messages:
            if message.receipt:
                self._end_receipt(message)
            receipts[receipt] = message
            message.receipt = receipt
            message.state = IN_FLIGHT
            message.hidden_until = until
            message.received_at = now
            if message.receive_count == 0:
                message.first_received_at = now
            message.receive_count += 1
            found.append(Received(message, receipt, message.receive_count, ids))
            receipt += 1
            if fifo:
                self.line.hidden(message)
        self.in_flight += len(messages)
        if until > now:
            self._lease(until, first, receipt)
        return found

    def hide(self, message: Message, now: float, until: float) -> None:
        """In flight until then, under its last receipt; it may be visible, in flight, or have been moving."""
        if message.state == VISIBLE:
            self.in_flight += 1
            self.line.withdrawn(message)
        known = message.state == IN_FLIGHT and message.hidden_until == until
        if message.state != IN_FLIGHT:
            message.state = IN_FLIGHT
            self.line.hidden(message)
        message.hidden_until = until
        if until > now and not known:
            self._lease(until, message.receipt, message.receipt + 1)

    def show(self, message: Message, *, to_back: bool) -> None:
        """Visible again, at its place in the line or behind everybody; it was in flight, or moving."""
        message.state = VISIBLE
        self.in_flight -= 1
        self.line.returned(message, to_back=to_back)

    def move_out(self, message: Message) -> None:
        """On its way to another queue: nobody waits behind it."""
        message.state = MOVING
        self.in_flight += 1

    def set_aside(self, limit: int) -> list[Message]:
        """Up to so many visible ones, on their way to another queue."""
        messages = self.line.take(limit, None)
        for message in messages:
            self.move_out(message)
        return messages

    def appear(self, message: Message) -> None:
        """Its delay is over."""
        message.state = VISIBLE
        self.delayed -= 1
        self.line.appeared(message)

    def forget(self, messages: Sequence[Message]) -> None:
        """Gone, from whatever state but that one; no message twice."""
        receipts, grouped = self.receipts, not isinstance(self.line, StandardLine)
        for message in messages:
            was = message.state
            if was == DELAYED:
                self.delayed -= 1
            elif was != VISIBLE:
                self.in_flight -= 1
            message.state = GONE
            receipts.pop(message.receipt, None)
            if grouped:
                self._end_old_receipts(message)
                self.line.freed(message, was)
        self.ages.gone(len(messages))

    def next_at(self, retention: float) -> float:
        oldest = self.ages.oldest()
        return min(self.timetable.next_at(), inf if oldest is None else oldest.sent_at + retention)

    def __iter__(self) -> Iterator[Message]:
        """All that live, oldest first."""
        return iter(self.ages)

    def _lease(self, until: float, first: int, past: int) -> None:
        self.timetable.lease(until, first, past)
        self.timetable.tidy(self.in_flight, self.receipts)

    def _end_receipt(self, message: Message) -> None:
        """Its last receipt is good for nothing any more; on FIFO it stays known, to be refused."""
        if not self.fifo:
            self.receipts.pop(message.receipt, None)
            return
        assert message.more is not None
        if message.more.old_receipts is None:
            message.more.old_receipts = []
        message.more.old_receipts.append(message.receipt)

    def _end_old_receipts(self, message: Message) -> None:
        if message.more is not None and message.more.old_receipts is not None:
            for receipt in message.more.old_receipts:
                self.receipts.pop(receipt, None)


def counts_of(contents: Contents | None) -> dict[str, int]:
    """As GetQueueAttributes names them."""
    live, in_flight, delayed = 0, 0, 0
    if contents is not None:
        live, in_flight, delayed = contents.ages.count, contents.in_flight, contents.delayed
    return {
        "ApproximateNumberOfMessages": live - in_flight - delayed,
        "ApproximateNumberOfMessagesNotVisible": in_flight,
        "ApproximateNumberOfMessagesDelayed": delayed,
    }


def fair_counts_of(contents: Contents | None, now: float) -> dict[str, float]:
    """As CloudWatch names them, age in seconds (sqs:sqs-available-cloudwatch-metrics); without any group, nothing."""
    if contents is None or not isinstance(contents.line, FairLine):
        return {}
    noisy = contents.line.noisy()
    quiet = [each for each in contents if each.more is None or each.more.group not in noisy]
    states = [message.state for message in quiet]
    return {
        "ApproximateNumberOfNoisyGroups": len(noisy),
        "ApproximateNumberOfMessagesVisibleInQuietGroups": states.count(VISIBLE),
        "ApproximateNumberOfMessagesNotVisibleInQuietGroups": states.count(IN_FLIGHT) + states.count(MOVING),
        "ApproximateNumberOfMessagesDelayedInQuietGroups": states.count(DELAYED),
        "ApproximateAgeOfOldestMessageInQuietGroups": now - quiet[0].sent_at if quiet else 0.0,
    }


def busiest_of(contents: Contents | None, ids: Ids, *, redriven: bool) -> str:
    """For people: the message that was received most often."""
    message = max(contents or (), key=lambda each: each.receive_count, default=None)
    if message is None or not message.receive_count:
        return ""
    return f"message {message.name(ids)} received {message.receive_count:,} times{'' if redriven else ', no redrive'}"
