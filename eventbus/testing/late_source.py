"""A source whose answers come late, twice or never, and the promises that a mapping keeps over any source.

The first piece of the contract kit: a mapping is right if it keeps `Promises` over every `LateSource`.
"""

from collections.abc import Mapping, Sequence
from json import dumps
from math import inf
from typing import Any, Final, TypedDict

from attrs import define, field, frozen

from eventbus.checks import at_least, between
from eventbus.core.effects import (
    Arrived,
    Cause,
    Effect,
    Invoke,
    Note,
    Receive,
    Received,
    Record,
    Release,
    Settle,
    Settled,
)
from eventbus.names import Arn, Ids, arn_of
from eventbus.ports import Birth, Feed

from .late_answers import Delays, LateAnswers

CALL_LIMIT: Final = 10


class LateEventRecord(TypedDict):
    messageId: str
    body: str
    receiveCount: int


class LateEvent(TypedDict):
    Records: list[LateEventRecord]


@frozen(eq=False)
class LateSource:
    """A queue that holds `bodies` when the bus starts, and answers as `receives` and `settles` say, in this order.

    When these are used up, a share of `unreliable` (0 to 1) of the answers is late, double or missing, as the seed
    decides; the others come once and at once. A receive counts, and starts the visibility of what it takes, when it is
    asked for, even if its answer never comes; a settle takes effect with its first answer. With `fifo` the group of a
    body is what stands before its colon.
    """

    name: str
    bodies: Sequence[str] = field(default=(), kw_only=True)
    visibility_timeout: float = field(default=30, kw_only=True, validator=at_least(0))
    fifo: bool = field(default=False, kw_only=True)
    receives: Sequence[Delays] = field(default=(), kw_only=True)
    settles: Sequence[Delays] = field(default=(), kw_only=True)
    unreliable: float = field(default=0, kw_only=True, validator=between(0, 1))

    @property
    def arn(self) -> Arn:
        return arn_of("late", self.name)

    @property
    def lease(self) -> float:
        return self.visibility_timeout

    @property
    def polling_actions(self) -> Sequence[str]:
        return ("late:Receive",)

    @property
    def filter_keys(self) -> Sequence[str]:
        return ("body",)

    def machine(self, birth: Birth) -> "LateQueue":
        return LateQueue(self, birth.ids)

    def client(self, machine: "LateQueue", feed: Feed) -> "LateClient":
        return LateClient(machine, feed)

    def event_type(self) -> LateEvent:  # pragma: no cover - a witness for type checkers, never called
        raise NotImplementedError


@define(eq=False)
class LateRecord:
    """One receive of one body; `number` counts the bodies from 0."""

    number: int
    body: str
    group: str | None
    receipt: str
    receive_count: int
    cause: Cause | None = None

    @property
    def identifier(self) -> str:
        return f"message-{self.number}"

    @property
    def size(self) -> int:
        return len(dumps(self.in_event(), separators=(",", ":")))

    def view(self) -> Mapping[str, Any]:
        return {"body": self.body}

    def in_event(self) -> LateEventRecord:
        return {"messageId": self.identifier, "body": self.body, "receiveCount": self.receive_count}


@define(eq=False)
class Held:
    """One body of a `LateQueue`, as long as it is not settled."""

    number: int
    body: str
    group: str | None
    visible_at: float = 0.0
    receive_count: int = 0

    @property
    def receipt(self) -> str:
        return f"{self.number}/{self.receive_count}"


@define(eq=False)
class LateQueue:
    """The machine of a `LateSource`. Plain lists: every call looks at every body."""

    declared: LateSource
    ids: Ids
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    held: list[Held] = field(factory=list, init=False)
    settled: list[int] = field(factory=list, init=False)  # numbers, in that order
    _sent: int = field(default=0, init=False)
    _now: float = field(default=0.0, init=False)
    _short: bool = field(default=False, init=False)  # the last receive found fewer than its limit
    _receives: list[Delays] = field(init=False)
    _settles: list[Delays] = field(init=False)
    _answers: LateAnswers[Settle | Received] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._receives = list(self.declared.receives)
        self._settles = list(self.declared.settles)
        self._answers = LateAnswers(self.ids, self.declared.unreliable)
        for body in self.declared.bodies:
            self.send(0.0, body)

    @property
    def arn(self) -> Arn:
        return self.declared.arn

    def send(self, now: float, body: str) -> int:
        """The number of a new body, visible at once."""
        self._now = now
        group = body.partition(":")[0] if self.declared.fifo else None
        self.held.append(Held(self._sent, body, group))
        self._sent += 1
        self._announce()
        return self._sent - 1

    def receive(self, now: float, effect: Receive) -> None:
        self._now = now
        assert 1 <= effect.limit <= CALL_LIMIT, f"a receive of {effect.limit}"
        records = [self._hand_out(held) for held in self._free()[: effect.limit]]
        self._short = len(records) < effect.limit
        self._answer(self._receives, Received(effect.asker, effect.token, records))

    def settle(self, now: float, effect: Settle) -> None:
        self._now = now
        assert 1 <= len(effect.receipts) <= CALL_LIMIT, f"a settle of {len(effect.receipts)}"
        self._answer(self._settles, effect)

    def release(self, now: float, effect: Release) -> None:
        """Given back at once; a receipt that is not a body's last is passed by."""
        self._now = now
        for held in self.held:
            if held.visible_at > now and held.receipt in effect.receipts:
                held.visible_at = now
        self._announce()

    def wake(self, now: float) -> None:
        self._now = now
        for answer in self._answers.due(now):
            self._let_out(answer)
        self._announce()

    def next_deadline(self) -> float:
        due = self._answers.next_at()
        if self._short:
            due = min([due, *(held.visible_at for held in self.held if held.visible_at > self._now)])
        return due

    def outstanding(self) -> int:
        return len(self.held) + len(self._answers)

    def to_event(self, batch: Sequence[Record]) -> LateEvent:
        return {"Records": [_own(record).in_event() for record in batch]}

    def busiest(self) -> str:
        """The body that was received most often; empty if none was."""
        if not any(held.receive_count for held in self.held):
            return ""
        held = max(self.held, key=lambda held: held.receive_count)
        return f"message-{held.number}: received {held.receive_count:,} times, returns after its visibility"

    def _free(self) -> list[Held]:
        """What a receive may take; on FIFO nothing behind a body of its group that is in flight."""
        free: list[Held] = []
        locked: set[str] = set()
        for held in self.held:
            if held.visible_at > self._now:
                locked.update(() if held.group is None else (held.group,))
            elif held.group not in locked:
                free.append(held)
        return free

    def _hand_out(self, held: Held) -> LateRecord:
        held.receive_count += 1
        held.visible_at = self._now + self.declared.visibility_timeout
        return LateRecord(held.number, held.body, held.group, held.receipt, held.receive_count)

    def _answer(self, script: list[Delays], answer: Settle | Received) -> None:
        delays = script.pop(0) if script else self._answers.drawn()
        for due in self._answers.send(self._now, delays, answer):
            self._let_out(due)

    def _let_out(self, answer: Settle | Received) -> None:
        self.effects.append(self._apply(answer) if isinstance(answer, Settle) else answer)

    def _apply(self, settle: Settle) -> Settled:
        """The last receipt of a body removes it, on FIFO within its visibility only; another one is refused."""
        refused = []
        for receipt in settle.receipts:
            found = next((held for held in self.held if held.receipt == receipt), None)
            if found is None or (self.declared.fifo and found.visible_at <= self._now):
                refused.append(receipt)
            else:
                self.held.remove(found)
                self.settled.append(found.number)
        self._announce()
        return Settled(settle.asker, settle.token, refused)

    def _announce(self) -> None:
        if self._short and self._free():
            self._short = False
            self.effects.append(Arrived(self.arn))


def _own(record: Record) -> LateRecord:
    assert isinstance(record, LateRecord), f"{record!r} was never handed out"
    return record


@define(eq=False)
class LateClient:
    _machine: LateQueue
    _feed: Feed

    async def send(self, body: str) -> int:
        """The number of a new body, visible at once."""
        return await self._feed.call(self._machine, "late:Send", self._machine.send, body)


@define(eq=False)
class Promises:
    """What a mapping promises over any source. Told what it does, each method raises AssertionError if one is broken.

    Never more than `at_most` batches run. What is invoked was received, and is not invoked again after it ended, unless
    it was refused. What is settled has succeeded, and is settled once. With `fifo` a group has one batch at a time, and
    a record runs only when those before it in its group succeeded at least once, or are before it in the same batch.
    """

    fifo: bool
    at_most: float = inf
    running: dict[int, Sequence[LateRecord]] = field(factory=dict, init=False)  # by token
    succeeded: set[int] = field(factory=set, init=False)  # numbers
    _received: dict[str, LateRecord] = field(factory=dict, init=False)  # by receipt, as all that follow
    _ended: set[str] = field(factory=set, init=False)
    _to_settle: set[str] = field(factory=set, init=False)
    _groups: dict[str | None, list[int]] = field(factory=dict, init=False)  # numbers handed out, in order

    def received(self, effect: Received) -> None:
        for record in effect.records:
            assert isinstance(record, LateRecord)
            self._received[record.receipt] = record
            numbers = self._groups.setdefault(record.group, [])
            if record.number not in numbers:
                numbers.append(record.number)
                numbers.sort()

    def invoked(self, effect: Invoke) -> None:
        batch = [self._known(record) for record in effect.batch]
        assert batch, "an empty batch"
        assert len({record.receipt for record in batch}) == len(batch), "a record twice in a batch"
        for other in self.running.values():
            assert not {record.receipt for record in other} & {record.receipt for record in batch}, "runs already"
        if self.fifo:
            self._check_order(batch)
        self.running[effect.token] = batch
        assert len(self.running) <= self.at_most, f"{len(self.running)} batches run, {self.at_most} are allowed"

    def refused(self, token: int) -> None:
        """That invocation was throttled: it may be tried again."""
        del self.running[token]

    def ended(self, token: int, succeeded: Sequence[LateRecord]) -> None:
        """That invocation ended; `succeeded` of its records are done."""
        batch = self.running.pop(token)
        self._ended.update(record.receipt for record in batch)
        self._to_settle.update(record.receipt for record in succeeded)
        self.succeeded.update(record.number for record in succeeded)

    def settling(self, effect: Settle) -> None:
        for receipt in effect.receipts:
            assert receipt in self._to_settle, f"{receipt} is settled without a success, or twice"
            self._to_settle.remove(receipt)

    def check_settled(self) -> None:
        """Everything that succeeded was asked to be settled."""
        assert not self._to_settle, f"not settled: {sorted(self._to_settle)}"

    def _known(self, record: Record) -> LateRecord:
        assert isinstance(record, LateRecord)
        assert self._received.get(record.receipt) is record, f"{record.receipt} was not received"
        assert record.receipt not in self._ended, f"{record.receipt} is invoked again"
        return record

    def _check_order(self, batch: Sequence[LateRecord]) -> None:
        busy = {record.group for other in self.running.values() for record in other}
        assert not busy & {record.group for record in batch}, "a group has two batches"
        done = set(self.succeeded)
        for record in batch:
            before = [number for number in self._groups[record.group] if number < record.number]
            assert done.issuperset(before), f"{record.identifier} of {record.group} overtakes {before}"
            done.add(record.number)
