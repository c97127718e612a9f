"""Answers that functions might give: near the good one, far from it, no JSON at all; and outcomes that are none."""

import json
from typing import Any

from hypothesis import strategies as st

from eventbus.core.outcomes import HandlerFailed, Outcome, Stopped, Succeeded, Throttled, TimedOut

SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["", " ", "0", "null", "true", "A" * 300, "\ud800", "\x00", "Äö", "$.a", "arn:aws:lambda"]),
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FAILURES: list[Outcome] = [
    HandlerFailed("ValueError", "boom", "id", ()),
    HandlerFailed("ValueError", "\ud800", "id", ()),
    HandlerFailed("Runtime.ExitError", "Runtime exited", "id", None),
    HandlerFailed("", "", "id", ()),
    TimedOut("Sandbox.Timedout", "Task timed out after 3.00 seconds"),
    Throttled("ConcurrentInvocationLimitExceeded"),
    Throttled("ReservedFunctionConcurrentInvocationLimitExceeded", terminal=True),
    Stopped(),
]


@st.composite
def near(draw: st.DrawFn, good: Any) -> Any:
    """`good` with one or more of its parts left out, doubled, renamed or replaced by anything."""
    value = json.loads(json.dumps(good))
    for _ in range(draw(st.integers(1, 3))):
        value = _damaged(draw, value)
    return value


def outcomes(*good: Any) -> st.SearchStrategy[Outcome]:
    """What may come back from a function that should have answered one of `good`."""
    values = st.one_of(*(near(each) for each in good), VALUES, st.sampled_from(list(good)))
    said = values.map(lambda value: Succeeded(json.dumps(value).encode()))
    raw = st.one_of(st.binary(max_size=20), st.sampled_from([b"", b"{", b"NaN", b"[" * 2_000, b'"\\ud800"']))
    return st.one_of(said, said, said, raw.map(Succeeded), st.sampled_from(FAILURES))


def _damaged(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.booleans() | st.just(True)):
        key = draw(st.sampled_from(sorted(value)))
        inner, rest = value[key], {name: each for name, each in value.items() if name != key}
        match draw(st.integers(0, 4)):
            case 0:
                return rest
            case 1:
                return {**rest, draw(st.text(max_size=8)): inner}
            case 2:
                return {**value, key: draw(VALUES)}
            case _:
                return {**value, key: _damaged(draw, inner)}
    if isinstance(value, list) and value:
        index = draw(st.integers(0, len(value) - 1))
        match draw(st.integers(0, 3)):
            case 0:
                return value[:index] + value[index + 1 :]
            case 1:
                return [*value, value[index]]
            case _:
                return [*value[:index], _damaged(draw, value[index]), *value[index + 1 :]]
    return draw(VALUES)
