"""Values of a rule's SQL: those of JSON, `UNDEFINED`, and how one type becomes another [iot:iot-sql-data-types].

Version 2016-03-23 takes a whole decimal for an integer: 10.0 is 10. Integers have 34 digits at most; a result beyond
that, or beyond double precision, is undefined (choice).
"""

import json
import re
from enum import Enum
from json import JSONDecodeError, JSONDecoder
from math import isfinite
from typing import Any, Final, NoReturn

from eventbus.checks import encodable


class Nothing(Enum):
    UNDEFINED = "no value"
    RAW = "bytes that are no JSON"


Value = Any
UNDEFINED: Final = Nothing.UNDEFINED
RAW: Final = Nothing.RAW

LARGEST: Final = 10**34
WHOLE: Final = 2.0**53
"""Up to here a double tells every integer apart."""
_NUMBER: Final = re.compile(r"-?\d{1,300}(\.\d{1,300})?(E-?\d{1,3})?", re.IGNORECASE | re.ASCII)


def number(value: int | float) -> Value:
    """A result of arithmetic."""
    if isinstance(value, int):
        return value if -LARGEST < value < LARGEST else UNDEFINED
    if not isfinite(value):
        return UNDEFINED
    return int(value) if value.is_integer() and -WHOLE <= value <= WHOLE else value


def is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def to_number(value: Value) -> Value:
    """Numbers, and texts that write one."""
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            return UNDEFINED
        return number(int(value) if value.lstrip("-").isdigit() else float(value))
    return value if is_number(value) else UNDEFINED


def to_whole(value: Value) -> Value:
    """A number, what stands behind its point cut."""
    found = to_number(value)
    return found if found is UNDEFINED else int(found)


def to_boolean(value: Value) -> Value:
    """Booleans, and the texts true and false in any case."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower(), UNDEFINED)
    return value if isinstance(value, bool) else UNDEFINED


def to_text(value: Value) -> Value:
    """Texts as they are, all else as JSON; nothing for null and for what is undefined."""
    if value is None or isinstance(value, Nothing):
        return UNDEFINED
    return value if isinstance(value, str) else written(value)


def same(one: Value, other: Value) -> bool:
    """Equal in type and value; 1 and 1.0 are one number."""
    if is_number(one) and is_number(other):
        return bool(one == other)
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(each, other[name]) for name, each in one.items())
    return bool(one == other)


def written(value: Value) -> str:
    """As JSON."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text if encodable(text) else json.dumps(value, separators=(",", ":"))


def read(payload: bytes) -> Value:
    """What a message says, or `RAW`."""
    try:
        return _DECODER.decode(payload.decode())
    except (ValueError, RecursionError):
        return RAW


def _float(text: str) -> int | float:
    found = number(float(text))
    if found is UNDEFINED:
        raise JSONDecodeError("a number beyond double precision", text, 0)
    return found  # type: ignore[no-any-return]  # it is a number


def _refuse_constant(name: str) -> NoReturn:
    raise JSONDecodeError(f"{name} is no JSON", name, 0)


_DECODER: Final = JSONDecoder(parse_float=_float, parse_constant=_refuse_constant)
