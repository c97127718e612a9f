"""Errors: AWS's codes, texts and statuses; the way out for wrong names."""

import pytest

from eventbus.errors import (
    AccessDeniedException,
    EventBusError,
    FunctionError,
    InvalidParameterValueException,
    InvalidRequestContentException,
    RecursiveInvocationException,
    RequestTooLargeException,
    ResourceConflictException,
    ResourceNotFoundException,
    ServiceError,
    TooManyRequestsException,
    suggest,
)


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (ResourceNotFoundException("x"), "ResourceNotFoundException", 404),
        (InvalidParameterValueException("x"), "InvalidParameterValueException", 400),
        (InvalidRequestContentException("x"), "InvalidRequestContentException", 400),
        (RequestTooLargeException("x"), "RequestTooLargeException", 413),
        (RecursiveInvocationException("x"), "RecursiveInvocationException", 400),
        (ResourceConflictException("x"), "ResourceConflictException", 409),
        (AccessDeniedException("x"), "AccessDeniedException", 403),
        (TooManyRequestsException("x"), "TooManyRequestsException", 429),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_code_and_status(error: ServiceError, code: str, status: int) -> None:
    """As AWS answers."""
    assert (error.code, error.status) == (code, status)
    assert isinstance(error, EventBusError)


def test_throttle_tells_its_reason() -> None:
    """In AWS's words."""
    error = TooManyRequestsException("ConcurrentInvocationLimitExceeded")

    assert error.reason == "ConcurrentInvocationLimitExceeded"
    assert str(error) == "Rate Exceeded. (ConcurrentInvocationLimitExceeded)"


@pytest.mark.parametrize(("error_type", "text"), [("ValueError", "ValueError: boom"), ("", "boom")])
def test_function_error_reads_like_the_handlers_own(error_type: str, text: str) -> None:
    """The type, where there is one, and the message; the whole object beside it."""
    error = FunctionError(error_type, "boom", b"{}")

    assert str(error) == text
    assert (error.error_type, error.error_message, error.payload) == (error_type, "boom", b"{}")


@pytest.mark.parametrize(
    ("wrong", "known", "text"),
    [
        ("ordes", ["orders", "uploads"], "did you mean orders?"),
        ("order", ["orderz", "orders", "orderx", "ordery"], "did you mean orderz or ordery or orderx?"),
        ("x", ["uploads", "orders"], "known: orders, uploads"),
        ("x", list("abcdefghijkl"), "known: a, b, c, d, e, f, g, h, i, j"),
        ("x", [], "known: none"),
    ],
    ids=["close", "three of those that are close", "nothing close", "ten of many", "nothing at all"],
)
def test_way_out_for_a_wrong_name(wrong: str, known: list[str], text: str) -> None:
    """What it may have meant, or what there is."""
    assert suggest(wrong, known) == text
