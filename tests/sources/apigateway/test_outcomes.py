"""Requests that end otherwise than by a function's answer, and the limits of requests."""

from json import dumps, loads
from typing import Any

import pytest

from eventbus.core.outcomes import HandlerFailed, Throttled, TimedOut
from eventbus.errors import InvalidSetting
from sources import apigateway
from tests.contracts.apigateway_outcomes import (
    DEFAULT_TIMEOUT_IN_MILLIS,
    LIMITS,
    OUTCOMES,
    TIMEOUTS,
    Limit,
    Outcome,
    Timeout,
)
from tests.sources.apigateway.helpers import api_of
from tests.sources.doors import WORK, Door, lines

OK = {"statusCode": 200, "body": "ok"}
ENDS: dict[str, Any] = {
    "raises": HandlerFailed("ValueError", "boom", "id", ()),
    "exits": HandlerFailed("Runtime.ExitError", "Runtime exited", "id", None),
    "function timeout": TimedOut("Sandbox.Timedout", "Task timed out after 3.00 seconds"),
    "throttled": Throttled("ReservedFunctionConcurrentInvocationLimitExceeded"),
    "zero reserved": Throttled("ReservedFunctionConcurrentInvocationLimitExceeded", terminal=True),
}


def path_of(kind: str) -> str:
    return "/prod/pets" if kind == "rest" else "/pets"


@pytest.mark.parametrize("row", [row for row in OUTCOMES if row.happens != "no function"], ids=lambda row: row.id)
def test_outcome_becomes_the_response(row: Outcome) -> None:
    """Status, header lines, body; a function can't be deleted here."""
    settings = dict(row.settings)
    after = settings.pop("answers_after", None)
    method, target = settings.pop("method", "GET"), settings.pop("target", path_of(row.api))
    for key in settings.pop("routes", []):
        settings |= {"method": "GET", "resource": "/pets"} if row.api == "rest" else {"route_key": key}
    door = api_of(row.api, settings)
    body = b"x" * 6_300_000 if row.happens == "event too large" else b""

    door.send(door.made(method, target, [("Host", "{host}"), ("Content-Type", "text/plain")], body))
    if after is not None:
        [invoke] = door.invokes
        door.advance(10.5 + after)
        door.answer(invoke, OK)
    elif row.happens == "no permission":
        door.deny()
    elif row.happens in ENDS:
        door.answer(door.invokes[0], ENDS[row.happens])

    [response] = door.responses
    assert (response.status, lines(response)) == (row.status, row.headers)
    assert response.body == row.body or loads(response.body) == loads(row.body or b"null")
    assert door.reasons[0].startswith(str(row.status))


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row.id)
def test_limit_of_a_request(row: Limit) -> None:
    """At it, and one past."""
    door = api_of(row.api, {}, work=lambda event: OK)
    headers, body = [("Host", "{host}"), ("User-Agent", "x"), ("Content-Type", "text/plain")], b""
    if row.what == "body":
        body = b"x" * row.size
    elif row.what == "event":
        body = b"x" * (row.size - _overhead(row.api, headers))
    else:
        known = len(door.declared.host) + len("xtext/plain")
        line = "" if row.what == "header values" else f"GET {path_of(row.api)} HTTP/1.1"
        headers.append(("X-Fill", "x" * (row.size - known - len(line))))

    response = door.request("GET", path_of(row.api), headers, body)

    assert response.status == row.status
    assert row.body is None or loads(response.body) == loads(row.body)
    assert bool(door.events) == (row.status == 200)


def _overhead(kind: str, headers: list[tuple[str, str]]) -> int:
    """Bytes of an event besides its body; what it says of a body's length has seven digits."""
    door = api_of(kind, {}, work=lambda event: OK)
    body = b"x" * 6_000_000
    door.request("GET", path_of(kind), headers, body)
    [(_, event)] = door.events
    return len(dumps(event, separators=(",", ":"))) - len(body)


@pytest.mark.parametrize("row", [row for row in TIMEOUTS if row.api != "ws"], ids=str)
def test_timeout_of_an_integration(row: Timeout) -> None:
    """Refused where it is written."""

    def made() -> Any:
        settings: Any = {"timeout_in_millis": row.timeout_in_millis}
        if row.api == "rest":
            return apigateway.Method(apigateway.RestApi("a"), "GET", "/", WORK, **settings)
        return apigateway.Route(apigateway.HttpApi("a"), "$default", WORK, **settings)

    if row.allowed:
        assert made().timeout_in_millis == row.timeout_in_millis
    else:
        with pytest.raises(InvalidSetting, match="timeout_in_millis"):
            made()


def test_timeouts_by_default() -> None:
    """29 s of REST APIs, 30 s of HTTP APIs."""
    rest = apigateway.Method(apigateway.RestApi("a"), "GET", "/", WORK)
    http = apigateway.Route(apigateway.HttpApi("a"), "$default", WORK)

    assert rest.timeout_in_millis == DEFAULT_TIMEOUT_IN_MILLIS["rest"]
    assert http.timeout_in_millis == DEFAULT_TIMEOUT_IN_MILLIS["http"]


def test_late_answer_is_dropped() -> None:
    """The client has its answer; the function ran on."""
    door = api_of("rest", {"timeout_in_millis": 50})
    door.send(door.made("GET", "/prod/pets", [], b""))
    [invoke] = door.invokes

    door.advance(20.0)
    door.answer(invoke, OK)

    assert [response.status for response in door.responses] == [504]
    assert door.machine.outstanding() == 0


def test_two_apis_keep_to_themselves() -> None:
    """Another id, another domain name; the same in every run."""
    shop, blog = apigateway.RestApi("shop"), apigateway.RestApi("blog")

    assert shop.api_id != blog.api_id != apigateway.HttpApi("shop").api_id
    assert apigateway.RestApi("shop").host == shop.host == Door(shop).machine.host
