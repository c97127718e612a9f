"""The record that destinations of asynchronous invocations get."""

import json

import pytest
from attrs import define

from eventbus.core.invocation_record import RECORD_LIMIT, invocation_record, iso_milliseconds, iso_seconds
from eventbus.core.outcomes import HandlerFailed, Succeeded, TimedOut
from eventbus.names import function_arn
from tests.golden import load, match

WORK = function_arn("work")
EPOCH = 1_767_225_600.0  # 2026-01-01T00:00:00Z
ID = "5e0ab1c2-0000-4000-a000-000000000001"
FAILED = HandlerFailed("ValueError", "boom", ID, ())


@define(eq=False)
class Happened:
    """An event as the record needs it."""

    executions: int
    request_id: str = ID
    payload: bytes = b'{"n":1}'


@pytest.mark.parametrize(
    ("at", "condition", "executions", "last"),
    [
        (0, "Success", 1, Succeeded(b'{"done": true}')),
        (180, "RetriesExhausted", 3, FAILED),
        (60, "EventAgeExceeded", 2, FAILED),
        (0, "ZeroReservedConcurrency", 0, None),
        (0, "RecursiveInvocationDetected", 0, None),
    ],
    ids=["success", "retries_exhausted", "event_age_exceeded", "zero_reserved", "recursion"],
)
def test_record_as_recorded(
    request: pytest.FixtureRequest, at: float, condition: str, executions: int, last: Succeeded | HandlerFailed | None
) -> None:
    """Each member, in its order."""
    text = invocation_record(EPOCH + at, WORK, condition, Happened(executions), last)

    match(load(f"lambda/async_{request.node.callspec.id}"), json.loads(text))


def test_record_is_compact_and_takes_payloads_as_they_are() -> None:
    """No space is added, none is taken away; letters are not escaped."""
    event = Happened(1, payload='{ "name": "Zoë" }'.encode())

    text = invocation_record(EPOCH, WORK, "Success", event, Succeeded(b"[1, 2]"))

    assert text == (
        '{"version":"1.0","timestamp":"2026-01-01T00:00:00.000Z",'
        f'"requestContext":{{"requestId":"{ID}","functionArn":"{WORK}:$LATEST",'
        '"condition":"Success","approximateInvokeCount":1},'
        '"requestPayload":{ "name": "Zoë" },'
        '"responseContext":{"statusCode":200,"executedVersion":"$LATEST"},'
        '"responsePayload":[1, 2]}'
    )


def test_record_of_a_timeout_shows_the_runtimes_error() -> None:
    """A function error like any other."""
    text = invocation_record(EPOCH, WORK, "RetriesExhausted", Happened(1), TimedOut("Sandbox.Timedout", "too slow"))

    record = json.loads(text)
    assert record["responseContext"]["functionError"] == "Unhandled"
    assert record["responsePayload"] == {"errorType": "Sandbox.Timedout", "errorMessage": "too slow"}


@pytest.mark.parametrize(
    ("last", "members"),
    [
        (None, ["version", "timestamp", "requestContext"]),
        (FAILED, ["version", "timestamp", "requestContext", "responseContext"]),
    ],
    ids=["without an attempt", "with one"],
)
def test_record_without_payloads(last: HandlerFailed | None, members: list[str]) -> None:
    """Says what happened all the same."""
    text = invocation_record(EPOCH, WORK, "EventAgeExceeded", Happened(1), last, payloads=False)

    assert list(json.loads(text)) == members


def test_limit_is_that_of_the_largest_target() -> None:
    """1 MiB, as a queue takes."""
    assert RECORD_LIMIT == 1_048_576


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (EPOCH + 0.25, "2026-01-01T00:00:00.250Z"),
        (EPOCH + 1.001, "2026-01-01T00:00:01.001Z"),
        (EPOCH + 0.9996, "2026-01-01T00:00:00.999Z"),
        (EPOCH + 0.9999999, "2026-01-01T00:00:01.000Z"),
        (951_782_399, "2000-02-28T23:59:59.000Z"),
    ],
    ids=["whole second", "milliseconds", "a float just below", "cut, not rounded", "a float's noise", "leap year"],
)
def test_times_have_milliseconds(at: float, text: str) -> None:
    """Three digits, UTC."""
    assert iso_milliseconds(at) == text


def test_instants_are_cut() -> None:
    """To the second, before 1970 too."""
    assert iso_seconds(0.999) == "1970-01-01T00:00:00Z"
    assert iso_seconds(-0.001) == "1969-12-31T23:59:59Z"
