"""Outcomes, as Lambda words them."""

import json
from typing import Any

import pytest

from eventbus.core.effects import Invoke
from eventbus.core.outcomes import NULL, HandlerFailed, Succeeded
from eventbus.names import Arn, function_arn
from eventbus.runtime.outcome_of import RESPONSE_LIMIT, failed, succeeded, timed_out
from tests.golden import load, match

ID = "00000000-0000-4000-a000-000000000001"


def invoke() -> Invoke:
    return Invoke(function_arn("work"), Arn("callers"), 1, ID, b"null")


def raised(error: BaseException) -> HandlerFailed:
    try:
        raise error
    except BaseException as caught:
        return failed(invoke(), caught)


def test_nothing_is_a_shared_constant() -> None:
    """Most handlers return None."""
    assert succeeded(invoke(), None) is NULL


@pytest.mark.parametrize(("more", "passes"), [(0, True), (1, False)])
def test_size_of_a_result(more: int, passes: bool) -> None:
    """At the limit it passes, one byte more is a function error."""
    outcome = succeeded(invoke(), "a" * (RESPONSE_LIMIT - 2 + more))

    assert isinstance(outcome, Succeeded) is passes
    if isinstance(outcome, HandlerFailed):
        assert json.loads(outcome.payload) == {
            "errorType": "Function.ResponseSizeTooLarge",
            "errorMessage": "Response payload size exceeded maximum allowed payload size (6291456 bytes).",
        }


@pytest.mark.parametrize("value", [{1}, b"x", float("nan"), "\ud800"], ids=["set", "bytes", "NaN", "surrogate"])
def test_result_that_cannot_be_encoded(value: Any) -> None:
    """A function error, and its cause is kept."""
    outcome = succeeded(invoke(), value)

    assert isinstance(outcome, HandlerFailed)
    assert outcome.error_type == "Runtime.MarshalError"
    assert outcome.message.startswith("Unable to marshal response: ")
    assert isinstance(outcome.cause, TypeError | ValueError)
    assert json.loads(outcome.payload)["stackTrace"] == []


def test_stack_is_the_handlers() -> None:
    """From where it was called; file, line and source of each frame."""
    outcome = raised(ValueError("boom"))

    match(load("lambda/error_raised") | {"stackTrace": "<any>"}, json.loads(outcome.payload))
    [frame] = json.loads(outcome.payload)["stackTrace"]
    assert frame.startswith(f'  File "{__file__}", line ')
    assert frame.endswith(", in raised\n    raise error\n")


class Silent(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


class Odd(Exception):
    def __str__(self) -> str:
        return None  # type: ignore[return-value]  # noqa: PLE0307  # user code does what it likes


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError(), ""),
        (ValueError("ü"), "ü"),
        (KeyError("name"), "'name'"),
        (ValueError("cut \ud800 off"), "cut ? off"),
        (Silent(), "<Silent whose text can't be told: RuntimeError>"),
        (Odd(), "<Odd whose text can't be told: TypeError>"),
    ],
    ids=["none", "letters", "key", "surrogate", "raises", "no text"],
)
def test_what_an_exception_says(error: Exception, message: str) -> None:
    """Whatever it is, it is an outcome, and its payload is JSON."""
    outcome = raised(error)

    assert json.loads(outcome.payload)["errorMessage"] == message
    assert outcome.cause is error


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, "without providing a reason"),
        (0, "without providing a reason"),
        (3, "with error: exit status 3"),
        ("why", "with error: exit status 1"),
    ],
)
def test_leaving_the_process(code: Any, words: str) -> None:
    """An error of the runtime, without a stack."""
    outcome = raised(SystemExit(code))

    assert json.loads(outcome.payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {ID} Error: Runtime exited {words}",
    }


@pytest.mark.parametrize(("seconds", "words"), [(1, "1.00"), (2.5, "2.50"), (900, "900.00")])
def test_running_too_long(seconds: float, words: str) -> None:
    """Said in seconds with two places."""
    outcome = timed_out(invoke(), seconds)

    assert json.loads(outcome.payload) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {ID} Error: Task timed out after {words} seconds",
    }
