"""How a source calls functions and waits for what they say: calls under way, deadlines, and clients that wait.

Laws: each wait ends once: by its answer, its refusal or its deadline; what comes later is passed by. A function that
is too late runs on, and what it answers then is dropped. An id of a call is drawn by the source; the invocation has
another one, and the trace knows both.
"""

from heapq import heappop, heappush
from json import JSONEncoder
from math import inf
from typing import Any, Final, Generic, Protocol, TypeVar

from attrs import define, field

from eventbus.core.batching import EVENT_LIMIT
from eventbus.core.effects import Arrived, Cause, Invoke
from eventbus.core.outcomes import Outcome
from eventbus.names import Arn
from eventbus.ports import Feed
from sources._hand_over import HandingMachine

encode: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
TOLD: Final = 1_024  # arbitrary
"""Characters of an event that the trace keeps."""


class Call(Protocol):
    """What a source does for somebody, while it waits for functions."""

    id: str
    cause: Cause | None
    invoked: str | None  # the request id of its last invocation


C = TypeVar("C", bound=Call)
R = TypeVar("R")


@define(eq=False)
class CallingMachine(HandingMachine, Generic[C]):
    """What it does with answers is said by what inherits from it."""

    waits: dict[int, C] = field(factory=dict, init=False)  # by the token of what they wait for
    _deadlines: list[tuple[float, int]] = field(factory=list, init=False)  # a heap; stale ones are passed by
    _order: int = field(default=0, init=False)

    # ------------------------------------------------------------ what a source says
    def answered(self, now: float, call: C, outcome: Outcome) -> None:
        """The function has ended, or was not reached: throttled, stopped."""
        raise NotImplementedError

    def refused(self, now: float, call: C, reason: str) -> None:
        """It may not be invoked, or is not there."""
        raise NotImplementedError

    def too_late(self, now: float, call: C) -> None:
        """The time of a wait is over."""
        raise NotImplementedError

    # ------------------------------------------------------------ inputs
    def finished(self, now: float, token: int, outcome: Outcome) -> None:
        call = self.waits.pop(token, None)
        if call is not None:  # not one that was too late
            self.answered(now, call, outcome)

    def denied(self, now: float, token: int, reason: str) -> None:
        call = self.waits.pop(token, None)
        if call is not None:
            self.refused(now, call, reason)

    def wake(self, now: float) -> None:
        super().wake(now)
        while self._deadlines and self._deadlines[0][0] <= now:
            call = self.waits.pop(heappop(self._deadlines)[1], None)
            if call is not None:
                self.too_late(now, call)

    def next_deadline(self) -> float:
        while self._deadlines and self._deadlines[0][1] not in self.waits:
            heappop(self._deadlines)
        return min(self._deadlines[0][0] if self._deadlines else inf, super().next_deadline())

    def outstanding(self) -> int:
        return len(self.waits) + super().outstanding()

    # ------------------------------------------------------------ for what inherits
    def invoke(self, call: C, function: Arn, event: Any, until: float = inf, *, streams: bool = False) -> bool:
        """Have `function` handle `event`; `too_late` after `until`. False, and nothing happens, if it is too long, or
        nests too deeply."""
        try:
            text = encode(event)
        except RecursionError:  # what another function said
            return False
        return self.invoke_with(call, function, text, until, streams=streams)

    def invoke_with(self, call: C, function: Arn, text: str, until: float = inf, *, streams: bool = False) -> bool:
        """As `invoke`, with an event that is JSON already."""
        payload = text.encode()
        if len(payload) > EVENT_LIMIT:
            return False
        request_id, token = self.new_id(), self.wait(call, until)
        call.invoked = request_id
        self.notes.append(("routed", self.arn, (call.id, request_id), self.routed(function, text), call.cause))
        effect = Invoke(function, self.arn, token, request_id, payload, cause=call.cause, principal=self.arn)
        effect.streams = streams
        self.effects.append(effect)
        return True

    def routed(self, function: Arn, text: str) -> str:
        """What the trace tells of a call that became an invocation; less where an event holds secrets."""
        return f"to {function.name} with {text[:TOLD]}"

    def wait(self, call: C, until: float = inf) -> int:
        """The token under which an answer, or just a moment, is waited for."""
        self._order = token = self._order + 1
        self.waits[token] = call
        if until < inf:
            heappush(self._deadlines, (until, token))
        return token

    def requested(self, call: C, line: str) -> None:
        """For the trace: what was asked for."""
        self.notes.append(("requested", self.arn, call.id, line, call.cause))

    def responded(self, call: C, detail: str) -> None:
        """For the trace: how that ended."""
        about = call.id if call.invoked is None else (call.id, call.invoked)
        self.notes.append(("responded", self.arn, about, detail, None))

    def reply(self, pending: "Pending[R]", result: R | Exception) -> None:
        """Whoever waits for it has it: an exception is raised there."""
        pending.result, pending.done = result, True
        self.effects.append(Arrived(pending.arn))


@define(eq=False)
class Pending(Generic[R]):
    """What a client waits for; `arn` says `Arrived` once it is there. A client that gives up is not missed."""

    arn: Arn
    result: R | Exception | None = None
    done: bool = False


async def result_of(feed: Feed, pending: Pending[R]) -> R:
    """What the machine replied; raises what it replied with."""
    while not pending.done:
        await feed.wait(pending, inf)
    if isinstance(pending.result, Exception):
        raise pending.result
    return pending.result  # type: ignore[return-value]  # done: it is there
