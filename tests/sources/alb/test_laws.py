"""What holds for any request, any answer and any order of inputs."""

from copy import deepcopy
from json import dumps
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eventbus.core.outcomes import HandlerFailed, Stopped, Succeeded, Throttled, TimedOut
from sources import alb
from tests.sources.alb.helpers import balancer
from tests.sources.doors import WORK
from tests.sources.http_strategies import ANSWERS

OWN = {400, 405, 413, 463, 501, 502, 503}
"""Statuses of the balancer itself (systems 2.1, elb:load-balancer-troubleshooting)."""

OUTCOMES = st.sampled_from(
    [
        HandlerFailed("ValueError", "boom", "id", ()),
        TimedOut("Sandbox.Timedout", "timed out"),
        Throttled("ConcurrentInvocationLimitExceeded"),
        Stopped(),
    ]
)
ENDS = OUTCOMES | st.binary(max_size=20).map(Succeeded) | ANSWERS.map(lambda value: Succeeded(dumps(value).encode()))

BYTES = st.binary(max_size=12).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
VALUES = BYTES | st.sampled_from(
    ["chunked", "gzip", "websocket", "Upgrade", "text/plain", "1.1.1.1," * 31, "Root=1-1-1", "x" * 9_000, "x" * 17_000]
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "Host",
                "Connection",
                "Upgrade",
                "Content-Type",
                "content-encoding",
                "X-Forwarded-For",
                "x-amzn-trace-id",
                "Transfer-Encoding",
                "X",
            ]
        ),
        VALUES,
    ),
    max_size=6,
)
REQUESTS = st.tuples(
    st.sampled_from(["GET", "HEAD", "POST", "TRACE", "get", "X-Y"]),
    BYTES.map(lambda text: f"/{text}") | st.sampled_from(["/", "/?a=1&a=2&=&&b", "/" + "x" * 17_000]),
    HEADERS,
    st.binary(max_size=20) | st.sampled_from([b"x" * 1_048_577, b"\0" * 1_048_576]),
    st.sampled_from(["203.0.113.9", "::1", "", "client"]),
)


def answers_one_way_or_another(request: Any, end: Any, multi: bool) -> None:
    door = balancer(multi_value_headers=multi, rules=[{"priority": 1, "path_pattern": "/b*", "host_header": "*.com"}])
    door.send(*request)
    if door.invokes:
        door.answer(end)

    [response] = door.responses
    function_s_own = bool(door.invokes) and 200 <= response.status <= 599
    assert response.status in OWN or function_s_own or response.body == b"1"
    assert all(machine.outstanding() == 0 for machine in door.machines.values())
    for name, value in response.headers:
        assert name
        assert not any(letter in value for letter in "\r\n\0")


@settings(deadline=None)
@given(REQUESTS, ENDS, st.booleans())
def test_any_answer_to_any_request_has_a_documented_status(request: Any, end: Any, multi: bool) -> None:
    """And nothing raises."""
    answers_one_way_or_another(request, end, multi)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(REQUESTS, ENDS, st.booleans())
def test_any_answer_to_any_request_has_a_documented_status_for_long(request: Any, end: Any, multi: bool) -> None:
    """More of them."""
    answers_one_way_or_another(request, end, multi)


class AnyOrder(RuleBasedStateMachine):
    """Requests, answers, checks and registrations in any order, with a copy that goes on in between."""

    def __init__(self) -> None:
        super().__init__()
        self.door = balancer(health_check=alb.HealthCheck(interval_seconds=5, timeout_seconds=2))
        self.door.now = 0.0
        self.sent = 0

    def _sends(self) -> None:
        self.sent += 1
        self.door.send()

    @rule()
    def request(self) -> None:
        self._sends()

    @rule(end=ENDS, which=st.integers(0, 5), twice=st.booleans())
    def invocation_ends(self, end: Any, which: int, twice: bool) -> None:
        invokes = self.door.invokes
        if invokes:
            invoke = invokes[which % len(invokes)]
            for _ in range(1 + twice):
                self.door.group.finished(self.door.now, invoke.token, end)
                self.door.drain()

    @rule(which=st.integers(0, 5))
    def invocation_is_denied(self, which: int) -> None:
        if self.door.invokes:
            self.door.group.denied(self.door.now, self.door.invokes[which % len(self.door.invokes)].token, "no")
            self.door.drain()

    @rule(seconds=st.sampled_from([0.0, 1.0, 2.0, 5.0, 12.5, 1_000.0]))
    def time_passes(self, seconds: float) -> None:
        self.door.advance(self.door.now + seconds)

    @precondition(lambda self: self.door.group.function is not None)
    @rule()
    def deregistered(self) -> None:
        self.door.group.deregister(self.door.now, WORK.arn)
        self.door.drain()

    @rule()
    def registered(self) -> None:
        self.door.group.register(self.door.now, WORK.arn)

    @rule()
    def goes_on_as_a_copy(self) -> None:
        self.door = deepcopy(self.door)

    @invariant()
    def each_request_is_answered_once(self) -> None:
        under_way = self.door.group.outstanding()
        assert len(self.door.responses) + under_way == self.sent
        assert self.door.machines[self.door.listener.arn].outstanding() == under_way

    @invariant()
    def health_is_known(self) -> None:
        described = self.door.group.described(self.door.now)
        assert bool(described) == (self.door.group.function is not None)
        for each in described:
            assert each.target_health.state in ("initial", "healthy", "unhealthy")
            assert (each.target_health.reason is None) == (each.target_health.state == "healthy")

    @invariant()
    def deadline_is_ahead(self) -> None:
        if self.door.group.function is None:
            assert self.door.group.next_deadline() == float("inf")
        else:
            assert self.door.group.next_deadline() <= self.door.now + 910.0


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=40, deadline=None, stateful_step_count=30)
