"""Whatever is asked and whatever is answered, at each point: one response, of a documented status, and nothing raised."""

import copy
from json import dumps, loads
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from eventbus.core.effects import Fetch, Invoke
from eventbus.core.http import Request, Response
from eventbus.core.outcomes import HandlerFailed, Outcome, Succeeded, Throttled, TimedOut
from tests.contracts.cloudfront_table import POINTS, Point
from tests.sources.cloudfront.helpers import CALLER, Edge, everything
from tests.sources.http_strategies import JSON, NAMES, VALUES, requests

QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
THOROUGH = settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))

LINES = st.lists(st.fixed_dictionaries({"value": VALUES}, optional={"key": NAMES}), max_size=2)
HEADERS = st.one_of(st.dictionaries(st.one_of(NAMES, NAMES.map(str.lower)), st.one_of(LINES, JSON), max_size=4), JSON)
TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(["AAH+/w==", "%%%", "\ud800", "/b", "a=1", "x" * 9_000]), JSON)
MEMBERS: dict[str, st.SearchStrategy[Any]] = {
    "status": st.one_of(st.sampled_from(["200", "204", "404", "503", "999", 200]), JSON),
    "statusDescription": TEXTS,
    "headers": HEADERS,
    "body": st.one_of(
        TEXTS,
        st.fixed_dictionaries(
            {},
            optional={
                "action": st.sampled_from(["replace", "read-only", "x", None]),
                "encoding": st.sampled_from(["text", "base64", "x", None]),
                "data": TEXTS,
            },
        ),
    ),
    "bodyEncoding": st.one_of(st.sampled_from(["text", "base64"]), JSON),
    "uri": st.one_of(st.text(max_size=20).map(lambda text: f"/{text}"), TEXTS),
    "querystring": TEXTS,
    "method": st.one_of(st.sampled_from(["GET", "POST"]), JSON),
    "clientIp": TEXTS,
    "origin": st.one_of(
        st.fixed_dictionaries({"custom": st.dictionaries(st.sampled_from(["domainName", "path", "port"]), JSON)}), JSON
    ),
}
CHANGES = st.fixed_dictionaries({}, optional=MEMBERS)
"""Members of a request or a response, near to what is taken, and far from it."""
DELETED = st.sets(st.sampled_from(sorted(MEMBERS)), max_size=2)
HEADERS_CHANGED = st.dictionaries(NAMES.map(str.lower), st.one_of(LINES, JSON), max_size=2)
ANSWERED = st.builds(
    Response,
    st.integers(100, 599),
    st.lists(
        st.tuples(st.one_of(NAMES, st.sampled_from(["Cache-Control", "Expires", "Age", "Via"])), VALUES), max_size=5
    ),
    st.binary(max_size=40),
)
KEPT = {"headers": ["X-Shop", "Accept"], "query_strings": "all", "cookies": "all", "include_body": True}


@st.composite
def answers(draw: st.DrawFn) -> Any:
    """What a function makes of its event: itself, changed here and there, or anything."""
    return draw(CHANGES), draw(DELETED), draw(HEADERS_CHANGED), draw(st.booleans()), draw(JSON)


def answer_of(event: Any, drawn: Any) -> Any:
    changes, deleted, headers, anything, other = drawn
    if anything:
        return other
    found = {**everything(event), **changes}
    if isinstance(found.get("headers"), dict):
        found["headers"] = {**found["headers"], **headers}
    return {name: value for name, value in found.items() if name not in deleted}


def check_answers(request: Request, drawn: dict[Point, Any], answered: Response) -> None:
    given: list[Any] = []

    def answering(point: Point) -> Any:
        def function(event: Any) -> bytes:
            given.append(answer_of(event, drawn[point]))
            return dumps(given[-1]).encode()

        return function

    edge = Edge({point: answering(point) for point in drawn}, settings=KEPT, says=lambda request: answered)
    edge.machine.fetch(edge.now, Fetch(edge.declared.arn, CALLER, 1, request))
    edge.drain()

    [response] = edge.responses
    statuses = {str(each["status"]) for each in given if isinstance(each, dict) and "status" in each}
    assert response.status in {403, 413, 502, answered.status} or str(response.status) in statuses
    assert 200 <= response.status <= 599
    check_response(response)
    assert edge.machine.outstanding() == 0


def check_response(response: Response) -> None:
    """A server can send it."""
    for name, value in response.headers:
        assert name.isascii()
        assert not any(letter in name + value for letter in "\r\n\0")
        value.encode("utf-8", "surrogateescape")
    assert isinstance(response.body, bytes)


@pytest.mark.parametrize("point", POINTS)
@given(request=requests(), drawn=answers(), answered=ANSWERED)
@QUICK
def test_any_answer_has_a_documented_status(point: Point, request: Request, drawn: Any, answered: Response) -> None:
    """At each point alone."""
    check_answers(request, {point: drawn}, answered)


@given(request=requests(), drawn=st.fixed_dictionaries({point: answers() for point in POINTS}), answered=ANSWERED)
@QUICK
def test_any_answers_have_a_documented_status(request: Request, drawn: Any, answered: Response) -> None:
    """At all points of one request."""
    check_answers(request, drawn, answered)


@pytest.mark.long
@pytest.mark.parametrize("point", POINTS)
@given(request=requests(), drawn=answers(), answered=ANSWERED)
@THOROUGH
def test_any_answer_has_a_documented_status_thoroughly(
    point: Point, request: Request, drawn: Any, answered: Response
) -> None:
    """At each point alone."""
    check_answers(request, {point: drawn}, answered)


@pytest.mark.long
@given(request=requests(), drawn=st.fixed_dictionaries({point: answers() for point in POINTS}), answered=ANSWERED)
@THOROUGH
def test_any_answers_have_a_documented_status_thoroughly(request: Request, drawn: Any, answered: Response) -> None:
    """At all points of one request."""
    check_answers(request, drawn, answered)


ENDS: list[Outcome | None] = [
    None,
    HandlerFailed("ValueError", "boom", "r1", ()),
    TimedOut("Sandbox.Timedout", "late"),
    Throttled("ConcurrentInvocationLimitExceeded"),
    Succeeded(b"{}"),
]
STATUSES = [200, 301, 404, 503]


class AnyOrder(RuleBasedStateMachine):
    """Requests and answers in any order and at any time, early, late, twice or never; at times a copy goes on.

    What is kept is what an origin said within its time: bodies are counted, so a hit names the answer that it repeats.
    """

    def __init__(self) -> None:
        super().__init__()
        self.edge = Edge(dict.fromkeys(POINTS, lambda event: None), says=lambda request: None)
        self.edge.now = 0.0
        self.sent = 0
        self.told: list[tuple[float, int, bytes]] = []  # when, status, body
        self.checked = 0

    @rule(target_of=st.sampled_from(["/a", "/b"]), method=st.sampled_from(["GET", "HEAD", "POST"]))
    def request(self, target_of: str, method: str) -> None:
        self.sent += 1
        self.edge.send(method, target_of)

    @rule(which=st.integers(0, 7), end=st.sampled_from([*ENDS, *[None] * 8]), twice=st.booleans())
    def invocation_ends(self, which: int, end: Outcome | None, twice: bool) -> None:
        if self.edge.invokes:
            invoke = self.edge.invokes[-1 - which % len(self.edge.invokes)]
            for _ in range(1 + twice):
                self.edge.answer(invoke, self._passed(invoke) if end is None else end)

    @rule(which=st.integers(0, 3))
    def invocation_is_denied(self, which: int) -> None:
        if self.edge.invokes:
            invoke = self.edge.invokes[-1 - which % len(self.edge.invokes)]
            self.edge.machine.denied(self.edge.now, invoke.token, "no")
            self.edge.drain()

    @rule(which=st.integers(0, 3), status=st.sampled_from(STATUSES), twice=st.booleans())
    def origin_answers(self, which: int, status: int, twice: bool) -> None:
        if self.edge.asked:
            fetch = self.edge.asked[-1 - which % len(self.edge.asked)]
            body = str(len(self.told)).encode()
            self.told.append((self.edge.now, status, body))
            for _ in range(1 + twice):
                answer = Response(status, [("Cache-Control", "max-age=60")], body)
                self.edge.machine.fetched(self.edge.now, fetch.token, answer)
                self.edge.drain()

    @rule(seconds=st.sampled_from([0.0, 1.0, 10.0, 29.9, 30.0, 60.0]))
    def time_passes(self, seconds: float) -> None:
        self.edge.advance(self.edge.now + seconds)

    @rule()
    def copy_goes_on(self) -> None:
        machine = copy.deepcopy(self.edge.machine)
        self.edge.machine = machine

    @invariant()
    def every_request_is_answered_once(self) -> None:
        assert len(self.edge.responses) + self.edge.machine.outstanding() == self.sent

    @invariant()
    def every_deadline_is_to_come(self) -> None:
        assert self.edge.machine.next_deadline() > self.edge.now

    @invariant()
    def every_hit_repeats_the_origin(self) -> None:
        for response in self.edge.responses[self.checked :]:
            assert response.status in {*STATUSES, 502, 504}
            if response.body.isdigit():
                at, status, _ = self.told[int(response.body)]
                assert response.status == status
                assert at <= self.edge.now
        self.checked = len(self.edge.responses)

    def _passed(self, invoke: Invoke) -> Any:
        assert invoke.payload is not None
        return everything(loads(invoke.payload))


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
