"""Declared values: functions and mappings."""

import functools
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError

from eventbus import App, Function, InvalidSetting
from eventbus.declaration import NOT_OFFERED, refuse_unknown
from sources import sqs


def handler(event: Any, context: Any) -> list[Any]:
    return [event, context]


async def async_handler(event: Any, context: Any) -> list[Any]:
    return [event, context]


class Callable:
    """As frameworks hand them over."""

    def __call__(self, event: Any, context: Any) -> int:
        return 1

    def method(self, event: Any, context: Any) -> int:
        return 2

    async def async_method(self, event: Any, context: Any) -> int:
        return 3


def declared(handler: Any = handler, **settings: Any) -> Function[Any, Any]:
    return Function(handler=handler, **{"name": "work", **settings})


def test_defaults_are_lambdas() -> None:
    """As CreateFunction and PutFunctionEventInvokeConfig have them."""
    work = declared()

    assert (work.timeout, work.memory_size, work.reserved_concurrent_executions) == (3, 128, None)
    assert (work.maximum_retry_attempts, work.maximum_event_age_in_seconds) == (2, 21_600)
    assert (work.dead_letter, work.on_success, work.on_failure) == (None, None, None)
    assert (dict(work.environment), work.run, work.is_async) == ({}, "thread", False)
    assert work.arn == "arn:aws:lambda:us-east-1:000000000000:function:work"


@pytest.mark.parametrize(
    ("setting", "low", "high", "allowed"),
    [
        ("timeout", 1, 900, "1 to 900"),
        ("memory_size", 128, 10_240, "a whole number from 128 to 10,240"),
        ("reserved_concurrent_executions", 0, 10_000, "a whole number from 0 to 10,000"),
        ("maximum_retry_attempts", 0, 2, "a whole number from 0 to 2"),
        ("maximum_event_age_in_seconds", 60, 21_600, "a whole number from 60 to 21,600"),
    ],
)
def test_range_of_a_setting(setting: str, low: int, high: int, allowed: str) -> None:
    """Both ends pass, one beyond is refused naming setting, value and range."""
    for value in (low, high):
        assert getattr(declared(**{setting: value}), setting) == value

    refused: list[Any] = [low - 1, high + 1, float("nan"), "3", True]
    for value in refused:
        with pytest.raises(InvalidSetting) as caught:
            declared(**{setting: value})

        assert str(caught.value) == f"{setting}={value!r} is refused; allowed: {allowed}"


def test_refusal_is_a_value_error() -> None:
    """For those who know nothing of ours."""
    with pytest.raises(ValueError, match="timeout"):
        declared(timeout=0)


@pytest.mark.parametrize(
    ("handler", "is_async"),
    [
        (handler, False),
        (async_handler, True),
        (functools.partial(handler), False),
        (functools.partial(async_handler), True),
        (Callable(), False),
        (Callable().method, False),
        (Callable().async_method, True),
        (lambda event, context: None, False),
    ],
    ids=["def", "async", "partial", "async partial", "object", "method", "async method", "lambda"],
)
def test_async_is_seen(handler: Any, is_async: bool) -> None:
    """In every form of a handler."""
    assert declared(handler).is_async is is_async


def test_called_like_its_handler() -> None:
    """With the very objects."""
    event, context = object(), object()

    assert declared()(event, context) == [event, context]


def test_function_is_a_value() -> None:
    """It does not change, and is equal to itself alone."""
    work: Any = declared()

    with pytest.raises(FrozenInstanceError):
        work.timeout = 5
    assert work != declared()
    assert len({work, work, declared()}) == 2


@pytest.mark.parametrize("name", sorted(NOT_OFFERED))
def test_what_is_not_offered_says_why(name: str) -> None:
    """Whatever its value."""
    with pytest.raises(InvalidSetting) as caught:
        refuse_unknown({name: "x"})

    assert str(caught.value) == f"{name}='x' is refused: {NOT_OFFERED[name]}"


def test_known_settings_are_no_refusal() -> None:
    """Nothing to refuse, nothing happens."""
    refuse_unknown({})
    refuse_unknown({"timeout": 3}, known=("timeout",))


@pytest.mark.parametrize(
    "environment",
    [{"PORT": 1}, {1: "PORT"}, {"": "x"}, {"A=B": "x"}, {"A\0": "x"}, {"A": "\0"}],
    ids=["number", "number as name", "no name", "equals", "zero in name", "zero"],
)
def test_environment_that_a_process_cannot_have(environment: Any) -> None:
    """Refused where it is written, not at the start."""
    with pytest.raises(InvalidSetting, match="environment="):
        declared(environment=environment)


def test_mapping_is_named_after_both_ends() -> None:
    """And hashes by identity."""
    app = App()
    mapping = app.map(app.add(sqs.Queue("orders")), app.function(handler, name="work"))

    assert mapping.arn == "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:orders:work"
    assert {mapping: 1}[mapping] == 1
