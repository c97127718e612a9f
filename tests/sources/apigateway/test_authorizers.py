"""Whom authorizers let in, what they are asked, and what is remembered of their answers."""

from collections.abc import Callable
from json import loads
from typing import Any

import pytest

from eventbus.core.outcomes import HandlerFailed, Throttled
from eventbus.errors import InvalidSetting
from sources import apigateway
from sources.apigateway.authorizers import Decision
from tests.contracts.apigateway_authorizers import (
    ALL,
    AUTHORIZERS,
    DEFAULT_TTL,
    LONG,
    TTLS,
    Authorized,
    Long,
    Raises,
    Takes,
    Ttl,
    answer,
)
from tests.contracts.apigateway_policies import CACHE, POLICY, Cached, Policy
from tests.golden import load, match
from tests.sources.doors import CHECK, WORK, Door, lines

OK = {"statusCode": 200, "body": "ok"}
OF_ROUTES = ("resource", "route_key", "stage", "stage_variables")


def authorizer_of(settings: dict[str, Any]) -> apigateway.Authorizer:
    return apigateway.Authorizer(CHECK, **settings)


def door_of(kind: str, settings: dict[str, Any], *keys: str, **functions: Any) -> Door:
    """An API whose ways all have the authorizer of `settings`."""
    asked = {name: value for name, value in settings.items() if name not in OF_ROUTES}
    made = {name: settings[name] for name in ("stage", "stage_variables") if name in settings}
    authorizer = authorizer_of(asked)
    api: Any
    if kind == "rest":
        api = apigateway.RestApi("shop", **made)
        paths = keys or (settings.get("resource", "/{proxy+}"),)
        wires: list[Any] = [apigateway.Method(api, "GET", path, WORK, authorizer=authorizer) for path in paths]
    else:
        api = apigateway.HttpApi("shop", **made)
        routes = [f"GET {key}" for key in keys] or [settings["route_key"]]
        wires = [apigateway.Route(api, key, WORK, authorizer=authorizer) for key in routes]
    return Door(api, wires, {"work": lambda event: OK, **functions})


def filled(said: Any, api_id: str) -> Any:
    """With the API's id, as an outcome where it is one."""
    if isinstance(said, Raises):
        return HandlerFailed("Exception", said.message, "id", ())
    if said == "throttled":
        return Throttled("ConcurrentInvocationLimitExceeded")
    if isinstance(said, dict):
        return {name: filled(value, api_id) for name, value in said.items()}
    if isinstance(said, list):
        return [filled(each, api_id) for each in said]
    return said.replace("{api}", api_id) if isinstance(said, str) else said


@pytest.mark.parametrize(
    "row", [row for row in AUTHORIZERS if row.api != "ws" and row.answer != "no function"], ids=lambda row: row.id
)
def test_request_meets_its_authorizer(row: Authorized) -> None:
    """Whether it is asked, what, and what its answer means."""
    door = door_of(row.api, row.settings)

    door.send(door.made("GET", row.target, row.headers, b""))
    if row.invoked:
        assert door.events[0][0] == "check"
        if row.answer == "no permission":
            door.deny()
        elif isinstance(row.answer, Takes):
            door.advance(door.now + row.answer.seconds)
            door.answer(
                door.invokes[0], answer(ALL) if not row.settings["enable_simple_responses"] else {"isAuthorized": True}
            )
        else:
            door.answer(door.invokes[0], filled(row.answer, door.declared.api_id))

    [response] = door.responses
    assert response.status == row.status
    assert lines(response) == row.response_headers
    assert row.body is None or response.body == row.body or loads(response.body) == loads(row.body)
    names = [name for name, _ in door.events]
    assert names == [*(["check"] if row.invoked else []), *(["work"] if row.status == 200 else [])]
    if row.status == 200:
        assert seen(door.events[-1][1]) == row.context
    if row.golden is not None:
        match(load(row.golden), door.events[0][1])


def seen(event: Any) -> Any:
    found = event["requestContext"]["authorizer"]
    if "lambda" in found:
        return found["lambda"]
    assert found.pop("integrationLatency") >= 0
    return found


@pytest.mark.parametrize("row", CACHE, ids=lambda row: row.id)
def test_answer_is_remembered(row: Cached) -> None:
    """For its time, under what identified the caller, looked at anew for each method."""

    def said(event: Any) -> Any:
        arn = event.get("methodArn") or event["routeArn"]
        return told(filled(row.answer, door.declared.api_id), arn)

    stage = {} if row.api == "http" else {"stage": "prod"}
    door = door_of(row.api, {**row.settings, **stage}, "/pets/{id}", "/cats/{id}", check=said)
    began = door.now

    for step in row.steps:
        door.advance(began + step.at)
        door.events.clear()
        response = door.request("GET", ("/prod" if row.api == "rest" else "") + step.target, step.headers)
        assert (response.status, ("check" in dict(door.events))) == (step.status, step.invoked)


def told(said: Any, arn: str) -> Any:
    if isinstance(said, dict):
        return {name: told(value, arn) for name, value in said.items()}
    if isinstance(said, list):
        return [told(each, arn) for each in said]
    return said.replace("{arn}", arn) if isinstance(said, str) else said


@pytest.mark.parametrize("row", POLICY, ids=lambda row: row.id)
def test_policy_says_who_may(row: Policy) -> None:
    """Allowed, not allowed, denied expressly."""
    allowed, expressly = Decision({}, "user", statements=row.statements).allows(row.arn)

    assert ("allowed" if allowed else "explicit deny" if expressly else "denied") == row.outcome


@pytest.mark.parametrize("row", LONG, ids=str)
def test_length_of_a_methods_arn(row: Long) -> None:
    """Nobody is asked past it."""
    settings = {"type": "TOKEN", "resource": "/{proxy+}", "stage": "prod"}
    door = door_of("rest", settings, check=lambda event: answer(ALL))
    path = "x" * (row.arn_bytes - len(f"arn:aws:execute-api:us-east-1:000000000000:{door.declared.api_id}/prod/GET/"))

    response = door.request("GET", f"/prod/{path}", [("Authorization", "a")])

    assert response.status == row.status
    assert bool(door.events) == (row.status == 200)


@pytest.mark.parametrize("row", [row for row in TTLS if (row.type, row.sources) != ("TOKEN", 0)], ids=str)
def test_time_to_live_that_is_refused(row: Ttl) -> None:
    """Where it is written. A TOKEN authorizer without a source has the header Authorization."""
    source = "$request.header.a" if row.api == "http" else "method.request.header.a"

    def made() -> None:
        authorizer = authorizer_of(
            {
                "type": row.type,
                "identity_source": [source] * row.sources,
                "authorizer_result_ttl_in_seconds": row.seconds,
            }
        )
        if row.api == "rest":
            apigateway.Method(apigateway.RestApi("a"), "GET", "/", WORK, authorizer=authorizer)
        else:
            apigateway.Route(apigateway.HttpApi("a"), "$default", WORK, authorizer=authorizer)

    if row.allowed:
        made()
    else:
        with pytest.raises(InvalidSetting, match=r"authorizer_result_ttl_in_seconds|identity_source"):
            made()


def test_times_to_live_by_default() -> None:
    """As the APIs have them."""
    assert door_of("rest", {"type": "TOKEN"}, "/a").machine.default_ttl == DEFAULT_TTL["rest"]
    assert door_of("http", {"route_key": "$default"}).machine.default_ttl == DEFAULT_TTL["http"]


REFUSED: list[tuple[str, Callable[[], Any]]] = [
    ("function", lambda: apigateway.Authorizer("check")),
    ("type", lambda: authorizer_of({"type": "JWT"})),
    ("identity_source", lambda: authorizer_of({"identity_source": "header.Authorization"})),
    ("identity_source", lambda: authorizer_of({"type": "TOKEN", "identity_source": "method.request.querystring.a"})),
    ("identity_validation_expression", lambda: authorizer_of({"identity_validation_expression": "a"})),
    ("identity_validation_expression", lambda: authorizer_of({"type": "TOKEN", "identity_validation_expression": "("})),
    (
        "enable_simple_responses",
        lambda: authorizer_of({"enable_simple_responses": True, "authorizer_payload_format_version": "1.0"}),
    ),
    (
        "enable_simple_responses",
        lambda: apigateway.Method(
            apigateway.RestApi("a"), "GET", "/", WORK, authorizer=authorizer_of({"enable_simple_responses": True})
        ),
    ),
    (
        "type",
        lambda: apigateway.Route(
            apigateway.HttpApi("a"), "$default", WORK, authorizer=authorizer_of({"type": "TOKEN"})
        ),
    ),
    ("authorizer", lambda: apigateway.Method(apigateway.RestApi("a"), "GET", "/", WORK, authorizer="me")),  # type: ignore[arg-type]  # refused
]


@pytest.mark.parametrize(("setting", "made"), REFUSED)
def test_setting_that_is_refused(setting: str, made: Callable[[], Any]) -> None:
    """By its name."""
    with pytest.raises(InvalidSetting, match=setting):
        made()


def test_policy_with_a_condition_is_an_error() -> None:
    """Passing it by would allow what it may not."""
    door = door_of("rest", {"type": "TOKEN", "resource": "/{proxy+}"})
    statement = {"Action": "*", "Effect": "Allow", "Resource": "*", "Condition": {"IpAddress": {}}}
    door.functions["check"] = lambda event: {"principalId": "me", "policyDocument": {"Statement": [statement]}}

    response = door.request("GET", "/prod/a", [("Authorization", "x")])

    assert response.status == 500
    assert "Condition" in door.reasons[-1]


def test_what_is_over_is_not_kept() -> None:
    """However many callers came."""
    door = door_of("rest", {"type": "TOKEN", "resource": "/{proxy+}", "authorizer_result_ttl_in_seconds": 10})
    door.functions["check"] = lambda event: answer(ALL)

    for number in range(100):
        door.advance(20.0 + number)
        door.request("GET", "/prod/a", [("Authorization", f"caller {number}")])

    assert len(door.machine.kept) < 25
