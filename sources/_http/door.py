"""What machines of front doors have in common: requests that wait for functions, and how they end.

Laws: each request is answered once; the rest is said where functions are called (`_calling.py`).
"""

from typing import Any

from attrs import define

from eventbus.core.effects import Cause, Fetch, Fetched
from eventbus.core.http import Request, Response
from eventbus.names import Arn
from sources._calling import CallingMachine


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
class DoorMachine(CallingMachine[Visit]):
    """Who it is, is said by what inherits from it: `visited`, and what a machine that calls functions says."""

    def visited(self, now: float, visit: Visit) -> None:
        """A request has come: answer it, or have a function do so."""
        raise NotImplementedError

    def visit_id(self, now: float, effect: Fetch) -> str:
        """What the trace calls a request."""
        return self.new_id()

    def fetch_action(self, request: Request) -> str | None:
        """Anybody may ask: what is allowed is up to each door itself."""
        return None

    def fetch(self, now: float, effect: Fetch) -> None:
        visit = Visit(effect.asker, effect.token, effect.request, self.visit_id(now, effect), effect.cause)
        self.requested(visit, f"{effect.request.method} {effect.request.target}")
        self.visited(now, visit)

    def respond(self, visit: Visit, response: Response, why: str = "") -> None:
        """Done; `why` for the trace."""
        detail = f"{response.status}: {why}" if why else str(response.status)
        self.responded(visit, detail)
        response.request_id = visit.id
        self.effects.append(Fetched(visit.asker, visit.token, response))
