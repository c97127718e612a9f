"""The functions of a rule's SQL that are offered [iot:iot-sql-functions]; their names count in any case.

Numbers may come as texts that write them, and most functions of texts take anything, as JSON. Regular expressions are
those of Python, not of Java. A text that would become longer than a MiB is undefined (choice).
"""

import hashlib
import math
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import partial
from typing import Final

from attrs import frozen

from eventbus.names import ACCOUNT

from .message import Message
from .operators import remainder
from .values import RAW, UNDEFINED, Value, is_number, number, read, to_boolean, to_number, to_text, to_whole

TEXT_LIMIT: Final = 1_048_576
DECIMALS_LIMIT: Final = 34
MANY: Final = 1_000
"""Arguments; arbitrary."""
HALF: Final = "surrogatepass"
"""A half of a letter of two has bytes as well."""
VERSION: Final = "2016-03-23"
_GROUP: Final = re.compile(r"\$(\d)")


@frozen(eq=False)
class Function:
    """`apply` may raise ArithmeticError or ValueError for what is undefined. `with_nothing`: null and what is undefined
    are values to it; any other function is undefined then."""

    fewest: int
    most: int
    apply: Callable[..., Value]
    of_message: bool = False
    with_nothing: bool = False


# ---------------------------------------------------------------- the message


def _topic(message: Message, place: Value = None) -> Value:
    """All of it, or one level, counted from 1."""
    if place is None:
        return message.topic
    index = to_whole(place)
    return message.levels[index - 1] if index is not UNDEFINED and 0 < index <= len(message.levels) else UNDEFINED


def _trace_id(message: Message) -> Value:
    return UNDEFINED if message.client_id is None else message.id


# ---------------------------------------------------------------- texts


def _of_texts(apply: Callable[..., Value]) -> Callable[..., Value]:
    def function(*values: Value) -> Value:
        return apply(*map(to_text, values))

    return function


def _length_limited(text: str) -> Value:
    return text if len(text) <= TEXT_LIMIT else UNDEFINED


def _concat(*values: Value) -> Value:
    """Lists and what stands between them as one list, all else as one text."""
    if any(isinstance(value, list) for value in values):
        return [each for value in values for each in (value if isinstance(value, list) else [value])]
    return _length_limited("".join(map(to_text, values)))


def _replaced(text: str, old: str, new: str) -> Value:
    if not old or len(text) + text.count(old) * (len(new) - len(old)) > TEXT_LIMIT:
        return UNDEFINED
    return text.replace(old, new)


def _substring(value: Value, start: Value, end: Value = None) -> Value:
    text, first = to_text(value), to_whole(start)
    last = len(text) if end is None else to_whole(end)
    if first is UNDEFINED or last is UNDEFINED:
        return UNDEFINED
    return text[max(first, 0) : max(last, 0)]


def _blanks(count: Value) -> str:
    """So many; raises ValueError."""
    found = to_whole(count)
    if found is UNDEFINED or found > TEXT_LIMIT:
        raise ValueError(count)
    return " " * int(found)


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError, Warning) as reason:  # of what may mean something else one day
        raise ValueError(str(reason)) from None


def _regexp_replace(text: str, pattern: str, new: str) -> Value:
    """`$1` in the new text is what the first group found."""
    parts: list[str] = []
    length = end = 0
    for found in _pattern(pattern).finditer(text):
        groups = [found[0], *found.groups("")]
        made = _GROUP.sub(partial(_group, groups), new)
        parts += [text[end : found.start()], made]
        length, end = length + len(made), found.end()
        if length > TEXT_LIMIT:
            return UNDEFINED
    return _length_limited("".join([*parts, text[end:]]))


def _group(groups: Sequence[str], sign: re.Match[str]) -> str:
    place = int(sign[1])
    return groups[place] if place < len(groups) else ""


def _regexp_substr(text: str, pattern: str) -> Value:
    found = _pattern(pattern).search(text)
    return UNDEFINED if found is None else found[0]


def _digest(name: str) -> Callable[..., Value]:
    return _of_texts(lambda text: hashlib.new(name, text.encode(errors=HALF), usedforsecurity=False).hexdigest())


def _chr(value: Value) -> Value:
    code = to_whole(value)
    return UNDEFINED if code is UNDEFINED else chr(code)


def _encode(value: Value, scheme: Value) -> Value:
    if scheme != "base64":
        return UNDEFINED
    plain = value if isinstance(value, bytes) else to_text(value).encode(errors=HALF)
    return b64encode(plain).decode()


def _decode(value: Value, scheme: Value) -> Value:
    """What is JSON in it, or its text; null for what is no base64."""
    if scheme != "base64" or not isinstance(value, str):
        return UNDEFINED
    try:
        plain = b64decode(value, validate=True)
        found = read(plain)
        return plain.decode() if found is RAW else found
    except ValueError:
        return None


# ---------------------------------------------------------------- numbers


def _of_number(apply: Callable[..., int | float]) -> Callable[[Value], Value]:
    def function(value: Value) -> Value:
        found = to_number(value)
        return UNDEFINED if found is UNDEFINED else number(apply(found))

    return function


def _rounded(value: int | float) -> int:
    """Half away from zero."""
    return int(Decimal(repr(value)).to_integral_value(ROUND_HALF_UP))


def _trunc(value: Value, decimals: Value) -> Value:
    found, places = to_number(value), to_whole(decimals)
    if found is UNDEFINED or places is UNDEFINED or not 0 <= places <= DECIMALS_LIMIT:
        return UNDEFINED
    if isinstance(found, int):
        return found
    whole = Decimal(repr(found))
    exponent = whole.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return found
    return number(float(whole.quantize(Decimal(1).scaleb(-places), ROUND_DOWN)))


def _power(value: Value, exponent: Value) -> Value:
    one, other = to_number(value), to_number(exponent)
    return UNDEFINED if one is UNDEFINED or other is UNDEFINED else number(math.pow(one, other))


def _sign(value: int | float) -> int:
    return (value > 0) - (value < 0)


def _bits(apply: Callable[[int, int], int]) -> Callable[[Value, Value], Value]:
    def function(one: Value, other: Value) -> Value:
        left, right = to_number(one), to_number(other)
        return number(apply(left, right)) if isinstance(left, int) and isinstance(right, int) else UNDEFINED

    return function


# ---------------------------------------------------------------- types


def _get(value: Value, key: Value) -> Value:
    """The element at a place counted from 0, the letter there, or a member."""
    if isinstance(value, dict):
        return value.get(key, UNDEFINED) if isinstance(key, str) else UNDEFINED
    place = to_whole(key)
    if not isinstance(value, list | str) or place is UNDEFINED or not 0 <= place < len(value):
        return UNDEFINED
    return value[place]


def _nanvl(value: Value, other: Value) -> Value:
    return other if value is None or value is UNDEFINED else value


def to_int(value: Value) -> Value:
    return to_whole(int(value) if isinstance(value, bool) else value)


def to_decimal(value: Value) -> Value:
    return to_number(int(value) if isinstance(value, bool) else value)


def to_bool(value: Value) -> Value:
    return value != 0 if is_number(value) else to_boolean(value)


CASTS: Final = {
    "INT": Function(1, 1, to_int),
    "INTEGER": Function(1, 1, to_int),
    "DECIMAL": Function(1, 1, to_decimal),
    "BOOL": Function(1, 1, to_bool),
    "BOOLEAN": Function(1, 1, to_bool),
    "STRING": Function(1, 1, to_text),
    "VARCHAR": Function(1, 1, to_text),
}
"""What `cast(value as Type)` does, by the type's name."""

FUNCTIONS: Final = {
    "accountid": Function(0, 0, lambda: ACCOUNT),
    "clientid": Function(0, 0, lambda message: message.sender, of_message=True),
    "sql_version": Function(0, 0, lambda: VERSION),
    "timestamp": Function(0, 0, lambda message: round(message.at * 1_000), of_message=True),
    "topic": Function(0, 1, _topic, of_message=True),
    "traceid": Function(0, 0, _trace_id, of_message=True),
    "chr": Function(1, 1, _chr),
    "concat": Function(1, MANY, _concat),
    "decode": Function(2, 2, _decode),
    "encode": Function(2, 2, _encode),
    "endswith": Function(2, 2, _of_texts(str.endswith)),
    "indexof": Function(2, 2, _of_texts(str.find)),
    "length": Function(1, 1, _of_texts(len)),
    "lower": Function(1, 1, _of_texts(str.lower)),
    "lpad": Function(2, 2, lambda value, count: _blanks(count) + to_text(value)),
    "ltrim": Function(1, 1, _of_texts(str.lstrip)),
    "numbytes": Function(1, 1, _of_texts(lambda text: len(text.encode(errors=HALF)))),
    "regexp_matches": Function(2, 2, _of_texts(lambda text, pattern: _pattern(pattern).search(text) is not None)),
    "regexp_replace": Function(3, 3, _of_texts(_regexp_replace)),
    "regexp_substr": Function(2, 2, _of_texts(_regexp_substr)),
    "replace": Function(3, 3, _of_texts(_replaced)),
    "rpad": Function(2, 2, lambda value, count: to_text(value) + _blanks(count)),
    "rtrim": Function(1, 1, _of_texts(str.rstrip)),
    "startswith": Function(2, 2, _of_texts(str.startswith)),
    "substring": Function(2, 3, _substring),
    "trim": Function(1, 1, _of_texts(str.strip)),
    "upper": Function(1, 1, _of_texts(str.upper)),
    **{name: Function(1, 1, _digest(name)) for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")},
    "abs": Function(1, 1, _of_number(abs)),
    "bitand": Function(2, 2, _bits(int.__and__)),
    "bitor": Function(2, 2, _bits(int.__or__)),
    "bitxor": Function(2, 2, _bits(int.__xor__)),
    "ceil": Function(1, 1, _of_number(math.ceil)),
    "floor": Function(1, 1, _of_number(math.floor)),
    "mod": Function(2, 2, remainder),
    "nanvl": Function(2, 2, _nanvl, with_nothing=True),
    "power": Function(2, 2, _power),
    "remainder": Function(2, 2, remainder),
    "round": Function(1, 1, _of_number(_rounded)),
    "sign": Function(1, 1, _of_number(_sign)),
    "sqrt": Function(1, 1, _of_number(math.sqrt)),
    "trunc": Function(2, 2, _trunc),
    "get": Function(2, 2, _get),
    "isnull": Function(1, 1, lambda value: value is None, with_nothing=True),
    "isundefined": Function(1, 1, lambda value: value is UNDEFINED, with_nothing=True),
}
