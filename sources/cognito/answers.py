"""What functions of triggers answer: the whole event, of which `response` counts. Members that are null or missing say
nothing, unknown ones are let be. What is wrong is an `InvalidLambdaResponseException`."""

from collections.abc import Mapping
from json import loads
from typing import Any, Final, NoReturn

from eventbus.checks import encodable

from .errors import InvalidLambdaResponseException

NO_JSON: Final = "Invalid lambda function output : Invalid JSON"

Answer = Mapping[str, Any]
"""The `response` of an answer."""
NOTHING: Final[Answer] = {}
"""What a trigger says that has no function."""


def response_of(payload: bytes) -> Answer:
    try:
        answer = loads(payload, parse_constant=_no_json)
    except (ValueError, RecursionError):
        raise InvalidLambdaResponseException(message=NO_JSON) from None
    response = answer.get("response") if isinstance(answer, dict) else None
    if not isinstance(response, dict):
        raise InvalidLambdaResponseException("the answer is not the event with an object as its response")
    return response


def flag(answer: Answer, name: str) -> bool:
    value = answer.get(name)
    if value is not None and not isinstance(value, bool):
        raise wrong(name, value, "true or false")
    return bool(value)


def text(answer: Answer, name: str) -> str | None:
    value = answer.get(name)
    if value is not None and not _is_text(value):
        raise wrong(name, value, "a text")
    return value


def one_of(answer: Answer, name: str, allowed: tuple[str, ...]) -> str | None:
    value = text(answer, name)
    if value is not None and value not in allowed:
        raise wrong(name, value, " or ".join(allowed))
    return value


def texts(answer: Answer, name: str) -> dict[str, str]:
    """Names and texts; none where nothing is said."""
    value = details(answer, name)
    for each in (*value, *value.values()):
        if not _is_text(each):
            raise wrong(name, value, "an object of texts")
    return value


def names(answer: Answer, name: str) -> list[str]:
    value = answer.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(_is_text(each) for each in value):
        raise wrong(name, value, "a list of texts")
    return value


def details(answer: Answer, name: str) -> dict[str, Any]:
    value = answer.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(name, value, "an object")
    return value


def wrong(name: str, value: object, wanted: str) -> InvalidLambdaResponseException:
    return InvalidLambdaResponseException(f"{name}={value!r}: {wanted} or null is taken")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and encodable(value)


def _no_json(constant: str) -> NoReturn:
    raise ValueError(constant)
