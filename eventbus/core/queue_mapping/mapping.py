"""An event source mapping on a queue: polls, gathers batches, has them invoked, settles what succeeded.

Laws: never more batches out than allowed, and no receive at that cap. A record of an answered receive is invoked, or
let go: then it returns to its queue by itself, when its visibility is over; nothing here shortens or extends that. Only
what succeeded is settled; if settling fails, the record comes again. On a FIFO queue one batch of a group is out at a
time. Sources: dg:services-sqs-scaling, dg:services-sqs-errorhandling, dg:invocation-eventsourcemapping.

Choices where the documentation is open: one poll is out at a time; one without an answer is given up after
`POLL_TIMEOUT` and repeated, and the records of a later answer are let go. A window starts with its first record, or
when the previous invocation ended if that is less than a window ago; it is over with the visibility of its first record
at the latest. So a window no shorter than the visibility has its records received again before they are settled, over
and over: the visibility should be the window and six times the function's timeout (dg:services-sqs-configure). Changes
of state take no time; a mapping that is disabled lets go what it holds.
"""

from collections.abc import Sequence
from heapq import heappop, heappush
from math import inf
from typing import Final, assert_never

from attrs import define, evolve, field

from eventbus.core.batching import PARTIAL_ANSWER, Gathering, batch_cause, partial_response, window_end
from eventbus.core.effects import Cause, Effect, Invoke, Note, Receive, Record, Release, Settle
from eventbus.core.filtering import Filters, filters_of
from eventbus.core.mapping_state import State, check_not_deleting
from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from eventbus.core.profile import Profile, doubled
from eventbus.names import Arn, Ids

from .config import QueueMappingConfig
from .pace import CEILING, Pace

CALL_LIMIT: Final = 10
"""Records of one receive, and of one settle (bc:sqs)."""
POLL_TIMEOUT: Final = 60.0
"""Seconds: three times the longest long poll."""

VISIBILITY_OVER: Final = "visibility is over"


@define(eq=False)
class Batch:
    """Records on their way through the function: out, or kept after a throttle."""

    records: Sequence[Record]
    request_id: str
    cause: Cause | None
    lease_ends_at: float
    pause: float = 0.0  # the last one after a throttle, without its jitter


@define(eq=False)
class QueueMapping:
    """`lease` is the visibility timeout of what `source` hands out, in seconds."""

    address: Arn
    source: Arn
    function: Arn
    config: QueueMappingConfig
    fifo: bool
    lease: float
    ids: Ids
    profile: Profile
    filter_key: str = "body"  # of the data in what filters see
    created_at: float = 0.0
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    state: State = field(init=False)
    reading: bool = field(init=False)  # enabled: its source's records are on their way to the function
    polled_event_count: int = field(default=0, init=False)
    filtered_out_event_count: int = field(default=0, init=False)
    invoked_event_count: int = field(default=0, init=False)
    failed_invoke_event_count: int = field(default=0, init=False)
    deleted_event_count: int = field(default=0, init=False)
    _changes_at: float = field(default=inf, init=False)  # of the state
    _due_at: float = field(default=inf, init=False)  # since when the source may have records that were not asked for
    _poll: int | None = field(default=None, init=False)
    _poll_limit: int = field(default=0, init=False)  # arbitrary until it polls
    _poll_ends_at: float = field(default=inf, init=False)
    _held: Gathering = field(factory=Gathering, init=False)
    _window_ends_at: float = field(default=inf, init=False)
    _window_over: bool = field(default=False, init=False)
    _completed_at: float = field(default=-inf, init=False)
    _out: dict[int, Batch] = field(factory=dict, init=False)
    _throttled: list[tuple[float, int, Batch]] = field(factory=list, init=False)  # a heap, by next try
    _groups: set[str | None] = field(factory=set, init=False)  # of batches out or throttled, FIFO only
    _pace: Pace = field(init=False)
    _filters: Filters | None = field(init=False)
    _order: int = field(default=0, init=False)  # arbitrary to begin with; token, and tie-break of equal deadlines

    def __attrs_post_init__(self) -> None:
        self._pace = self._new_pace()
        self._filters = filters_of(self.config.filter_criteria, self.filter_key)
        self.reading = self.config.enabled
        self.state = "Creating" if self.reading else "Disabled"
        if self.reading:
            self._changes_at = self._due_at = self.created_at

    def wake(self, now: float) -> None:
        if self._changes_at <= now:
            self._changes_at = inf
            self.state = "Enabled" if self.reading else "Disabled"
        if self._poll is not None and self._poll_ends_at <= now:
            self._poll = None
            self._due_at = now
        while self._throttled and self._throttled[0][0] <= now:
            self._try_again(now, heappop(self._throttled)[2])
        if self._window_ends_at <= now:
            self._window_ends_at = inf
            self._window_over = True
        self._advance(now)

    def arrived(self, now: float, shard: str | None = None) -> None:
        """The source has records again: due now, asked for at the next wake."""
        if self.reading and self._due_at == inf:
            self._due_at = now
            self._pace.room(now, self._busy())  # without room there is a backlog from now on

    def received(
        self,
        now: float,
        token: int,
        records: Sequence[Record],
        position: object = None,
        ended: bool = False,
        retention: float = inf,
    ) -> None:
        if token != self._poll:  # answered twice, or given up: these come again
            return
        self._poll = None
        self.polled_event_count += len(records)
        passed = records if self._filters is None else self._filtered(records, self._filters)
        if passed:
            if not self._held.records:
                self._open_window(now)
            self._held.add(passed, now + self.lease)
        if len(records) >= self._poll_limit:
            self._due_at = now
        elif self._due_at == inf:
            self._pace.no_backlog()
        self._advance(now)

    def finished(self, now: float, token: int, outcome: Outcome) -> None:
        batch = self._out.pop(token, None)
        if batch is None:  # answered twice
            return

        match outcome:
            case Succeeded():
                self._completed_at = now
                self._succeeded(batch, outcome)
            case HandlerFailed() | TimedOut():
                self._completed_at = now
                self.failed_invoke_event_count += len(batch.records)
                if not self.config.reports_failures:
                    self._pace.failed()
                self._let_go(batch, outcome.error_type)
            case Throttled():
                self._keep(now, batch, outcome)
            case Stopped():
                self._let_go(batch, outcome.reason)
            case _:
                assert_never(outcome)
        self._advance(now)

    def settled(self, now: float, token: int, failed: Sequence[object]) -> None:
        """Nothing is left to do: what could not be settled comes again by itself."""

    def next_deadline(self) -> float:
        due = self._changes_at
        if self._window_ends_at < due:
            due = self._window_ends_at
        if self._throttled and self._throttled[0][0] < due:
            due = self._throttled[0][0]
        if self._poll is not None:
            return min(due, self._poll_ends_at)
        if self._due_at < inf and self._has_place():
            due = min(due, self._due_at if self._busy() < self._pace.allowed else self._pace.next_step)
        return due

    def outstanding(self) -> int:
        """Batches out or throttled, records held, the poll that is out, the one that is due. Settling does not count: a
        source counts what it has."""
        polls = (self._poll is not None) + (self._due_at < inf)
        return self._busy() + len(self._held.records) + polls

    def enable(self, now: float) -> None:
        """Raises `ResourceInUseException` once deleted, as do all changes."""
        self._change(now, "Enabling")
        self.config = evolve(self.config, enabled=True)
        self._read(now)

    def disable(self, now: float) -> None:
        """Nothing is polled any more; what runs is finished."""
        self._change(now, "Disabling")
        self.config = evolve(self.config, enabled=False)
        self._stop_reading("disabled")

    def update(self, now: float, config: QueueMappingConfig) -> None:
        """`config` holds for what is invoked from now on; the concurrency starts anew.

        Raises `InvalidSetting` if this kind of queue does not take it."""
        config.check(fifo=self.fifo)
        self._change(now, "Updating")
        self.config = config
        self._pace = self._new_pace()
        self._filters = filters_of(config.filter_criteria, self.filter_key)
        if not config.enabled:
            self._stop_reading("disabled")
            return
        self._read(now)
        if self._held.records and not self._window_over:
            self._open_window(now)

    def delete(self, now: float) -> None:
        """Nothing is polled any more; its owner removes it when nothing is outstanding."""
        self._change(now, "Deleting")
        self._changes_at = inf
        self._stop_reading("deleted")

    def give_back(self, now: float) -> None:
        """The bus closes: what is out, held or throttled may be received again at once."""
        batches = [*self._out.values(), *(entry[2] for entry in sorted(self._throttled))]
        receipts = [record.receipt for batch in batches for record in batch.records]
        receipts += [record.receipt for record in self._held.records]
        if receipts:
            self.effects.append(Release(self.source, receipts))

    def _new_pace(self) -> Pace:
        unlimited = inf if self.fifo else CEILING
        maximum = self.config.maximum_concurrency
        return Pace(unlimited if maximum is None else maximum, steady=self.fifo)

    def _busy(self) -> int:
        return len(self._out) + len(self._throttled)

    def _has_place(self) -> bool:
        """While something is due and no poll is out: is there a place for it?"""
        return not (self._held.records and self._held.complete(self.config.batch_size))

    def _advance(self, now: float) -> None:
        """Invoke what is ready and ask for more, as far as there is room."""
        held, pace = self._held, self._pace
        while held.records and (self._window_over or held.complete(self.config.batch_size)):
            if not pace.room(now, self._busy()) or not self._invoke_next(now):
                break
        if self._due_at < inf and self._poll is None and self._has_place() and pace.room(now, self._busy()):
            self._ask(now)
        if pace.grown and not self.outstanding():
            pace.idle()

    def _ask(self, now: float) -> None:
        self._due_at = inf
        self._poll = token = self._next()
        self._poll_limit = limit = min(CALL_LIMIT, self.config.batch_size - len(self._held.records))
        self._poll_ends_at = now + POLL_TIMEOUT
        self.effects.append(Receive(self.source, self.address, token, limit))

    def _filtered(self, records: Sequence[Record], filters: Filters) -> Sequence[Record]:
        """Those that pass; the others are settled without an invocation."""
        passed: list[Record] = []
        refused: list[Record] = []
        for record in records:
            reason = filters.refusal(record.view())
            if reason is None:
                passed.append(record)
            else:
                refused.append(record)
                self.notes.append(("filtered", self.address, record.identifier, reason, None))
        if refused:
            self.filtered_out_event_count += len(refused)
            self.deleted_event_count += len(refused)
            receipts = [record.receipt for record in refused]
            self.effects.append(Settle(self.source, self.address, self._next(), receipts))
        return passed

    def _open_window(self, now: float) -> None:
        window = self.config.maximum_batching_window_in_seconds
        if not window:
            self._window_over = True
            return
        self._window_ends_at = min(window_end(now, window, self._completed_at), now + self.lease)

    def _close_window(self) -> None:
        self._window_over = False
        self._window_ends_at = inf

    def _invoke_next(self, now: float) -> bool:
        """False if nothing could be taken: all that is held belongs to groups whose batch is out."""
        held = self._held
        expired = held.drop_expired(now)
        if expired:
            self._let_go_held(expired, VISIBILITY_OVER)
        records, lease_ends_at = held.take(self.config.batch_size, self._groups)
        self._close_window()
        if held.records:
            self._open_window(now)
        if not records:
            return False

        if self.fifo:
            self._groups.update([record.group for record in records])
        request_id = self.ids.text(self.ids.draw())
        self.notes.append(("batch", self.address, request_id, records, None))
        self._invoke(Batch(records, request_id, batch_cause(records), lease_ends_at))
        return True

    def _invoke(self, batch: Batch) -> None:
        token = self._next()
        self.invoked_event_count += len(batch.records)
        self._out[token] = batch
        self.effects.append(
            Invoke(self.function, self.address, token, batch.request_id, None, batch.records, self.source, batch.cause)
        )

    def _succeeded(self, batch: Batch, outcome: Succeeded) -> None:
        self._pace.succeeded()
        done = batch.records
        if self.config.reports_failures:
            done, failed = partial_response(outcome.payload, batch.records)
            if failed:
                identifiers = [record.identifier for record in failed]
                self.notes.append(("partial", self.address, batch.request_id, identifiers, None))
        elif PARTIAL_ANSWER in outcome.payload:
            self.notes.append(("partial_ignored", self.address, batch.request_id, None, None))
        self.deleted_event_count += len(done)
        for at in range(0, len(done), CALL_LIMIT):
            receipts = [record.receipt for record in done[at : at + CALL_LIMIT]]
            self.effects.append(Settle(self.source, self.address, self._next(), receipts))
        if self.fifo:
            self._unlock(batch)

    def _keep(self, now: float, batch: Batch, refused: Throttled) -> None:
        """Try again after 1, 2, 4 ... seconds, as long as the records are invisible to others."""
        if now >= batch.lease_ends_at or not self.reading:
            self._let_go(batch, refused.reason)
            return
        profile = self.profile
        batch.pause = doubled(batch.pause, profile.mapping_throttle_wait, profile.mapping_throttle_wait_limit)
        wait = profile.jittered(batch.pause, self.ids)
        heappush(self._throttled, (min(now + wait, batch.lease_ends_at), self._next(), batch))
        self.notes.append(("throttled", self.address, batch.request_id, refused.reason, None))

    def _try_again(self, now: float, batch: Batch) -> None:
        if now >= batch.lease_ends_at:
            self._let_go(batch, VISIBILITY_OVER)
        else:
            self._invoke(batch)

    def _let_go(self, batch: Batch, reason: str) -> None:
        self.notes.append(("let_go", self.address, batch.request_id, reason, None))
        if self.fifo:
            self._unlock(batch)

    def _let_go_held(self, records: Sequence[Record], reason: str) -> None:
        self.notes.append(("let_go", self.address, [record.identifier for record in records], reason, None))

    def _unlock(self, batch: Batch) -> None:
        self._groups.difference_update([record.group for record in batch.records])

    def _change(self, now: float, state: State) -> None:
        check_not_deleting(self.state, self.address)
        self.state = state
        self._changes_at = now

    def _read(self, now: float) -> None:
        self.reading = True
        self._due_at = min(self._due_at, now)

    def _stop_reading(self, reason: str) -> None:
        self.reading = False
        self._poll = None
        self._due_at = inf
        if self._held.records:
            self._let_go_held(self._held.records, reason)
            self._held.clear()
        self._close_window()
        throttled, self._throttled = sorted(self._throttled), []
        for _, _, batch in throttled:
            self._let_go(batch, reason)

    def _next(self) -> int:
        self._order += 1
        return self._order
