"""What a target group makes of its function's answer (elb:lambda-functions).

Only the header map of the group's mode counts. Values are texts, nothing else: public reports agree that numbers,
booleans and nulls are answered with 502, as are a status that is a text and a body that is null.
"""

from collections.abc import Mapping
from typing import Any, Final

from eventbus.checks import encodable
from eventbus.core.http import Response
from sources._http import answers, bodies
from sources._http.answers import HOP_BY_HOP, Malformed, kind_of

from .refusals import headers_size

ANSWER_LIMIT: Final = 1_048_576
"""Bytes of JSON: 1 MB of 1,024 KB."""
HEADERS_LIMIT: Final = 32_768
"""Bytes of the header lines that the client gets from the function, with their ends (elb:load-balancer-limits)."""
DEFAULT_TYPE: Final = "application/octet-stream"
"""Where the function gives none: so in public reports."""

_OWN: Final = HOP_BY_HOP | {"content-length", "proxy-connection"}
"""Headers that are not the function's to say."""


def response(payload: bytes, *, multi_value: bool) -> Response:
    """Raises `Malformed`."""
    answer = _parsed(payload)
    if not isinstance(answer, dict):
        raise Malformed(f"the answer is {kind_of(answer)}")
    status = answers.status_of(_number(answer, "statusCode"), low=200)
    return Response(status, _lines(answer, multi_value), _body(answer), _reason(answer, status))


def _parsed(payload: bytes) -> Any:
    try:
        return answers.strict(payload.decode())
    except (ValueError, RecursionError):
        raise Malformed("the answer is no JSON") from None


def _number(answer: Mapping[str, Any], name: str) -> object:
    if name not in answer:
        raise Malformed(f"{name} is missing")
    value: object = answer[name]
    if isinstance(value, str):
        raise Malformed(f"{name} is a text")
    return value


def _reason(answer: Mapping[str, Any], status: int) -> str | None:
    """The text behind the same number in `statusDescription`; None for the usual one."""
    description = _text(answer, "statusDescription")
    answers.check_lines([("statusDescription", description)])
    number, _, reason = description.partition(" ")
    return reason if number == str(status) and reason else None


def _lines(answer: Mapping[str, Any], multi_value: bool) -> list[tuple[str, str]]:
    lines = _given_lines(answer, "multiValueHeaders" if multi_value else "headers", multi_value)
    answers.check_lines(lines)
    kept = [(name, value) for name, value in lines if name.lower() not in _OWN]
    if headers_size(kept) > HEADERS_LIMIT:
        raise Malformed("headers over 32 KB")
    if not any(name.lower() == "content-type" for name, _ in kept):
        kept.append(("content-type", DEFAULT_TYPE))
    return kept


def _given_lines(answer: Mapping[str, Any], name: str, multi_value: bool) -> list[tuple[str, str]]:
    given = answer.get(name, {})
    if not isinstance(given, dict):
        raise Malformed(f"{name} is {kind_of(given)}")
    lines: list[tuple[str, str]] = []
    for key, found in given.items():
        values = found if multi_value else [found]
        if not isinstance(values, list):
            raise Malformed(f"{name}: {key} has no list of values")
        for value in values:
            if not isinstance(value, str):
                raise Malformed(f"{name}: a value of {key} is {kind_of(value)}")
            lines.append((key, value))
    return lines


def _body(answer: Mapping[str, Any]) -> bytes:
    body, encoded = _text(answer, "body"), answer.get("isBase64Encoded", False)
    if not isinstance(encoded, bool):
        raise Malformed(f"isBase64Encoded is {kind_of(encoded)}")
    if not encoded:
        return body.encode()
    content = bodies.from_base64(body)
    if content is None:
        raise Malformed("body is no base64")
    return content


def _text(answer: Mapping[str, Any], name: str) -> str:
    """Empty if it is missing."""
    value = answer.get(name, "")
    if not isinstance(value, str):
        raise Malformed(f"{name} is {kind_of(value)}")
    if not encodable(value):
        raise Malformed(f"{name} holds half a character")
    return value
