"""Chains of requests: which functions ran before, so that a loop is stopped (dg:invocation-recursion)."""

from collections.abc import Iterable
from typing import Final

from eventbus.names import Arn

from .effects import Cause

CHAIN_LIMIT: Final = 16
"""Invocations of one function in one chain; the next is stopped ("approximately 16 times")."""


def runs(cause: Cause | None, function: Arn) -> int:
    """How often `function` already ran in this chain."""
    if cause is None:
        return 0
    return next((count for ran, count in cause.hops if ran == function), 0)


def follow(cause: Cause | None, function: Arn, request_id: str) -> Cause:
    """What `function`, invoked out of `cause`, hands on with everything it sends."""
    count = runs(cause, function)
    others = () if cause is None else tuple(hop for hop in cause.hops if hop[0] != function)
    return Cause(request_id, (*others, (function, count + 1)))


def merge(causes: Iterable[Cause | None]) -> Cause | None:
    """The cause of a batch: the longest chain of each function; the first sender's request id."""
    first: Cause | None = None
    most: dict[Arn, int] = {}
    for cause in causes:
        if cause is None:
            continue
        first = first or cause
        for function, count in cause.hops:
            most[function] = max(count, most.get(function, count))
    return None if first is None else Cause(first.request_id, tuple(most.items()))
