"""Whatever is sent to a front door, and whatever a function answers: a documented status, and nothing raised."""

from collections.abc import Callable
from json import dumps
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from eventbus.core.http import Request, Response
from eventbus.core.outcomes import Succeeded
from sources import apigateway, functionurl
from tests.sources.doors import CHECK, WORK, Door
from tests.sources.http_strategies import ANSWERS, JSON, requests

QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
THOROUGH = settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
OK = {"statusCode": 200, "body": "ok"}


def rest(**settings: Any) -> Door:
    api = apigateway.RestApi("shop", binary_media_types=["image/png"], stage_variables={"a": "b"})
    return Door(api, [apigateway.Method(api, "ANY", "/", WORK), apigateway.Method(api, "ANY", "/{proxy+}", WORK)])


def http(version: str) -> Door:
    api = apigateway.HttpApi("shop", cors=apigateway.Cors(allow_origins=["*"]))
    return Door(api, [apigateway.Route(api, "$default", WORK, payload_format_version=version)])  # type: ignore[arg-type]  # one of two


def url() -> Door:
    return Door(functionurl.Url(WORK, cors=functionurl.Cors(allow_origins=["*"])))


DOORS: dict[str, tuple[Callable[[], Door], set[int]]] = {
    "rest": (rest, {502, 500}),
    "http1": (lambda: http("1.0"), {500}),
    "http2": (lambda: http("2.0"), {500}),
    "url": (url, {502}),
}
"""With the statuses that a malformed answer gets."""
REFUSALS = {204, 400, 403, 404, 413, 431}
"""What a door itself says to a request."""


def check_request(name: str, request: Request) -> None:
    door = DOORS[name][0]()
    door.functions["work"] = lambda event: OK

    door.send(request)

    [response] = door.responses
    assert response.status in ({200} if door.events else REFUSALS | {200})
    check_response(response)


def check_answer(name: str, answer: Any) -> None:
    made, malformed = DOORS[name]
    door = made()
    door.send(door.made("GET", "/prod/", [("Accept", "image/png")], b""))
    payload = dumps(answer).encode()

    door.machine.finished(11.0, door.invokes[0].token, Succeeded(payload))
    door.drain()

    [response] = door.responses
    assert 100 <= response.status <= 599
    given_status = answer.get("statusCode", 200) if isinstance(answer, dict) else 200
    assert response.status in malformed or str(response.status) == str(given_status) or response.status == 200
    check_response(response)


def check_response(response: Response) -> None:
    """A server can send it."""
    for name, value in response.headers:
        assert name
        assert name.isascii()
        assert not any(letter in name + value for letter in "\r\n\0")
        value.encode("utf-8", "surrogateescape")
    assert isinstance(response.body, bytes)


@pytest.mark.parametrize("name", DOORS)
@given(request=requests())
@QUICK
def test_any_request_is_answered(name: str, request: Request) -> None:
    """By the function or by the door."""
    check_request(name, request)


@pytest.mark.parametrize("name", DOORS)
@given(answer=ANSWERS)
@QUICK
def test_any_answer_is_translated(name: str, answer: Any) -> None:
    """Into what it says, or into the door's own error."""
    check_answer(name, answer)


@pytest.mark.long
@pytest.mark.parametrize("name", DOORS)
@given(request=requests())
@THOROUGH
def test_any_request_is_answered_thoroughly(name: str, request: Request) -> None:
    """By the function or by the door."""
    check_request(name, request)


@pytest.mark.long
@pytest.mark.parametrize("name", DOORS)
@given(answer=ANSWERS)
@THOROUGH
def test_any_answer_is_translated_thoroughly(name: str, answer: Any) -> None:
    """Into what it says, or into the door's own error."""
    check_answer(name, answer)


@pytest.mark.parametrize("kind", ["rest", "http"])
@given(answer=JSON)
@QUICK
def test_any_answer_of_an_authorizer_is_a_decision(kind: str, answer: Any) -> None:
    """Or an error of the API."""
    authorizer = apigateway.Authorizer(CHECK, identity_source="method.request.header.A")
    api: Any = apigateway.RestApi("shop") if kind == "rest" else apigateway.HttpApi("shop")
    wire: Any
    if kind == "rest":
        wire = apigateway.Method(api, "ANY", "/{proxy+}", WORK, authorizer=authorizer)
    else:
        wire = apigateway.Route(api, "$default", WORK, authorizer=authorizer)
    door = Door(api, [wire], {"work": lambda event: OK})
    door.send(door.made("GET", "/prod/a", [("A", "x")], b""))

    door.machine.finished(11.0, door.invokes[0].token, Succeeded(dumps(answer).encode()))
    door.drain()

    [response] = door.responses
    assert response.status in (200, 401, 403, 500)
