"""Numbers: their normal form, their limits, what they count."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.dynamodb import ValidationException, number
from sources.dynamodb.number import NOT_NUMERIC, OVERFLOW, TOO_LONG, UNDERFLOW

DIGITS_38 = "12345678901234567890123456789012345678"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("000", "0"),
        ("0e125", "0"),
        ("0042.1200", "42.12"),
        ("+7", "7"),
        ("7.", "7"),
        (".5", "0.5"),
        ("-1.50", "-1.5"),
        ("1e3", "1000"),
        ("1E-3", "0.001"),
        ("120E-1", "12"),
        ("1E125", "1" + "0" * 125),
        ("9.9999999999999999999999999999999999999E+125", "9" * 38 + "0" * 88),
        ("1e-130", "0." + "0" * 129 + "1"),
        (DIGITS_38, DIGITS_38),
        (DIGITS_38 + "000", DIGITS_38 + "000"),
        ("0." + DIGITS_38, "0." + DIGITS_38),
        ("1000e-3", "1"),
        ("0" * 200 + "1", "1"),
    ],
)
def test_number_is_kept_in_its_normal_form(text: str, kept: str) -> None:
    """Without exponent, leading and trailing zeros."""
    assert number.canonical(text) == kept


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", NOT_NUMERIC),
        *((text, f"{NOT_NUMERIC}: {text}") for text in ("abc", "1.2.3", " 1", "1 ", "0x10", "1e", "NaN", "Infinity")),
        ("1e9223372036854775808", f"{NOT_NUMERIC}: 1e9223372036854775808"),
        ("1e" + "9" * 5_000, f"{NOT_NUMERIC}: 1e" + "9" * 5_000),
        ("١", f"{NOT_NUMERIC}: ١"),
        ("1e126", OVERFLOW),
        ("-1e126", OVERFLOW),
        ("1e2147483648", OVERFLOW),
        ("1e99999999999", OVERFLOW),
        ("0e126", OVERFLOW),
        ("1e-131", UNDERFLOW),
        ("1e-99999999999", UNDERFLOW),
        ("0e-131", UNDERFLOW),
        (DIGITS_38 + "9", TOO_LONG),
        ("1." + DIGITS_38, TOO_LONG),
    ],
)
def test_number_is_refused_in_recorded_words(text: str, error: str) -> None:
    """What is none, and what is out of range."""
    with pytest.raises(ValidationException) as caught:
        number.canonical(text)

    assert str(caught.value) == error


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 1),
        ("1", 2),
        ("12", 2),
        ("123", 3),
        ("123456", 4),
        ("3.14159", 5),
        ("-1", 3),
        ("100", 2),
        ("100.5", 4),
        ("0.001", 2),
        ("1" + "0" * 125, 2),
    ],
)
def test_number_counts_its_significant_digits(text: str, size: int) -> None:
    """Two in a byte, on each side of the point by themselves, and a sign (recorded 2026-08)."""
    assert number.size(text) == size


def test_sums_are_exact() -> None:
    """Up to 38 digits; beyond they are refused."""
    assert number.plus("0.1", "0.2") == "0.3"
    assert number.minus("1", "1.0") == "0"
    assert number.plus("1" + "0" * 37, "1") == "1" + "0" * 36 + "1"
    for left, right, error in (("9e125", "9e125", OVERFLOW), ("1e125", "1e-130", TOO_LONG)):
        with pytest.raises(ValidationException, match=error):
            number.plus(left, right)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=None))
def test_normal_form_is_the_same_number(drawn: Decimal) -> None:
    """And its own normal form."""
    try:
        kept = number.canonical(str(drawn))
    except ValidationException:
        return

    assert Decimal(kept) == drawn
    assert number.canonical(kept) == kept
    assert "e" not in kept.lower()
