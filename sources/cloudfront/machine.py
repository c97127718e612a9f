"""A distribution at work: each request passes its points, the cache and the origin in one order.

viewer-request, look-up, and after a miss origin-request, the origin, origin-response and the cache, then
viewer-response (cf:lambda-cloudfront-trigger-events). Laws: a hit skips both origin points. viewer-response is skipped
where the origin said 400 or more, and for a response made at viewer-request, which is not kept either. What fails at a
point ends there: 502 for an answer that is none, 503 for a function without one; neither is kept. Requests for one
object at the same time each go to the origin.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final, assert_never

from attrs import define, evolve, field, frozen

from eventbus.core.effects import Fetch
from eventbus.core.http import LOOPBACK, Request, Response
from eventbus.core.outcomes import Outcome, Succeeded, Throttled
from eventbus.names import Arn
from sources._http import fields
from sources._http.answers import HOP_BY_HOP
from sources._http.door import DoorMachine, Visit

from . import answers, events, limits, origins, pages
from .cache import Cache, Key, Stored, lifetime
from .forwarding import Forwarded, via_of
from .invalid import Invalid
from .origins import Origin
from .points import ORIGIN_REQUEST, ORIGIN_RESPONSE, VIEWER_REQUEST, VIEWER_RESPONSE, Point

CACHED_METHODS: Final = frozenset({"GET", "HEAD"})

HIT: Final = "Hit from cloudfront"
MISS: Final = "Miss from cloudfront"
ERROR: Final = "Error from cloudfront"
GENERATED: Final = "LambdaGeneratedResponse from cloudfront"
INVALID: Final = "LambdaValidationError from cloudfront"
FAILED: Final = "LambdaExecutionError from cloudfront"
THROTTLED: Final = "LambdaLimitExceeded from cloudfront"

_OWN: Final = ("via", "x-cache", "x-amz-cf-id")


@frozen(eq=False)
class Behavior:
    """What happens to requests whose path fits."""

    fits: Callable[[str], bool]
    functions: Mapping[Point, Arn]
    include_body: bool
    origin: Origin
    forwarded: Forwarded
    default_ttl: float


@define(eq=False)
class Passage:
    """What has become of one request: `viewed` is what viewer points see of it, `asked` what origin points do."""

    behavior: Behavior
    viewed: Request
    point: Point = VIEWER_REQUEST
    asked: Request | None = None
    origin: events.EdgeOrigin | None = None
    key: Key | None = None
    response: Response | None = None
    origin_status: int = 200
    x_cache: str = MISS
    age: int | None = None  # seconds, of what was kept


@define(eq=False)
class DistributionMachine(DoorMachine):
    host: str
    distribution_id: str
    edge: str  # the host that its Via names
    behaviors: Sequence[Behavior]  # the last one fits every path
    addresses: Mapping[str, Arn]  # of origins, by domain name
    cache: Cache = field(factory=Cache, init=False)
    scheme: ClassVar[str] = "https"
    body_limit: ClassVar[int] = limits.BODY_LIMIT

    # ------------------------------------------------------------ inputs
    def visited(self, now: float, visit: Visit) -> None:
        request = visit.request
        refused = limits.refusal(request, self.body_limit)
        if refused is not None:
            self._end(visit, *refused, ERROR)
            return
        behavior = next(each for each in self.behaviors if each.fits(request.path))
        visit.held = Passage(behavior, evolve(request, headers=events.exposed(request.headers)))
        self._come_to(now, visit, VIEWER_REQUEST)

    def answered(self, now: float, visit: Visit, outcome: Outcome) -> None:
        match outcome:
            case Succeeded():
                try:
                    self._take(now, visit, answers.parsed(outcome.payload))
                except Invalid as reason:
                    self._end(visit, 502, reason.text, f"{visit.held.point}: {reason}", INVALID)
            case Throttled():
                self._end(visit, 503, pages.THROTTLED, f"{visit.held.point}: {outcome.reason}", THROTTLED)
            case _:
                self._end(visit, 503, pages.FAILED, f"{visit.held.point}: {type(outcome).__name__}", FAILED)

    def refused(self, now: float, visit: Visit, reason: str) -> None:
        self._end(visit, 503, pages.FAILED, f"{visit.held.point}: {reason}", FAILED)

    def fetched(self, now: float, token: int, response: Response) -> None:
        visit = self.waits.pop(token, None)
        if visit is None:  # too late
            return
        if response.status < 200:
            self._end(visit, 502, pages.ORIGIN_INVALID, f"the origin answered {response.status}", ERROR)
            return
        passage: Passage = visit.held
        self._told(visit, str(response.status))
        kept = [line for line in response.headers if line[0].lower() not in HOP_BY_HOP]
        passage.response = Response(response.status, kept, response.body, response.reason, response.stream)
        passage.origin_status = response.status
        self._come_to(now, visit, ORIGIN_RESPONSE)

    def too_late(self, now: float, visit: Visit) -> None:
        """The origin: what it would have answered counts as an error of its own."""
        passage: Passage = visit.held
        self._told(visit, "nothing in time")
        passage.response, passage.origin_status = pages.page(504, pages.ORIGIN_LATE, visit.id), 504
        self._keep(now, visit)

    # ------------------------------------------------------------ on the way
    def _come_to(self, now: float, visit: Visit, point: Point) -> None:
        """Its function is asked; without one it goes on."""
        passage: Passage = visit.held
        passage.point = point
        function = passage.behavior.functions.get(point)
        if function is None:
            self._leave(now, visit)
        elif not self.invoke(visit, function, self._event(visit, point)):
            self._end(visit, 502, pages.ORIGIN_INVALID, f"{point}: event over 6 MB", ERROR)

    def _leave(self, now: float, visit: Visit) -> None:
        """What comes after the point where it is."""
        passage: Passage = visit.held
        match passage.point:
            case "viewer-request":
                self._look_up(now, visit)
            case "origin-request":
                self._ask_origin(now, visit)
            case "origin-response":
                self._keep(now, visit)
            case "viewer-response":
                self._send(visit)
            case _:
                assert_never(passage.point)

    def _take(self, now: float, visit: Visit, answer: Mapping[str, Any]) -> None:
        """What the function of this point answered. Raises `Invalid`."""
        passage: Passage = visit.held
        point, include_body = passage.point, passage.behavior.include_body
        match point:
            case "viewer-request" | "origin-request" if answers.is_response(answer):
                passage.response, passage.x_cache = answers.generated(point, answer), GENERATED
                if point == VIEWER_REQUEST:
                    self._send(visit)
                else:
                    self._keep(now, visit)
                return
            case "viewer-request":
                passage.viewed = answers.changed_request(point, answer, passage.viewed, include_body)
            case "origin-request":
                assert passage.asked is not None
                asked = answers.changed_request(point, answer, passage.asked, include_body)
                passage.origin = origins.chosen(answer.get("origin", passage.origin), asked.headers)
                passage.asked = asked
            case "origin-response" | "viewer-response":
                assert passage.response is not None
                passage.response = answers.changed_response(point, answer, passage.response)
            case _:
                assert_never(point)
        self._leave(now, visit)

    def _look_up(self, now: float, visit: Visit) -> None:
        passage: Passage = visit.held
        behavior, request = passage.behavior, passage.viewed
        if request.method in CACHED_METHODS:
            rest = behavior, *behavior.forwarded.key(request)
            passage.key = (request.method, *rest)
            stored = self.cache.find(now, passage.key) or self.cache.find(now, ("GET", *rest))
            if stored is not None:
                self._hit(now, visit, stored)
                return
        passage.origin = behavior.origin.shown
        passage.asked = behavior.forwarded.to_origin(request, behavior.origin.domain, self.edge)
        self._come_to(now, visit, ORIGIN_REQUEST)

    def _hit(self, now: float, visit: Visit, stored: Stored) -> None:
        passage: Passage = visit.held
        kept = stored.response
        passage.age = int(now - stored.at)
        lines = [*fields.without(kept.headers, "age"), ("Age", str(passage.age))]
        passage.response = Response(kept.status, lines, kept.body, kept.reason)
        passage.origin_status, passage.x_cache = stored.origin_status, HIT
        self._before_viewer(now, visit)

    def _ask_origin(self, now: float, visit: Visit) -> None:
        passage: Passage = visit.held
        origin, request = passage.origin, passage.asked
        assert origin is not None
        assert request is not None
        domain = origins.domain_of(origin)
        address = self.addresses.get(domain)
        if address is None:
            self._end(visit, 502, pages.NO_ORIGIN, f"no origin of this distribution is named {domain}", ERROR)
            return
        lines = [*request.headers, *origins.custom_headers(origin), ("X-Amz-Cf-Id", visit.id)]
        target = f"{origins.path_of(origin)}{request.target}"
        token = self.wait(visit, now + origins.read_timeout(origin))
        detail = f"to {address.resource}: {request.method} {target}"
        self.notes.append(("routed", self.arn, visit.id, detail, visit.cause))
        asked = evolve(request, target=target, headers=lines, source_ip=LOOPBACK)  # who asks is the edge
        self.effects.append(Fetch(address, self.arn, token, asked, visit.cause))

    def _told(self, visit: Visit, what: str) -> None:
        """By the origin, for the trace."""
        origin = self.addresses[origins.domain_of(visit.held.origin)]
        self.notes.append(("fetched", self.arn, visit.id, f"{what} from {origin.resource}", None))

    def _keep(self, now: float, visit: Visit) -> None:
        passage: Passage = visit.held
        response = passage.response
        assert response is not None
        if passage.key is not None:
            failed = min(passage.origin_status, response.status) >= 500
            stand_in = self.cache.stand_in(now, passage.key) if failed else None
            if stand_in is not None:
                self._hit(now, visit, stand_in)
                return
            seconds = lifetime(response, passage.behavior.default_ttl, self.birth.epoch + now)
            self.cache.keep(now, passage.key, response, passage.origin_status, seconds)
        self._before_viewer(now, visit)

    def _before_viewer(self, now: float, visit: Visit) -> None:
        passage: Passage = visit.held
        if passage.origin_status >= 400:
            passage.x_cache = ERROR
            self._send(visit)
        else:
            self._come_to(now, visit, VIEWER_RESPONSE)

    def _send(self, visit: Visit) -> None:
        passage: Passage = visit.held
        response = passage.response
        assert response is not None
        why = passage.x_cache.removesuffix(" from cloudfront")
        self._respond(visit, response, passage.x_cache, why if passage.age is None else f"{why}, {passage.age} s old")

    def _end(self, visit: Visit, status: int, text: str, why: str, x_cache: str) -> None:
        """A page of CloudFront's own."""
        self._respond(visit, pages.page(status, text, visit.id), x_cache, why)

    def _respond(self, visit: Visit, response: Response, x_cache: str, why: str) -> None:
        head = visit.request.method == "HEAD"
        own = _OWN if head else (*_OWN, "content-length")  # which whoever sends it counts anew
        lines = [
            *fields.without(response.headers, *own),
            ("X-Cache", x_cache),
            ("Via", via_of(visit.request, self.edge)),
            ("X-Amz-Cf-Id", visit.id),
        ]
        body, stream = (b"", None) if head else (response.body, response.stream)
        self.respond(visit, Response(response.status, lines, body, response.reason, stream), why)

    def _event(self, visit: Visit, point: Point) -> events.EdgeEvent:
        passage: Passage = visit.held
        at_viewer = point in (VIEWER_REQUEST, VIEWER_RESPONSE)
        request = passage.viewed if at_viewer else passage.asked
        assert request is not None
        config: events.EdgeConfig = {
            "distributionDomainName": self.host,
            "distributionId": self.distribution_id,
            "eventType": point,
            "requestId": visit.id,
        }
        shown = events.request_of(request, point, None if at_viewer else passage.origin, passage.behavior.include_body)
        response = passage.response if point in (ORIGIN_RESPONSE, VIEWER_RESPONSE) else None
        return events.event(config, shown, None if response is None else events.response_of(response))
