"""Validators of declared settings."""

from typing import Any

import pytest
from attrs import field, frozen

from eventbus.checks import (
    Validator,
    at_least,
    between,
    encodable,
    given,
    one_of,
    pair_at_least,
    refuse,
    refuse_unknown,
    texts,
)
from eventbus.errors import EventBusError, InvalidSetting

NAN, INF = float("nan"), float("inf")


def setting_of(validator: Validator) -> type[Any]:
    @frozen
    class Declared:
        size: Any = field(validator=validator)

    return Declared


ACCEPTED: list[tuple[str, Validator, Any]] = [
    ("lowest", between(1, 900), 1),
    ("highest", between(1, 900), 900),
    ("fraction", between(1, 900), 1.5),
    ("not given", between(1, 900), None),
    ("lowest whole", between(1, 900, whole=True), 1),
    ("highest whole", between(1, 900, whole=True), 900),
    ("whole not given", between(1, 900, whole=True), None),
    ("just enough", at_least(0.001), 0.001),
    ("without end", at_least(0.001), INF),
    ("enough not given", at_least(0.001), None),
    ("pair", pair_at_least(0), (0, 0.5)),
    ("given", given(between(1, 900)), 1),
    ("one", one_of(("a", "b")), "a"),
    ("the other", one_of(("a", "b")), "b"),
]


@pytest.mark.parametrize(("validator", "value"), [row[1:] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_accepted(validator: Validator, value: Any) -> None:
    """The value stands as it was written."""
    assert setting_of(validator)(value).size == value


REFUSED: list[tuple[str, Validator, Any, str]] = [
    ("too low", between(1, 900), 0.999, "0.999 is refused; allowed: 1 to 900"),
    ("too high", between(1, 9_000), 9_001, "9001 is refused; allowed: 1 to 9,000"),
    ("a fraction", between(1, 900, whole=True), 1.0, "1.0 is refused; allowed: a whole number from 1 to 900"),
    ("whole too high", between(1, 900, whole=True), 901, "901 is refused; allowed: a whole number from 1 to 900"),
    ("whole truth", between(0, 1, whole=True), True, "True is refused; allowed: a whole number from 0 to 1"),
    ("truth", between(0, 1), True, "True is refused; allowed: 0 to 1"),
    ("text", between(1, 900), "5", "'5' is refused; allowed: 1 to 900"),
    ("no number", between(1, 900), NAN, "nan is refused; allowed: 1 to 900"),
    ("not enough", at_least(0.001), 0.0009, "0.0009 is refused; allowed: a number of 0.001 or more"),
    ("not a number", at_least(0), "1", "'1' is refused; allowed: a number of 0 or more"),
    ("never a number", at_least(0), NAN, "nan is refused; allowed: a number of 0 or more"),
    ("truth is no number", at_least(0), True, "True is refused; allowed: a number of 0 or more"),
    ("list for a pair", pair_at_least(0), [1, 2], "[1, 2] is refused; allowed: a pair of numbers of 0 or more"),
    ("three for a pair", pair_at_least(0), (1, 2, 3), "(1, 2, 3) is refused; allowed: a pair of numbers of 0 or more"),
    ("half a pair", pair_at_least(0), (1, None), "(1, None) is refused; allowed: a pair of numbers of 0 or more"),
    ("low in a pair", pair_at_least(0), (1, -1), "-1 is refused; allowed: a number of 0 or more"),
    ("no pair", pair_at_least(0), None, "None is refused; allowed: a pair of numbers of 0 or more"),
    ("nothing", given(between(1, 900)), None, "None is refused; allowed: a value, or leave it out for the default"),
    ("given and wrong", given(between(1, 900)), 0, "0 is refused; allowed: 1 to 900"),
    ("none of them", one_of(("a", "b")), "c", "'c' is refused; allowed: 'a' or 'b'"),
]


@pytest.mark.parametrize(("validator", "value", "text"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(validator: Validator, value: Any, text: str) -> None:
    """Naming setting, value and what is allowed."""
    with pytest.raises(InvalidSetting) as refused:
        setting_of(validator)(value)

    assert str(refused.value) == f"size={text}"


def test_refusal_is_a_value_error() -> None:
    """To whoever does not know this library's errors."""
    error = refuse("size", 0, "1 or more")

    assert isinstance(error, ValueError)
    assert isinstance(error, EventBusError)
    assert str(error) == "size=0 is refused; allowed: 1 or more"


@pytest.mark.parametrize("value", ["", "a", "é", "\U0001f600", None], ids=ascii)
def test_texts_and_nothing_pass(value: str | None) -> None:
    """As whoever calls gave them."""
    texts(InvalidSetting, name=value)


@pytest.mark.parametrize("value", [5, b"a", ["a"], "\ud83d", "a\ude00"], ids=ascii)
def test_what_is_no_text_is_refused(value: Any) -> None:
    """By name; halves of a letter are none either."""
    with pytest.raises(InvalidSetting, match="name=.*: a text"):
        texts(InvalidSetting, first="a", other=None, name=value)
    assert not isinstance(value, str) or not encodable(value)


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (("batch_size",), "batchsize=1 is refused: there is no such setting; did you mean batch_size?"),
        (None, "batchsize=1 is refused: there is no such setting"),
    ],
    ids=["one is meant", "nothing is known"],
)
def test_unknown_setting_is_refused(known: tuple[str, ...] | None, text: str) -> None:
    """With what it may have meant."""
    with pytest.raises(InvalidSetting) as caught:
        refuse_unknown({"batch_size": 1, "batchsize": 1} if known else {"batchsize": 1}, {}, known)

    assert str(caught.value) == text


def test_setting_that_is_not_offered_says_why() -> None:
    """Before any likeness."""
    with pytest.raises(InvalidSetting, match="^layers=1 is refused: no layers here$"):
        refuse_unknown({"layers": 1}, {"layers": "no layers here"}, ("layer",))
