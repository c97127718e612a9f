"""Retriers and catchers of a definition."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .errors import ALL
from .fields import Fields
from .states import DELAY_LIMIT, SECONDS_LIMIT, Catcher, Retrier

_JITTER: Final = ("NONE", "FULL")


def retriers(fields: Fields) -> Sequence[Retrier]:
    return [_retrier(each) for each in _with_names(fields, "Retry")]


def catchers(fields: Fields) -> Sequence[Catcher]:
    return [_catcher(each) for each in _with_names(fields, "Catch")]


def _with_names(fields: Fields, name: str) -> Sequence[Fields]:
    """`States.ALL` stands alone, and last [spec]."""
    given = fields.array(name, 0)
    found = [Fields(value, f"{name}[{index}] of {fields.at}") for index, value in enumerate(given)]
    for index, each in enumerate(found):
        names = each.array("ErrorEquals")
        if not all(isinstance(error, str) for error in names):
            raise each.bad("ErrorEquals is an array of texts")
        if ALL in names and (len(names) > 1 or index < len(found) - 1):
            raise each.bad(f"{ALL} stands alone, and last")
    return found


def _retrier(fields: Fields) -> Retrier:
    interval = fields.whole("IntervalSeconds", 1, SECONDS_LIMIT, 1)
    longest: Mapping[str, Any] = {}
    if "MaxDelaySeconds" in fields:
        longest = {"max_delay_seconds": fields.whole("MaxDelaySeconds", interval + 1, DELAY_LIMIT)}
    jitter = fields.text("JitterStrategy", "NONE")
    if jitter not in _JITTER:
        raise fields.bad(f"JitterStrategy is {' or '.join(_JITTER)}, not {jitter!r}")
    retrier = Retrier(
        error_equals=tuple(fields.array("ErrorEquals")),
        interval_seconds=interval,
        max_attempts=fields.whole("MaxAttempts", 0, SECONDS_LIMIT, 3),
        backoff_rate=fields.number("BackoffRate", 1.0, 2.0),
        jitter=jitter == "FULL",
        **longest,
    )
    fields.end()
    return retrier


def _catcher(fields: Fields) -> Catcher:
    names, target = tuple(fields.array("ErrorEquals")), fields.text("Next")
    catcher = Catcher(error_equals=names, next=target, result_path=fields.result_path())
    fields.end()
    return catcher
