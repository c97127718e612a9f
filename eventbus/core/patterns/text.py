"""JSON text to values, with number literals kept apart that binary64 can't hold.

Two numbers are equal by value (1 = 1.0 = 10e-1) as long as binary64 holds both exactly enough to print them again; any
other literal (1e400, 12345678901234567.5, 20 digits) is equal to the same literal alone and has no place in an order.
"""

from collections.abc import Hashable
from json import JSONDecodeError, JSONDecoder
from typing import Any, Final, NoReturn

EXACT: Final = 2**53  # every integer up to here is a binary64 number
NUMERIC: Final = (int, float)
INFINITY: Final = float("inf")
SHORT: Final = 16  # so many characters without an exponent hold at most 15 digits: binary64 prints them again


class NotJson(ValueError):
    """The text is no JSON."""


class Inexact(float):
    """A number literal that binary64 can't hold."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> "Inexact":
        number = super().__new__(cls, text)
        number.text = text
        return number


def parse_json(text: str | bytes | bytearray) -> Any:
    """The value of a JSON text; of a key that stands twice the later one. Raises `NotJson`."""
    return _decoded(text, _DECODER)


def parse_pattern_json(text: str | bytes | bytearray) -> Any:
    """The same, with the members of each object in the order of their last mention."""
    return _decoded(text, _PATTERN_DECODER)


def number_key(number: float) -> Hashable:
    """What two numbers have in common exactly if they are equal: a number that can be compared, or something else."""
    if type(number) is float:
        return number
    if isinstance(number, int):
        return int(number) if -EXACT <= number <= EXACT else _big_key(int(number))
    return (number.text,) if isinstance(number, Inexact) else float(number)


def comparable(key: Any) -> bool:
    """A key of `number_key` has a place in the order of numbers."""
    return isinstance(key, NUMERIC) and -INFINITY < key < INFINITY


def precision(number: float) -> tuple[int, int]:
    """How many digits write `number`, and how many of them behind the point."""
    text = literal(number)
    _, digits, power = _digits(text)
    return len(digits), max(0, -power)


def literal(number: float) -> str:
    """`number` as JSON."""
    if isinstance(number, Inexact):
        return number.text
    try:
        return repr(number)
    except ValueError:  # an integer too long to be printed
        return "a number"


def _big_key(number: int) -> Hashable:
    try:
        nearest = float(number)
        if _digits(repr(nearest)) == _digits(str(number)):
            return nearest
    except (OverflowError, ValueError):  # beyond binary64, or beyond what may be printed
        pass
    return (number,)


def _float(text: str) -> float:
    if len(text) <= SHORT and "e" not in text and "E" not in text:
        return float(text)
    number = float(text)
    return number if _digits(repr(number)) == _digits(text) else Inexact(text)


def _digits(text: str) -> tuple[bool, str, int]:
    """Sign, digits without outer zeros, and the power of ten of the last of them."""
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, fraction = mantissa.lstrip("+-").partition(".")
    digits = (whole + fraction).lstrip("0")
    short = digits.rstrip("0")
    if not short or not short.isdigit():  # zero, or the text of an infinity
        return (False, short, 0)
    power = int(exponent) if 0 < len(exponent) < SHORT else len(exponent) * EXACT
    return (mantissa.startswith("-"), short, power - len(fraction) + len(digits) - len(short))


def _refuse_constant(name: str) -> NoReturn:
    raise JSONDecodeError(f"{name} is no JSON", name, 0)


def _in_last_order(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        members.pop(name, None)
        members[name] = value
    return members


_DECODER: Final = JSONDecoder(parse_float=_float, parse_constant=_refuse_constant)
_PATTERN_DECODER: Final = JSONDecoder(
    parse_float=_float, parse_constant=_refuse_constant, object_pairs_hook=_in_last_order
)
# int() refuses more than 4,300 digits
_LONG_DECODER: Final = JSONDecoder(
    parse_float=_float, parse_int=Inexact, parse_constant=_refuse_constant, object_pairs_hook=_in_last_order
)


def _decoded(text: str | bytes | bytearray, decoder: JSONDecoder) -> Any:
    try:
        characters = text if isinstance(text, str) else text.decode()
        try:
            value, end = decoder.raw_decode(characters)
            return value if end == len(characters) else decoder.decode(characters)
        except JSONDecodeError:  # white space before it, perhaps
            return decoder.decode(characters)
        except ValueError:
            return _LONG_DECODER.decode(characters)
    except (ValueError, RecursionError) as reason:
        raise NotJson(str(reason)) from None
