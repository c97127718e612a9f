"""A listener: looks at a request, finds its rule, and hands it on to a target group or answers by itself."""

from typing import ClassVar, assert_never

from attrs import define, evolve, field, frozen

from eventbus.core.effects import Fetch
from eventbus.core.http import Request, Response
from sources._http.answers import bodiless
from sources._http.door import DoorMachine, Visit
from sources._http.forwarding import addressed, trace_root

from .actions import FixedResponse, Redirect
from .conditions import Predicate, host_of
from .pages import page
from .refusals import BODY_LIMIT, refusal
from .target_group import TargetGroup
from .tracing import traced

Action = TargetGroup | FixedResponse | Redirect


@frozen(eq=False)
class Rule:
    """Takes the requests for which all `conditions` hold."""

    name: str
    priority: int
    conditions: tuple[Predicate, ...]
    action: Action

    def takes(self, request: Request) -> bool:
        return all(holds(request) for holds in self.conditions)


@define(eq=False)
class ListenerMachine(DoorMachine):
    host: str
    scheme: str
    port: int
    default: Rule
    rules: list[Rule] = field(factory=list, init=False)  # by priority
    body_limit: ClassVar[int] = BODY_LIMIT

    def add(self, rule: Rule) -> None:
        self.rules.append(rule)
        self.rules.sort(key=_priority)

    def visit_id(self, now: float, effect: Fetch) -> str:
        """What X-Amzn-Trace-Id tells the function."""
        return trace_root(self.birth.epoch + now, self.new_id()).removeprefix("Root=")

    def visited(self, now: float, visit: Visit) -> None:
        request = visit.request
        refused = refusal(request)
        if refused is not None:
            status, why = refused
            self._answer(visit, page(status), why)
            return
        rule = next((rule for rule in self.rules if rule.takes(request)), self.default)
        match rule.action:
            case TargetGroup():
                self._forward(visit, rule, rule.action)
            case FixedResponse():
                self._answer(visit, rule.action.response(), f"fixed response of {rule.name}")
            case Redirect():
                response = rule.action.response(request, self.scheme, host_of(request) or self.host, self.port)
                self._answer(visit, response, f"redirect of {rule.name}")
            case _:
                assert_never(rule.action)

    def fetched(self, now: float, token: int, response: Response) -> None:
        """The target group has answered."""
        visit = self.waits.pop(token, None)
        if visit is not None:
            self._answer(visit, response)

    def _forward(self, visit: Visit, rule: Rule, group: TargetGroup) -> None:
        request = evolve(visit.request, scheme=self.scheme)
        request.headers = addressed(traced(request.headers, visit.id), request, self.port)
        self.notes.append(("routed", self.arn, visit.id, f"to {group.name} by {rule.name}", visit.cause))
        self.effects.append(Fetch(group.arn, self.arn, self.wait(visit), request, visit.cause))

    def _answer(self, visit: Visit, response: Response, why: str = "") -> None:
        if bodiless(visit.request.method, response.status):
            response.body = b""
        self.respond(visit, response, why)


def _priority(rule: Rule) -> int:
    return rule.priority
