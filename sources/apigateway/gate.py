"""What REST and HTTP APIs have in common: a request finds its way, is let in or not, and reaches its function.

Laws: an authorizer is asked before the function, and only where nothing that it answered is kept. What it answered is
kept for its time under what identified the caller, and looked at anew for each method. The function that an API no
longer waits for runs on.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, ClassVar, Final

from attrs import define, field

from eventbus.core.http import Response
from eventbus.core.outcomes import HandlerFailed, Outcome, Succeeded
from eventbus.names import Arn
from sources._http import fields
from sources._http.answers import Malformed, parsed
from sources._http.door import DoorMachine, Visit

from .authorizers import Authorizer, Decision, decision, identity
from .naming import domain_of
from .routes import Template, split

AUTHORIZER, FUNCTION, ACCEPTED = "authorizer", "function", "accepted"
UNAUTHORIZED = "Unauthorized"
BODY_LIMIT: Final = 10_485_760
"""Bytes of a request: 10 MB (apigateway:limits)."""
HEADERS_LIMIT: Final = 10_240
"""Bytes of all header values, with the request line of an HTTP API (apigateway:limits)."""


@define(eq=False)
class Way:
    """One method or route: which requests take it, and where it leads. `method` may be ANY."""

    key: str
    method: str
    template: Template
    function: Arn
    authorizer: Authorizer | None
    timeout: float
    settings: Any  # its declaration
    resource_id: str = ""


@define(eq=False)
class Found:
    """What is known of a request under way."""

    way: Way
    path: str  # without the stage, as it was sent
    parameters: dict[str, str]
    stage: str
    arn: str  # of the method that is called
    asked_at: float = 0.0  # when the authorizer was invoked
    latency: int = 0  # milliseconds that it took
    kept_under: tuple[object, ...] | None = None
    decision: Decision | None = None


@define(eq=False)
class Gate(DoorMachine):
    api_id: str
    stages: dict[str, Mapping[str, str]]  # with their variables
    authorizer_limit: ClassVar[float] = 29.0  # seconds that it waits for one, as for an integration (our choice)
    default_ttl: ClassVar[int] = 0  # seconds that an answer of one is kept, where nothing is said
    ways: list[Way] = field(factory=list, init=False)  # the most specific first
    kept: dict[tuple[object, ...], tuple[float, Decision]] = field(factory=dict, init=False)

    @property
    def host(self) -> str:
        return domain_of(self.api_id)

    # ------------------------------------------------------------ what an API says
    def integrate(self, now: float, visit: Visit) -> None:
        """It is let in: on to the function."""
        raise NotImplementedError

    def integrated(self, now: float, visit: Visit, outcome: Outcome) -> None:
        """The function has ended."""
        raise NotImplementedError

    def question(self, now: float, visit: Visit, values: list[str] | None) -> Mapping[str, Any]:
        """The authorizer's event."""
        raise NotImplementedError

    def context(self, now: float, visit: Visit) -> Mapping[str, Any]:
        """What identity sources call `context`."""
        raise NotImplementedError

    def unauthorized(self, visit: Visit, why: str) -> None:
        raise NotImplementedError

    def forbidden(self, visit: Visit, *, expressly: bool) -> None:
        raise NotImplementedError

    def authorizer_failed(self, visit: Visit, why: str) -> None:
        raise NotImplementedError

    def refused_function(self, visit: Visit, reason: str) -> None:
        raise NotImplementedError

    def integration_too_late(self, visit: Visit) -> None:
        raise NotImplementedError

    def too_long(self, visit: Visit) -> None:
        """Its event has more than a function takes."""
        raise NotImplementedError

    # ------------------------------------------------------------ ways
    def variables(self, visit: Visit) -> dict[str, str]:
        """Of its stage."""
        found: Found = visit.held
        return dict(self.stages[found.stage])

    def add(self, way: Way) -> None:
        self.ways.append(way)
        self.ways.sort(key=_specific)

    def matching(self, path: str) -> Iterator[tuple[Way, dict[str, str]]]:
        """All that this path may mean, the most specific first."""
        parts = split(path)
        for way in self.ways:
            values = way.template.match(parts)
            if values is not None:
                yield way, values

    # ------------------------------------------------------------ authorizers
    def authorize(self, now: float, visit: Visit) -> None:
        found: Found = visit.held
        authorizer = found.way.authorizer
        if authorizer is None:
            self.integrate(now, visit)
            return
        values = self._identity(now, visit, authorizer)
        if values is None or (authorizer.type == "TOKEN" and not authorizer.valid(values[0])):
            self.unauthorized(visit, "an identity source is missing" if values is None else "the token is not valid")
            return
        ttl = self._ttl(authorizer)
        if ttl and values:
            found.kept_under = (found.stage, authorizer, *values)
            kept = self.kept.get(found.kept_under)
            if kept is not None and kept[0] > now:
                self.decide(now, visit, kept[1])
                return
        visit.stage = AUTHORIZER
        found.asked_at = now
        question = self.question(now, visit, values)
        if not self.invoke(visit, authorizer.function.arn, question, now + self.authorizer_limit):
            self.too_long(visit)

    def decide(self, now: float, visit: Visit, decided: Decision) -> None:
        found: Found = visit.held
        found.decision = decided
        allowed, expressly = decided.allows(found.arn)
        if allowed:
            self.integrate(now, visit)
        else:
            self.forbidden(visit, expressly=expressly)

    def answered(self, now: float, visit: Visit, outcome: Outcome) -> None:
        if visit.stage == FUNCTION:
            self.integrated(now, visit, outcome)
            return
        found: Found = visit.held
        authorizer = found.way.authorizer
        assert authorizer is not None
        found.latency = round((now - found.asked_at) * 1_000)
        if isinstance(outcome, HandlerFailed) and outcome.message == UNAUTHORIZED:
            self.unauthorized(visit, "the authorizer raised Unauthorized")
        elif not isinstance(outcome, Succeeded):
            self.authorizer_failed(visit, f"authorizer: {type(outcome).__name__}")
        else:
            self._take(now, visit, authorizer, outcome.payload)

    def _take(self, now: float, visit: Visit, authorizer: Authorizer, payload: bytes) -> None:
        found: Found = visit.held
        try:
            answer = parsed(payload)
            if self.says_unauthorized(answer):
                self.unauthorized(visit, "the authorizer answered Unauthorized")
                return
            decided = self.read_decision(authorizer, answer)
        except Malformed as reason:
            self.authorizer_failed(visit, f"authorizer: {reason}")
            return
        if found.kept_under is not None:
            self._keep(now, found.kept_under, self._ttl(authorizer), decided)
        self.decide(now, visit, decided)

    def _keep(self, now: float, under: tuple[object, ...], ttl: int, decided: Decision) -> None:
        """Each that is kept makes room for two: what is over does not pile up."""
        for oldest in list(islice(self.kept, 2)):
            if self.kept[oldest][0] <= now:
                del self.kept[oldest]
        self.kept.pop(under, None)
        self.kept[under] = (now + ttl, decided)

    def read_decision(self, authorizer: Authorizer, answer: object) -> Decision:
        return decision(answer, simple=False, nested=False)

    def says_unauthorized(self, answer: object) -> bool:
        """Where that counts as raising it."""
        return False

    def refused(self, now: float, visit: Visit, reason: str) -> None:
        if visit.stage == AUTHORIZER:
            self.authorizer_failed(visit, reason)
        else:
            self.refused_function(visit, reason)

    def too_late(self, now: float, visit: Visit) -> None:
        if visit.stage == AUTHORIZER:
            self.authorizer_failed(visit, f"the authorizer took longer than {self.authorizer_limit:g} s")
        else:
            self.integration_too_late(visit)

    def _identity(self, now: float, visit: Visit, authorizer: Authorizer) -> list[str] | None:
        request = visit.request
        headers = fields.last(fields.cleaned(fields.lowered(request.headers)))
        query = fields.last(fields.query_decoded(request.query))
        return identity(
            authorizer.identity_source, headers, query, lambda: self.context(now, visit), self.variables(visit)
        )

    def _ttl(self, authorizer: Authorizer) -> int:
        given = authorizer.authorizer_result_ttl_in_seconds
        return self.default_ttl if given is None else given


def _specific(way: Way) -> tuple[object, ...]:
    return way.template.rank, way.method == "ANY"


def message(status: int, text: str | None, key: str = "message", error: str = "") -> Response:
    """An answer of the API itself; REST APIs name the error in a header."""
    shown = "null" if text is None else f'"{text}"'
    lines = [("Content-Type", "application/json")]
    if error:
        lines.append(("x-amzn-ErrorType", error))
    return Response(status, lines, f'{{"{key}":{shown}}}'.encode())
