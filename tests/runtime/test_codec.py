"""JSON: what goes in, what comes out, and what is refused."""

import json
import math
from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventbus.errors import InvalidRequestContentException
from eventbus.runtime import codec

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


class Level(IntEnum):
    LOW = 1


@given(values)
def test_what_json_can_say_comes_back(value: Any) -> None:
    """As an event and as a result."""
    assert codec.decode(codec.encode_event(value)) == value
    assert codec.decode(codec.encode_result(value)) == value


@given(values)
def test_text_is_that_of_the_standard_library(value: Any) -> None:
    """A result has Lambda's separators, an event none to spare."""
    assert codec.encode_result(value).decode() == json.dumps(value, ensure_ascii=False)
    assert codec.encode_event(value).decode() == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@given(values, st.sampled_from(["", " ", "\n\t"]), st.sampled_from(["", " ", "\r\n"]))
def test_white_space_around_is_passed_by(value: Any, before: str, behind: str) -> None:
    """As everywhere in JSON."""
    assert codec.decode((before + json.dumps(value) + behind).encode()) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((1, (2,)), "[1, [2]]"),
        ({1: "a", None: "b", False: "c"}, '{"1": "a", "null": "b", "false": "c"}'),
        ("ü€", '"ü€"'),
        (Level.LOW, "1"),
        (10**30, "1000000000000000000000000000000"),
        ("", '""'),
        ([], "[]"),
    ],
    ids=["tuples", "keys", "letters", "enum", "large", "empty text", "empty list"],
)
def test_results_that_become_something_else(value: Any, text: str) -> None:
    """As `json.dumps` makes them."""
    assert codec.encode_result(value) == text.encode()


def test_decimals() -> None:
    """A result may hold them, as in Lambda's Python runtime; an event may not."""
    assert codec.encode_result({"price": Decimal("1.50")}) == b'{"price": 1.5}'
    with pytest.raises(InvalidRequestContentException, match="Decimal is not JSON serializable"):
        codec.encode_event(Decimal("1.5"))


def nested(depth: int) -> Any:
    value: Any = None
    for _ in range(depth):
        value = [value]
    return value


ring: list[Any] = []
ring.append(ring)

UNSAYABLE = {
    "NaN": math.nan,
    "infinity": [-math.inf],
    "datetime": datetime(2026, 1, 1, tzinfo=UTC),
    "bytes inside": {"body": b"x"},
    "set": {1},
    "object": object(),
    "key": {(1, 2): 3},
    "surrogate": "\ud800",
    "too deep": nested(100_000),
    "itself": ring,
}


@pytest.mark.parametrize("value", UNSAYABLE.values(), ids=UNSAYABLE)
def test_what_json_cannot_say(value: Any) -> None:
    """An event is refused with AWS's code; a result fails in a way that its caller knows."""
    with pytest.raises(InvalidRequestContentException, match="Could not parse request body into json") as caught:
        codec.encode_event(value)
    with pytest.raises((TypeError, ValueError, RecursionError)):
        codec.encode_result(value)

    assert caught.value.status == 400


@pytest.mark.parametrize(
    "payload",
    [b"", b" ", b"{", b"{} {}", b"'a'", b"nul", b"\xff", b"\xef\xbb\xbf1", b"NaN", b"[-Infinity]", b"[" * 100_000],
    ids=["empty", "blank", "open", "two", "quotes", "cut", "no UTF-8", "mark", "NaN", "infinity", "too deep"],
)
def test_bytes_that_are_no_json(payload: bytes) -> None:
    """They are checked, though not encoded."""
    with pytest.raises(InvalidRequestContentException, match="Could not parse request body into json"):
        codec.encode_event(payload)


def test_bytes_are_kept_as_they_are() -> None:
    """Even their white space counts."""
    payload = b' {"a" : 1}\n'

    assert codec.encode_event(payload) is payload
