"""Event invocations of one function: attempts, retry waits, throttles, age, give-up, and where they go then.

Laws: an event keeps its request id over all attempts. A function error uses up a retry, a throttle does not: it pauses
the whole queue. The age test is predictive: an event whose next try would be too old ends at once (recorded 2025-11).
Retries used up wins over age. Sources: dg:invocation-async-error-handling, dg:invocation-async-retain-records.
"""

from bisect import insort
from collections import deque
from heapq import heappop, heappush
from math import inf
from operator import attrgetter
from typing import Final, assert_never

from attrs import define, field, frozen

from eventbus.names import Arn, Ids, async_address

from .chain import follow
from .effects import Attributes, Cause, Deliver, Effect, Invoke, Note
from .invocation_record import RECORD_LIMIT, invocation_record, object_key
from .outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from .profile import Profile, doubled

ERROR_MESSAGE_LIMIT: Final = 1_024
"""Bytes of the dead-letter attribute ErrorMessage."""

NEVER_TRIED: Final = "Event age exceeded before the event could be handled."

_PLACE: Final = attrgetter("place")


@frozen(kw_only=True)
class EventInvokeConfig:
    """As declared, so within AWS's bounds (bc:lambda PutFunctionEventInvokeConfig); the age in seconds."""

    maximum_retry_attempts: int = 2
    maximum_event_age_in_seconds: float = 21_600
    dead_letter: Arn | None = None
    on_success: Arn | None = None
    on_failure: Arn | None = None


@define(eq=False)
class Pending:
    """One accepted event that has not ended; `executions` counts the attempts that reached the function."""

    request_id: str
    payload: bytes
    accepted_at: float
    cause: Cause | None
    executions: int = 0
    last: HandlerFailed | TimedOut | Throttled | Stopped | None = None  # a throttle never replaces a function error
    place: float = inf  # token of its first try since it became ready, kept over refusals; inf before


@define(eq=False)
class AsyncQueue:
    """Event invocations of one function. What waits is looked at in its order: an event is found too old once it heads
    the queue, when it is sent out, or when its next try is planned."""

    function: Arn
    config: EventInvokeConfig
    window: int  # attempts out at once: the function's concurrency
    profile: Profile
    epoch: float
    ids: Ids
    address: Arn = field(init=False)
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    received: int = field(default=0, init=False)
    dropped: int = field(default=0, init=False)
    dead_letter_errors: int = field(default=0, init=False)
    destination_delivery_failures: int = field(default=0, init=False)
    blocked: bool = field(default=False, init=False)  # waits for account capacity
    _ready: deque[Pending] = field(factory=deque, init=False)
    _waiting: list[tuple[float, int, Pending]] = field(factory=list, init=False)
    _out: dict[int, Pending] = field(factory=dict, init=False)
    _delivering: dict[int, str] = field(factory=dict, init=False)  # token -> "dead letter" or "destination"
    _paused_until: float = field(default=-inf, init=False)
    _last_pause: float = field(default=0.0, init=False)  # without its jitter; 0 after an attempt
    _order: int = field(default=0, init=False)  # token, and tie-break of equal deadlines

    def __attrs_post_init__(self) -> None:
        self.address = async_address(self.function)

    def accept(self, now: float, request_id: str, payload: bytes, cause: Cause | None) -> None:
        """Capacity is never looked at here: an event is accepted even with reserved concurrency 0."""
        self.received += 1
        self.notes.append(("accepted", self.function, request_id, None, cause))
        self._ready.append(Pending(request_id, payload, now, cause))
        self._send_out(now)

    def wake(self, now: float) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            self._ready.append(heappop(self._waiting)[2])
        self._send_out(now)
        while self._ready and now >= self._too_old_at(self._ready[0]):  # a retry may be older than what was ahead of it
            self._give_up(now, self._ready.popleft(), "EventAgeExceeded")

    def finished(self, now: float, token: int, outcome: Outcome) -> None:
        pending = self._out.pop(token, None)
        if pending is None:  # answered twice, or late
            return

        match outcome:
            case Succeeded():
                self._last_pause = 0.0
                if self.config.on_success is not None:
                    pending.executions += 1
                    self._send_record(now, self.config.on_success, "Success", pending, outcome)
            case HandlerFailed() | TimedOut():
                self._last_pause = 0.0
                pending.executions += 1
                pending.last = outcome
                self._retry_or_give_up(now, pending)
            case Throttled():
                self._throttled(now, pending, outcome)
            case Stopped():
                self.blocked = False  # the room it was offered is still free
                pending.last = outcome
                self._give_up(now, pending, "RecursiveInvocationDetected")
            case _:
                assert_never(outcome)
        self._send_out(now)

    def capacity(self, now: float) -> bool:
        """The account has room for one more: whether this queue takes it. With more to send it stays blocked."""
        self.blocked = False
        before = len(self._out)
        self._send_out(now, before + 1)
        took = len(self._out) > before
        self.blocked = took and bool(self._ready)
        return took

    def delivered(self, now: float, token: int, error: str | None) -> None:
        what = self._delivering.pop(token, None)
        if what is None or error is None:
            return
        if what == "dead letter":
            self.dead_letter_errors += 1
        else:
            self.destination_delivery_failures += 1
        self.notes.append(("delivery_failed", self.function, None, f"{what}: {error}", None))

    def next_deadline(self) -> float:
        due = self._waiting[0][0] if self._waiting else inf
        if self._ready:
            due = min(due, self._too_old_at(self._ready[0]))
            if len(self._out) < self.window and not self.blocked:  # or it would have been sent out
                due = min(due, self._paused_until)
        return due

    def outstanding(self) -> int:
        return len(self._ready) + len(self._waiting) + len(self._out) + len(self._delivering)

    def unsettled(self) -> list[str]:
        """Request ids of events that have not ended."""
        waiting = [entry[2] for entry in sorted(self._waiting)]
        return [pending.request_id for pending in (*self._out.values(), *self._ready, *waiting)]

    def _too_old_at(self, pending: Pending) -> float:
        return pending.accepted_at + self.config.maximum_event_age_in_seconds

    def _send_out(self, now: float, most: float = inf) -> None:
        if self.blocked or now < self._paused_until:
            return
        while self._ready and len(self._out) < min(self.window, most):
            pending = self._ready.popleft()
            if now >= self._too_old_at(pending):
                self._give_up(now, pending, "EventAgeExceeded")
                continue
            token = self._next()
            self._out[token] = pending
            if pending.place == inf:
                pending.place = token
            self.effects.append(
                Invoke(self.function, self.address, token, pending.request_id, pending.payload, cause=pending.cause)
            )

    def _retry_or_give_up(self, now: float, pending: Pending) -> None:
        if pending.executions > self.config.maximum_retry_attempts:
            self._give_up(now, pending, "RetriesExhausted")
            return
        due = now + self.profile.retry_waits[0 if pending.executions == 1 else 1]
        if due >= self._too_old_at(pending):
            self._give_up(now, pending, "EventAgeExceeded")
            return
        pending.place = inf
        self.notes.append(("retry_wait", self.function, pending.request_id, due - now, None))
        heappush(self._waiting, (due, self._next(), pending))

    def _throttled(self, now: float, pending: Pending, refused: Throttled) -> None:
        if refused.terminal or not isinstance(pending.last, HandlerFailed | TimedOut):
            pending.last = refused
        if refused.terminal:
            self._give_up(now, pending, "ZeroReservedConcurrency")
            return
        if refused.wait:
            self.blocked = True
            self._back_to_head(pending)
            return
        self.blocked = False  # the room it was offered is still free
        if now >= self._paused_until:  # several refusals at one instant are one throttle
            self._paused_until = now + self._next_pause()
        self.notes.append(("throttled", self.function, pending.request_id, refused.reason, None))
        if self._paused_until >= self._too_old_at(pending):
            self._give_up(now, pending, "EventAgeExceeded")
            return
        self._back_to_head(pending)

    def _next_pause(self) -> float:
        profile = self.profile
        self._last_pause = doubled(self._last_pause, profile.throttle_wait, profile.throttle_wait_limit)
        return profile.jittered(self._last_pause, self.ids)

    def _back_to_head(self, pending: Pending) -> None:
        """What was refused, however often, keeps its order, ahead of everything that was never sent out."""
        insort(self._ready, pending, key=_PLACE)

    def _give_up(self, now: float, pending: Pending, condition: str) -> None:
        self.dropped += 1
        self.notes.append(("given_up", self.function, pending.request_id, condition, None))
        last = pending.last
        if self.config.dead_letter is not None:
            code, message = _error_of(last)
            cut = message.encode(errors="replace")[:ERROR_MESSAGE_LIMIT].decode(errors="ignore")
            attributes: Attributes = {
                "RequestID": ("String", pending.request_id),
                "ErrorCode": ("Number", code),
                "ErrorMessage": ("String", cut),
            }
            self._deliver("dead letter", self.config.dead_letter, pending, pending.payload.decode(), attributes)
        if self.config.on_failure is not None:
            response = last if isinstance(last, HandlerFailed | TimedOut) else None
            self._send_record(now, self.config.on_failure, condition, pending, response)

    def _send_record(
        self,
        now: float,
        target: Arn,
        condition: str,
        pending: Pending,
        last: Succeeded | HandlerFailed | TimedOut | None,
    ) -> None:
        body = invocation_record(self.epoch + now, self.function, condition, pending, last)
        if len(body.encode()) > RECORD_LIMIT:
            body = invocation_record(self.epoch + now, self.function, condition, pending, last, payloads=False)
        attributes: Attributes = {}
        if target.service == "s3":
            id = self.ids.text(self.ids.draw())
            key = object_key(f"aws/lambda/async/{self.function.name}", self.epoch + now, id)
            attributes["key"] = ("String", key)
        self._deliver("destination", target, pending, body, attributes)

    def _deliver(self, what: str, target: Arn, pending: Pending, body: str, attributes: Attributes) -> None:
        token = self._next()
        self._delivering[token] = what
        self.notes.append(("handed_over", self.function, pending.request_id, f"{what} {target}", None))
        cause = follow(pending.cause, self.function, pending.request_id)
        self.effects.append(Deliver(target, self.address, token, body, attributes, cause))

    def _next(self) -> int:
        self._order += 1
        return self._order


def _error_of(last: HandlerFailed | TimedOut | Throttled | Stopped | None) -> tuple[str, str]:
    """HTTP status and text: of a function error, or of the last refusal."""
    match last:
        case None:
            return "429", NEVER_TRIED
        case Throttled():
            return "429", last.reason
        case Stopped():
            return "400", last.reason
        case HandlerFailed() | TimedOut():
            return "200", last.message
        case _:
            assert_never(last)
