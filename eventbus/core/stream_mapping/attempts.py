"""What becomes of the batches of a mapping: tried, tried again after a pause, split, given up.

Laws: what succeeded or was given up is done with, in the order of its lane. A failed attempt uses up a retry unless it
was followed by a split; a throttle uses up none. A batch of two or more that failed is split in halves, which are tried
at once, or, if the answer says where it failed, there. Records that are too old are given up when they come to be
tried, the younger ones of their batch are not.
"""

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING, Any, Final, assert_never

from attrs import define, field

from eventbus.core.batching import PARTIAL_ANSWER, batch_cause, first_failed
from eventbus.core.chain import follow
from eventbus.core.effects import Attributes, Deliver, FailedBatch, Invoke, StreamRecord
from eventbus.core.invocation_record import object_key
from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from eventbus.core.profile import doubled
from eventbus.names import Arn

from .failures import EXHAUSTED, TOO_OLD, failure_record
from .lane import Batch, Lane, expired
from .reader import Reader
from .windows import Window, state_of, window_number

if TYPE_CHECKING:
    from .mapping import StreamMapping

FINE: Final = "OK"
PROBLEM: Final = "PROBLEM: Function call failed"


@define(eq=False)
class Attempts:
    """A part of `mapping`: counts, notes and sends as that."""

    mapping: "StreamMapping"
    out: dict[int, Lane] = field(factory=dict, init=False)
    delivering: dict[int, int] = field(factory=dict, init=False)  # token -> records
    _timers: list[tuple[float, int, Lane]] = field(factory=list, init=False)  # a heap; of lanes due at that time only

    def next_deadline(self) -> float:
        timers = self._timers
        while timers and timers[0][2].due_at != timers[0][0]:
            heappop(timers)
        return timers[0][0] if timers else inf

    def due(self, now: float) -> Iterator[Lane]:
        """Lanes to look at."""
        while self.next_deadline() <= now:
            lane = heappop(self._timers)[2]
            lane.due_at = inf
            yield lane

    def discard(self, now: float, reader: Reader) -> None:
        """What is too old when its lane comes to it fills no batch; what grows old in a batching window does."""
        if self.mapping.config.record_age < inf:
            for lane in reader.lanes.values():
                self._discard_held(now, lane)

    def advance(self, now: float, reader: Reader) -> None:
        """Try what its lanes have to try, if the time has come and nothing of the lane is out."""
        ages = self.mapping.config.record_age < inf
        for lane in reader.lanes.values():
            while not lane.out:
                if ages:
                    self._discard_held(now, lane)
                at = lane.next_at(now, self.mapping.config, self.mapping.epoch)
                if at > now:
                    self._arm(lane, at)
                    break
                self._try(now, lane)

    def finished(self, now: float, token: int, outcome: Outcome) -> Lane | None:
        """The lane that can go on; None if this was answered before."""
        lane = self.out.pop(token, None)
        if lane is None:
            return None

        lane.out = False
        match outcome:
            case Succeeded():
                self._reached(now, lane)
                self._succeeded(now, lane, outcome)
            case HandlerFailed() | TimedOut():
                self._reached(now, lane)
                self._failed(now, lane, outcome)
            case Throttled():
                batch = self._not_well(lane)
                self._note("throttled", batch, outcome.reason)
                self._pause(now, batch)
            case Stopped():
                self._failed(now, lane, outcome)
            case _:
                assert_never(outcome)
        return lane

    def delivered(self, token: int, error: str | None) -> None:
        count = self.delivering.pop(token, 0)
        if not count:  # answered twice
            return
        mapping = self.mapping
        if error is None:
            mapping.on_failure_destination_delivered_event_count += count
            return
        mapping.destination_delivery_failures += 1
        mapping.dropped_event_count += count
        mapping.notes.append(("delivery_failed", mapping.address, None, f"destination: {error}", None))

    def _discard_held(self, now: float, lane: Lane) -> None:
        if lane.todo or lane.gathers_until is not None:
            return
        config = self.mapping.config
        while count := min(expired(now, lane.records, config.record_age), config.batch_size):
            records = lane.take(count)
            self._give_up(now, lane, Batch(records), records, TOO_OLD)

    def _try(self, now: float, lane: Lane) -> None:
        """The first batch it has to try, without those of its records that are over or too old."""
        batch = lane.todo[0]
        self._drop_over(now, lane, batch)
        count = expired(now, batch.records, self.mapping.config.record_age)
        if count:
            self._give_up(now, lane, batch, batch.records[:count], TOO_OLD)
            batch.records = batch.records[count:]
        if batch.records or batch.final:
            self._invoke(now, lane, batch)
        else:
            lane.todo.pop(0)

    def _drop_over(self, now: float, lane: Lane, batch: Batch) -> None:
        """What the stream keeps no longer is done with; it counts as dropped no more than on AWS."""
        records, retention = batch.records, self.mapping.retention
        if not records or now - records[0].arrived_at < retention:
            return
        count = sum(now - record.arrived_at >= retention for record in records)
        about = [record.identifier for record in records[:count]]
        self.mapping.notes.append(("dropped", self.mapping.address, about, "retention period over", None))
        self._settle(lane, count)
        batch.records = records[count:]

    def _arm(self, lane: Lane, at: float) -> None:
        if lane.due_at != at:
            lane.due_at = at
            if at < inf:
                heappush(self._timers, (at, self.mapping.next_token(), lane))

    def _invoke(self, now: float, lane: Lane, batch: Batch) -> None:
        mapping, records = self.mapping, batch.records
        batch.request_id = self._new_id()
        batch.extra = self._window_members(lane, batch)
        self._note("batch", batch, records)
        cause = None
        if records:
            cause = batch_cause(records)
            mapping.iterator_age = now - records[-1].arrived_at
        token = mapping.next_token()
        self.out[token] = lane
        lane.out = True
        invoke = Invoke(
            mapping.function, mapping.address, token, batch.request_id, None, records, mapping.source, cause
        )
        invoke.extra = batch.extra
        mapping.effects.append(invoke)

    def _window_members(self, lane: Lane, batch: Batch) -> dict[str, Any] | None:
        """What the window of this batch adds to its event; opened by its first batch."""
        mapping = self.mapping
        length = mapping.config.tumbling_window_in_seconds
        if lane.window is None:
            if not length:
                return None
            lane.window = Window(window_number(mapping.epoch + batch.records[0].arrived_at, length), length)
        return lane.window.members(lane.reader.id, mapping.source, final=batch.final)

    def _reached(self, now: float, lane: Lane) -> None:
        lane.completed_at = now
        self.mapping.invoked_event_count += len(lane.todo[0].records)

    def _succeeded(self, now: float, lane: Lane, outcome: Succeeded) -> None:
        batch = lane.todo[0]
        state = None if batch.extra is None else state_of(outcome.payload)
        good = self._good(batch, outcome.payload)
        if good is None or (batch.extra is not None and state is None):
            self._failed(now, lane, outcome)
            return
        self._settle(lane, good)
        if good < len(batch.records):
            self._partly(now, lane, batch, good, outcome)
        else:
            self.mapping.last_processing_result = FINE
            lane.todo.pop(0)
        if batch.final:
            lane.window = None
        elif state is not None and good:
            self._keep_state(lane, state)

    def _good(self, batch: Batch, payload: bytes) -> int | None:
        """How many of its first records succeeded; None: the answer fails all."""
        count = len(batch.records)
        if not self.mapping.config.reports_failures:
            if PARTIAL_ANSWER in payload:
                self._note("partial_ignored", batch)
            return count
        if batch.extra is not None and PARTIAL_ANSWER not in payload:
            return count
        return first_failed(payload, batch.records)

    def _keep_state(self, lane: Lane, state: str) -> None:
        assert lane.window is not None
        lane.window.state = state
        if lane.window.too_large:
            lane.window.early = True
            lane.todo.insert(0, Batch((), final=True))

    def _partly(self, now: float, lane: Lane, batch: Batch, good: int, outcome: Succeeded) -> None:
        """The rest is tried again; split there, at once and without using up a retry."""
        rest = batch.records[good:]
        self._not_well(lane)
        self._note("partial", batch, [record.identifier for record in rest])
        batch.records = rest
        batch.last = outcome
        if not good or not self.mapping.config.bisect_batch_on_function_error:
            self._again(now, lane, batch)

    def _failed(self, now: float, lane: Lane, outcome: Outcome) -> None:
        batch = self._not_well(lane)
        batch.last = outcome
        if self.mapping.config.bisect_batch_on_function_error and len(batch.records) > 1:
            self._note("bisected", batch, len(batch.records))
            lane.todo[:1] = batch.halves()
        else:
            self._again(now, lane, batch)

    def _not_well(self, lane: Lane) -> Batch:
        batch = lane.todo[0]
        self.mapping.failed_invoke_event_count += len(batch.records)
        self.mapping.last_processing_result = PROBLEM
        return batch

    def _again(self, now: float, lane: Lane, batch: Batch) -> None:
        batch.executions += 1
        if batch.executions <= self.mapping.config.retries:
            self._pause(now, batch)
            return
        self._give_up(now, lane, batch, batch.records, EXHAUSTED)
        lane.todo.pop(0)
        if batch.final:
            lane.window = None

    def _pause(self, now: float, batch: Batch) -> None:
        profile = self.mapping.profile
        batch.pause = doubled(batch.pause, profile.stream_retry_wait, profile.stream_retry_wait_limit)
        batch.due_at = now + profile.jittered(batch.pause, self.mapping.ids)
        self._note("retry_wait", batch, batch.due_at - now)

    def _give_up(self, now: float, lane: Lane, batch: Batch, records: Sequence[StreamRecord], condition: str) -> None:
        """These are done with. The last call of a window is about no record."""
        mapping = self.mapping
        about = batch.request_id or [record.identifier for record in records]
        mapping.notes.append(("given_up", mapping.address, about, condition, None))
        if not records:
            return
        self._settle(lane, len(records))
        if mapping.config.on_failure is None:
            mapping.dropped_event_count += len(records)
        else:
            failed = FailedBatch(mapping.source, lane.reader.id, records, extra=batch.extra)
            self._send_record(now, mapping.config.on_failure, batch, failed, condition)

    def _send_record(self, now: float, target: Arn, batch: Batch, failed: FailedBatch, condition: str) -> None:
        mapping, at = self.mapping, self.mapping.epoch + now
        request_id = batch.request_id or self._new_id()
        executions = batch.executions + (condition == TOO_OLD)
        body = failure_record(at, mapping.function, condition, request_id, executions, batch.last)
        attributes: Attributes = {}
        if target.service == "s3":
            failed.payload = True
            folder = f"aws/lambda/{mapping.uuid}/{failed.shard}"
            attributes["key"] = ("String", object_key(folder, at, self._new_id()))
        token = mapping.next_token()
        self.delivering[token] = len(failed.records)
        self._note("handed_over", batch, f"destination {target}")
        cause = follow(batch_cause(failed.records), mapping.function, request_id)
        mapping.effects.append(Deliver(target, mapping.address, token, body, attributes, cause, failed=failed))

    def _settle(self, lane: Lane, count: int) -> None:
        lane.settle(count)
        lane.reader.move_checkpoint()

    def _new_id(self) -> str:
        return self.mapping.ids.text(self.mapping.ids.draw())

    def _note(self, what: str, batch: Batch, detail: object = None) -> None:
        self.mapping.notes.append((what, self.mapping.address, batch.request_id, detail, None))
