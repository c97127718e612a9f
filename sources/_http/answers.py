"""What functions answer, read: JSON, header values, statuses. Whatever is wrong is told by `Malformed`."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from json import loads
from typing import Any, Final, NoReturn

from eventbus.checks import encodable
from eventbus.core.http import Response

from .bodies import from_base64

NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that are between two neighbours (RFC 9110, 7.6.1)."""


class Malformed(Exception):
    """The answer has no form that the front door takes; says why."""


def parsed(payload: bytes) -> Any:
    """An answer as JSON."""
    try:
        return loads(payload)
    except (ValueError, RecursionError):
        raise Malformed("the answer is no JSON") from None


def strict(text: str) -> Any:
    """JSON as RFC 8259 has it: no NaN, no Infinity. Raises `ValueError` for what is none, `RecursionError` for what
    nests too deeply."""
    return loads(text, parse_constant=_no_json)


def _no_json(constant: str) -> NoReturn:
    raise ValueError(constant)


def scalar(value: object) -> str:
    """A header's value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise Malformed(f"a header's value is {kind_of(value)}")


def header_map(value: object, name: str) -> list[tuple[str, str]]:
    """Lines of a map of names to values."""
    if not isinstance(value, dict):
        raise Malformed(f"{name} is {kind_of(value)}")
    return [(_name(key), scalar(each)) for key, each in value.items()]


def header_lists(value: object, name: str) -> list[tuple[str, str]]:
    """Lines of a map of names to lists of values."""
    if not isinstance(value, dict):
        raise Malformed(f"{name} is {kind_of(value)}")
    lines: list[tuple[str, str]] = []
    for key, values in value.items():
        if not isinstance(values, list):
            raise Malformed(f"{name}: {key} has no list of values")
        lines += [(_name(key), scalar(each)) for each in values]
    return lines


def _name(key: object) -> str:
    """A dict that never was JSON may have others."""
    if not isinstance(key, str):
        raise Malformed(f"a header's name is {kind_of(key)}")
    return key


def check_lines(lines: Iterable[tuple[str, str]]) -> None:
    """Names are tokens, values have no line ends and no control characters (RFC 9110, 5.1 and 5.5)."""
    for name, value in lines:
        if not NAME.fullmatch(name):
            raise Malformed(f"no header can be named {name!r}")
        if _FORBIDDEN.search(value) or not encodable(value):
            raise Malformed(f"no header can have the value of {name}")


_OF_A_HOP: Final = HOP_BY_HOP | {"content-length"}


def end_to_end(lines: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without what is between two neighbours, and without the length, which is computed."""
    return [(name, value) for name, value in lines if name.lower() not in _OF_A_HOP]


def body_of(answer: Mapping[str, Any]) -> bytes:
    """Its `body`, decoded where `isBase64Encoded` says so."""
    body, encoded = answer.get("body"), answer.get("isBase64Encoded", False)
    if encoded is None:
        encoded = False
    if not isinstance(encoded, bool):
        raise Malformed(f"isBase64Encoded is {kind_of(encoded)}")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise Malformed(f"body is {kind_of(body)}")
    if not encoded:
        return utf8(body)
    found = from_base64(body)
    if found is None:
        raise Malformed("body is no base64")
    return found


def utf8(text: str) -> bytes:
    if not encodable(text):
        raise Malformed("body has halves of surrogate pairs")
    return text.encode()


def status_of(value: object, *, low: int = 200, high: int = 599) -> int:
    """A whole number, or the digits of one. Below 200 an answer has not ended: no server can send it as one."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 3:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Malformed(f"statusCode is {kind_of(value)}" if not isinstance(value, int) else f"statusCode is {value}")
    return value


def kind_of(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    names |= {int: "a number", float: "a number"}
    return names.get(type(value), f"of type {type(value).__name__}")


BODILESS: Final = (204, 304)
"""Statuses of answers without a body."""


def bodiless(method: str, status: int) -> bool:
    """Whether no body goes with such an answer (RFC 9110, 6.4.1)."""
    return method == "HEAD" or status in BODILESS


def reason_of(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def said(status: int, text: str, content_type: str = "application/json") -> Response:
    """An answer of the front door itself."""
    return Response(status, [("Content-Type", content_type)], text.encode())
