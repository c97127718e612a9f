"""Numbers: exact to 38 digits, from 1E-130 to below 1E+126, positive or negative [ddb:HowItWorks.NamingRulesDataTypes].

A number is kept as the text that DynamoDB shows: without exponent, leading or trailing zeros, so that equal numbers are
equal texts. Zero is checked by the exponent that it is written with, as recorded (2026-10).
"""

import re
from decimal import Context, Decimal
from typing import Final

from .errors import ValidationException

DIGITS: Final = 38
LARGEST: Final = 125
SMALLEST: Final = -130
"""Exponents of the first digit."""
_EXPONENT_LIMIT: Final = 2**63 - 1  # beyond it DynamoDB reads no exponent at all
_LONGEST_EXPONENT: Final = 20
"""Digits: far beyond the limit, and quick to read."""

NOT_NUMERIC: Final = "The parameter cannot be converted to a numeric value"
TOO_LONG: Final = "Attempting to store more than 38 significant digits in a Number"
OVERFLOW: Final = "Number overflow. Attempting to store a number with magnitude larger than supported range"
UNDERFLOW: Final = "Number underflow. Attempting to store a number with magnitude smaller than supported range"

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?", re.ASCII)
_EXACT: Final = Context(prec=LARGEST - SMALLEST + DIGITS + 2)  # sums and differences of any two


def canonical(text: str) -> str:
    """As it is kept. Raises `ValidationException` for what is no number, too long, too large or too small."""
    if text.isdecimal() and text.isascii() and len(text) <= DIGITS and (text[0] != "0" or text == "0"):
        return text
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise ValidationException(f"{NOT_NUMERIC}: {text}" if text else NOT_NUMERIC)
    digits = (found[1] or "0").lstrip("+-").lstrip("0")
    exponent = int(found[1] or 0) if len(digits) < _LONGEST_EXPONENT else _EXPONENT_LIMIT + 1
    if abs(exponent) > _EXPONENT_LIMIT:
        raise ValidationException(f"{NOT_NUMERIC}: {text}")
    if abs(exponent) > 2 * len(text) + LARGEST - SMALLEST:  # no digits can make up for it
        raise ValidationException(OVERFLOW if exponent > 0 else UNDERFLOW)
    return _shown(Decimal(text))


def plus(left: str, right: str) -> str:
    return _shown(_EXACT.add(Decimal(left), Decimal(right)))


def minus(left: str, right: str) -> str:
    return _shown(_EXACT.subtract(Decimal(left), Decimal(right)))


def size(text: str) -> int:
    """Bytes that this number counts: one, one for every two digits before the point and behind it, one for a sign
    (recorded 2026-08)."""
    whole, _, fraction = text.lstrip("-").partition(".")
    whole = whole.lstrip("0")
    if not fraction:
        whole = whole.rstrip("0")
    elif not whole:
        fraction = fraction.lstrip("0")
    return 1 + (len(whole) + 1) // 2 + (len(fraction) + 1) // 2 + text.startswith("-")


def _shown(number: Decimal) -> str:
    adjusted = number.adjusted()
    if adjusted > LARGEST:
        raise ValidationException(OVERFLOW)
    if adjusted < SMALLEST:
        raise ValidationException(UNDERFLOW)
    if not number:
        return "0"
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if len(text.lstrip("-").replace(".", "").strip("0")) > DIGITS:
        raise ValidationException(TOO_LONG)
    return text
