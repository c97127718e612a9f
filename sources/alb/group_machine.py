"""A target group: requests that a listener hands on become events, answers of the function become responses.

Laws: the function is invoked whatever its health, since it is the only target (elb:target-group-health-checks: only
unhealthy targets get the requests all the same). `why` of a response is the error reason of the balancer's log.
"""

from typing import Any, Final, assert_never

from attrs import define, field

from eventbus.core.effects import Fetch
from eventbus.core.http import Request, Response
from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut
from eventbus.names import Arn
from sources._http.answers import Malformed
from sources._http.door import DoorMachine, Visit

from . import events, responses, tracing
from .answers import TargetDescription, TargetHealth, TargetHealthDescription
from .errors import TooManyTargetsException
from .health import UNCHECKED, USER_AGENT, Health, HealthCheck
from .pages import page
from .refusals import BODY_LIMIT, is_websocket

CHECK: Final = "health check"
NOT_FOUND: Final = "ResourceNotFoundException"
"""How the refusal of an invocation begins whose function is not there."""


@define(eq=False)
class GroupMachine(DoorMachine):
    function: Arn | None  # the target
    multi_value_headers: bool
    health_check: HealthCheck | None
    health: Health | None = field(default=None, init=False)  # of the target, if it is checked
    _checking: Visit | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._watch(0.0)

    # ------------------------------------------------------------ calls
    def register(self, now: float, function: Arn) -> None:
        if self.function is not None and self.function != function:
            raise TooManyTargetsException(
                f"{self.arn} has the target {self.function.name}, and may have one: deregister it first"
            )
        if self.function is None:
            self.function = function
            self._watch(now)

    def deregister(self, now: float, function: Arn) -> None:
        """Requests under way fail; nothing happens if it is not the target."""
        if self.function != function:
            return
        self.function = self.health = self._checking = None
        under_way = list(self.waits.values())
        self.waits.clear()
        for visit in under_way:
            if visit.stage != CHECK:
                self.respond(visit, page(502), "deregistered")

    def described(self, now: float) -> list[TargetHealthDescription]:
        if self.function is None:
            return []
        health = TargetHealth(*UNCHECKED) if self.health is None else self.health.view()
        return [TargetHealthDescription(TargetDescription(self.function), health)]

    # ------------------------------------------------------------ requests
    def visit_id(self, now: float, effect: Fetch) -> str:
        """The listener's, which the request carries."""
        return tracing.id_of(effect.request) or self.new_id()

    def visited(self, now: float, visit: Visit) -> None:
        refused = self._sent(visit)
        if refused is not None:
            status, why = refused
            self.respond(visit, page(status), why)

    def _sent(self, visit: Visit) -> tuple[int, str] | None:
        """Status and reason of what the function is not asked."""
        request = visit.request
        if self.function is None:
            return 503, "no target is registered"
        if is_websocket(request):
            return 400, "LambdaWebsocketNotSupported"
        if len(request.body) > BODY_LIMIT:
            return 413, "LambdaRequestTooLarge: body over 1 MB"
        event = events.to_event(self.arn, request, multi_value=self.multi_value_headers)
        if event is None:
            return 400, "LambdaBadRequest: a text is no UTF-8"
        if not self.invoke(visit, self.function, event):
            return 413, "LambdaRequestTooLarge: event over 6 MB"
        return None

    def answered(self, now: float, visit: Visit, outcome: Outcome) -> None:
        response, why = self._read(outcome)
        self._done(now, visit, response, why)

    def refused(self, now: float, visit: Visit, reason: str) -> None:
        kind = "LambdaResourceNotFound" if reason.startswith(NOT_FOUND) else "LambdaAccessDenied"
        self._done(now, visit, page(502), f"{kind}: {reason}")

    def _read(self, outcome: Outcome) -> tuple[Response, str]:
        match outcome:
            case Succeeded():
                return self._translated(outcome.payload)
            case HandlerFailed() | TimedOut():
                why = f"LambdaUnhandled: {outcome.error_type}"
            case Throttled():
                why = f"LambdaThrottling: {outcome.reason}"
            case Stopped():
                why = f"LambdaUnhandledException: {outcome.reason}"
            case _:
                assert_never(outcome)
        return page(502), why

    def _translated(self, payload: bytes) -> tuple[Response, str]:
        if len(payload) > responses.ANSWER_LIMIT:
            return page(502), "LambdaResponseTooLarge: answer over 1 MB"
        try:
            return responses.response(payload, multi_value=self.multi_value_headers), ""
        except Malformed as reason:
            return page(502), f"LambdaInvalidResponse: {reason}"

    def _done(self, now: float, visit: Visit, response: Response, why: str) -> None:
        if visit.stage != CHECK:
            self.respond(visit, response, why)
        elif visit is self._checking:
            self._checked(now, visit, response, why)

    # ------------------------------------------------------------ health
    def wake(self, now: float) -> None:
        super().wake(now)
        health = self.health
        if health is None:
            return
        if health.late_at <= now:
            health.timed_out()
        if health.due_at <= now:
            self._ask(now, health)

    def next_deadline(self) -> float:
        deadline = super().next_deadline()
        return deadline if self.health is None else min(deadline, self.health.next_deadline())

    def outstanding(self) -> int:
        """Checks go on for ever: nobody waits for them."""
        return sum(visit.stage != CHECK for visit in self.waits.values())

    def _watch(self, now: float) -> None:
        if self.function is not None and self.health_check is not None:
            self.health = Health(self.health_check, due_at=now)

    def _ask(self, now: float, health: Health) -> None:
        assert self.function is not None
        request = Request("GET", health.check.path, [("user-agent", USER_AGENT)])
        self._checking = visit = Visit(self.arn, 0, request, self.new_id(), None, CHECK)
        self.notes.append(("requested", self.arn, visit.id, f"{CHECK}: GET {request.target}", None))
        health.began(now)
        event: Any = events.to_event(self.arn, request, multi_value=self.multi_value_headers)
        self.invoke(visit, self.function, event)

    def _checked(self, now: float, visit: Visit, response: Response, why: str) -> None:
        assert self.health is not None
        self._checking = None
        self.health.answered(now, None if why else response.status)
        detail = f"{response.status}: {why or CHECK}; {self.health.state}"
        self.notes.append(("responded", self.arn, visit.id, detail, None))
