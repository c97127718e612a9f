"""What becomes of the answers of functions, and of requests that end otherwise: every row of the table."""

from json import dumps, loads
from typing import Any

import pytest

from eventbus.core.outcomes import HandlerFailed, Succeeded, Throttled, TimedOut
from eventbus.errors import InvalidSetting
from sources import functionurl
from tests.contracts.functionurl_table import (
    ANSWERS,
    CORS,
    CORS_REFUSED,
    OUTCOMES,
    SIZED_REQUESTS,
    Answered,
    Cors,
    Outcome,
    SizedRequest,
)
from tests.sources.doors import WORK, Door, lines

ENDS: dict[str, Any] = {
    "function error": HandlerFailed("ValueError", "boom", "id", ()),
    "function error with an answer that has a status": HandlerFailed("ValueError", '{"statusCode": 200}', "id", ()),
    "timeout": TimedOut("Sandbox.Timedout", "Task timed out after 3.00 seconds"),
    "process ends": HandlerFailed("Runtime.ExitError", "Runtime exited", "id", None),
    "result is no JSON (marshal error)": HandlerFailed("Runtime.MarshalError", "Unable to marshal", "id", ()),
    "throttled": Throttled("ConcurrentInvocationLimitExceeded"),
    "reserved concurrency 0": Throttled("ReservedFunctionConcurrentInvocationLimitExceeded", terminal=True),
}

NAMES = {
    "AllowOrigins": "allow_origins",
    "AllowMethods": "allow_methods",
    "AllowHeaders": "allow_headers",
    "ExposeHeaders": "expose_headers",
    "AllowCredentials": "allow_credentials",
    "MaxAge": "max_age",
}


def door_of(**settings: Any) -> Door:
    return Door(functionurl.Url(WORK, **settings))


def sorted_lines(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: sorted(values) for name, values in found.items()}


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row.id)
def test_answer_becomes_the_response(row: Answered) -> None:
    """Status, header lines, body."""
    door = door_of()
    door.send(door.made("GET", "/", [("Host", "{host}")], b""))
    payload = dumps(row.answer) if row.raw is None else row.raw
    door.answer(door.invokes[0], Succeeded(payload.encode()))

    [response] = door.responses
    assert response.status == row.status
    if row.as_json:
        assert loads(response.body) == loads(row.body)
    else:
        assert response.body == row.body
    assert row.headers is None or sorted_lines(lines(response)) == sorted_lines(row.headers)
    assert door.reasons[0].startswith(str(row.status))


@pytest.mark.parametrize(
    "row", [row for row in OUTCOMES if row.id in ENDS or row.id == "no permission"], ids=lambda row: row.id
)
def test_outcome_becomes_the_response(row: Outcome) -> None:
    """Without an answer to look at; URLs are not deleted here."""
    door = door_of()
    door.send(door.made("GET", "/", [], b""))
    if row.id == "no permission":
        door.deny()
    else:
        door.answer(door.invokes[0], ENDS[row.id])

    [response] = door.responses
    assert response.status == row.status
    assert row.body is None or response.body == row.body
    assert row.headers is None or lines(response) | row.headers == lines(response)


@pytest.mark.parametrize("row", SIZED_REQUESTS, ids=lambda row: row.id)
def test_size_of_a_request(row: SizedRequest) -> None:
    """It is that of the event which counts."""
    door = door_of()
    door.functions["work"] = lambda event: "ok"

    response = door.request("POST", "/", [("Content-Type", row.content_type)], b"x" * row.size)

    assert response.status == row.status
    assert row.body is None or response.body == row.body
    assert bool(door.events) == (row.status == 200)


@pytest.mark.parametrize("row", CORS, ids=lambda row: row.id)
def test_cross_origin_request(row: Cors) -> None:
    """Who answers it, and the headers of the kind."""
    settings = None if row.config is None else {NAMES[name]: value for name, value in row.config.items()}
    door = door_of(cors=None if settings is None else functionurl.Cors(**settings))
    door.functions["work"] = lambda event: {"statusCode": 200, "headers": row.answered}

    response = door.request(row.method, "/", list(row.headers.items()))

    found = {name: values for name, values in lines(response).items() if name.startswith("access-control-")}
    assert response.status in row.statuses
    assert {name: items(values) for name, values in found.items()} == {
        name: items(values) for name, values in row.expected.items()
    }
    assert bool(door.events) == row.invoked


def items(values: list[str]) -> list[list[str]]:
    return sorted(sorted(item.strip().lower() for item in value.split(",")) for value in values)


@pytest.mark.parametrize("row", CORS_REFUSED, ids=lambda row: row[0])
def test_cors_setting_that_is_refused(row: tuple[str, dict[str, Any], str]) -> None:
    """By its name."""
    _, config, _ = row
    with pytest.raises(InvalidSetting, match="|".join(NAMES[name] for name in config)):
        door_of(cors=functionurl.Cors(**{NAMES[name]: value for name, value in config.items()}))


@pytest.mark.parametrize(
    ("setting", "value"),
    [("auth_type", "AWS_IAM"), ("auth_type", None), ("invoke_mode", "STREAM"), ("cors", {"max_age": 3})],
)
def test_setting_that_is_refused(setting: str, value: Any) -> None:
    """By its name."""
    with pytest.raises(InvalidSetting, match=setting):
        door_of(**{setting: value})


def test_function_that_is_none_is_refused() -> None:
    """Nor is the handler of one."""
    with pytest.raises(InvalidSetting, match="function"):
        functionurl.Url(print)
