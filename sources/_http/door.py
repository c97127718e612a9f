"""What machines of front doors have in common: requests that wait for functions, and how they end.

Laws: each request is answered once. A function that is too late for its door runs on, and what it answers then is
dropped. An id of a request is drawn by the door; the invocation has another one, and the trace knows both.
"""

from heapq import heappop, heappush
from json import JSONEncoder
from math import inf
from typing import Any, Final

from attrs import define, field

from eventbus.core.batching import EVENT_LIMIT
from eventbus.core.effects import Cause, Effect, Fetch, Fetched, Invoke, Note
from eventbus.core.http import Request, Response
from eventbus.core.outcomes import Outcome
from eventbus.names import Arn
from eventbus.ports import Birth

_encode: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
TOLD: Final = 1_024  # arbitrary
"""Characters of an event that the trace keeps."""


@define(eq=False)
class Visit:
    """One request under way. `stage` says what its door waits for, `held` what it knows so far."""

    asker: Arn
    token: int
    request: Request
    id: str
    cause: Cause | None
    stage: str = "function"
    held: Any = None
    invoked: str | None = None  # the request id of its last invocation
    gone: bool = False  # its sender waits no longer


@define(eq=False)
class DoorMachine:
    """Who it is, is said by what inherits from it: `visited`, `answered`, `refused`, `too_late`."""

    arn: Arn
    birth: Birth
    effects: list[Effect] = field(factory=list, init=False)
    notes: list[Note] = field(factory=list, init=False)
    visits: dict[int, Visit] = field(factory=dict, init=False)  # by the token of what they wait for
    _deadlines: list[tuple[float, int]] = field(factory=list, init=False)  # a heap; stale ones are passed by
    _order: int = field(default=0, init=False)

    # ------------------------------------------------------------ what a door says
    def visited(self, now: float, visit: Visit) -> None:
        """A request has come: answer it, or have a function do so."""
        raise NotImplementedError

    def answered(self, now: float, visit: Visit, outcome: Outcome) -> None:
        """The function has ended."""
        raise NotImplementedError

    def refused(self, now: float, visit: Visit, reason: str) -> None:
        """It may not be invoked."""
        raise NotImplementedError

    def too_late(self, now: float, visit: Visit) -> None:
        """The time that the door waits is over."""
        raise NotImplementedError

    def visit_id(self, now: float, effect: Fetch) -> str:
        """What the trace calls a request."""
        return self.new_id()

    # ------------------------------------------------------------ inputs
    def fetch_action(self, request: Request) -> str | None:
        """Anybody may ask: what is allowed is up to each door itself."""
        return None

    def fetch(self, now: float, effect: Fetch) -> None:
        visit = Visit(effect.asker, effect.token, effect.request, self.visit_id(now, effect), effect.cause)
        self.notes.append(("requested", self.arn, visit.id, _line(effect.request), effect.cause))
        self.visited(now, visit)

    def finished(self, now: float, token: int, outcome: Outcome) -> None:
        visit = self.visits.pop(token, None)
        if visit is not None:  # not one that was too late
            self.answered(now, visit, outcome)

    def denied(self, now: float, token: int, reason: str) -> None:
        visit = self.visits.pop(token, None)
        if visit is not None:
            self.refused(now, visit, reason)

    def wake(self, now: float) -> None:
        while self._deadlines and self._deadlines[0][0] <= now:
            visit = self.visits.pop(heappop(self._deadlines)[1], None)
            if visit is not None:
                self.too_late(now, visit)

    def next_deadline(self) -> float:
        while self._deadlines and self._deadlines[0][1] not in self.visits:
            heappop(self._deadlines)
        return self._deadlines[0][0] if self._deadlines else inf

    def outstanding(self) -> int:
        return len(self.visits)

    # ------------------------------------------------------------ for what inherits
    def invoke(self, visit: Visit, function: Arn, event: Any, until: float = inf, *, streams: bool = False) -> bool:
        """Have `function` handle `event`; `too_late` after `until`. False, and nothing happens, if it is too long, or
        nests too deeply."""
        try:
            text = _encode(event)
        except RecursionError:  # what an authorizer said
            return False
        return self.invoke_with(visit, function, text, until, streams=streams)

    def invoke_with(self, visit: Visit, function: Arn, text: str, until: float = inf, *, streams: bool = False) -> bool:
        """As `invoke`, with an event that is JSON already."""
        payload = text.encode()
        if len(payload) > EVENT_LIMIT:
            return False
        request_id, token = self.new_id(), self.wait(visit, until)
        visit.invoked = request_id
        detail = f"to {function.name} with {text[:TOLD]}"
        self.notes.append(("routed", self.arn, (visit.id, request_id), detail, visit.cause))
        effect = Invoke(function, self.arn, token, request_id, payload, cause=visit.cause, principal=self.arn)
        effect.streams = streams
        self.effects.append(effect)
        return True

    def wait(self, visit: Visit, until: float = inf) -> int:
        """The token under which an answer is waited for."""
        self._order = token = self._order + 1
        self.visits[token] = visit
        if until < inf:
            heappush(self._deadlines, (until, token))
        return token

    def respond(self, visit: Visit, response: Response, why: str = "") -> None:
        """Done; `why` for the trace."""
        detail = f"{response.status}: {why}" if why else str(response.status)
        about = visit.id if visit.invoked is None else (visit.id, visit.invoked)
        self.notes.append(("responded", self.arn, about, detail, None))
        response.request_id = visit.id
        self.effects.append(Fetched(visit.asker, visit.token, response))

    def new_id(self) -> str:
        return self.birth.ids.text(self.birth.ids.draw())


def _line(request: Request) -> str:
    return f"{request.method} {request.target}"
