"""What states hand on: JSON values, their texts, and the limit of both. Values are never changed, only built anew."""

import re
from datetime import datetime
from json import loads
from math import isinf
from typing import Any, Final

from attrs import define

from eventbus.checks import encodable
from eventbus.names import Ids
from sources._calling import encode

from .errors import DATA_LIMIT, RUNTIME, Failed

DATA_LIMIT_BYTES: Final = 262_144
"""Of the compact JSON text of an input or output, in UTF-8 (systems 3.3; what is counted is our choice)."""
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


@define(eq=False)
class Scope:
    """What paths look at: the data of a state (`$`) and the context object (`$$`); chance is drawn from `ids`."""

    data: Any
    context: Any
    ids: Ids

    def of(self, data: Any) -> "Scope":
        return Scope(data, self.context, self.ids)


def parsed(text: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError for what is none, UTF-8 can't hold, or nests too deeply."""
    try:
        if isinstance(text, bytes):
            text = text.decode()
        value = loads(text, parse_constant=_no_json, parse_float=_finite)
        if not encodable(encode(value) if "\\u" in text else text):
            raise ValueError("a text that UTF-8 can't hold")
    except RecursionError:
        raise ValueError("nests too deeply") from None
    return value


def size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def text_of(value: Any, what: str) -> str:
    """Raises `Failed` past the limit."""
    try:
        text = encode(value)
    except RecursionError:
        raise Failed(RUNTIME, f"{what} nests too deeply") from None
    if size(text) > DATA_LIMIT_BYTES:
        raise Failed(DATA_LIMIT, f"{what} is larger than {DATA_LIMIT_BYTES} bytes")
    return text


def number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def instant(value: Any) -> datetime | None:
    """Of a timestamp as RFC 3339 has it, with capital T and Z [spec]; None: it is none."""
    if not isinstance(value, str) or not _TIMESTAMP.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _finite(digits: str) -> float:
    value = float(digits)
    if isinf(value):
        raise ValueError(f"{digits} is too large")
    return value


def _no_json(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
