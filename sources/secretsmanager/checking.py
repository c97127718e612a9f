"""Arguments of calls, looked at before they can do harm [bc:secretsmanager]."""

from collections.abc import Sequence
from typing import Any, Final

from eventbus.checks import encodable, is_function
from eventbus.errors import InvalidParameterException, InvalidSetting
from eventbus.names import Arn

from .rules import RotationRules
from .versions import LABELS_LIMIT, Content

VALUE_LIMIT: Final = 65_536
"""Bytes."""
LABEL_LIMIT: Final = 256
SHORTEST_TOKEN: Final = 32
LONGEST_TOKEN: Final = 64
"""Characters."""


def token(name: str, value: object) -> str | None:
    """A version's id."""
    return _text(name, value, SHORTEST_TOKEN, LONGEST_TOKEN)


def label(value: object) -> str | None:
    return _text("VersionStage", value, 1, LABEL_LIMIT)


def labels(value: Sequence[str] | None) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= LABELS_LIMIT:
        raise _refused("VersionStages", value, f"be a list of 1 to {LABELS_LIMIT} texts")
    for each in value:
        if label(each) is None:
            raise _refused("VersionStages", value, "hold no null")
    return list(dict.fromkeys(value))


def flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _refused(name, value, "be true or false")
    return value


def content(string: object, binary: object) -> Content:
    if string is not None and binary is not None:
        raise InvalidParameterException(
            "You can't specify both a binary secret value and a string secret value in the same secret."
        )
    if string is None and binary is None:
        raise InvalidParameterException("You must provide either SecretString or SecretBinary.")
    if isinstance(string, str) and encodable(string) and 0 < len(string.encode()) <= VALUE_LIMIT:
        return string
    if isinstance(binary, bytes) and 0 < len(binary) <= VALUE_LIMIT:
        return binary
    name = "SecretString" if binary is None else "SecretBinary"
    raise InvalidParameterException(f"{name} is a text or bytes, 1 to {VALUE_LIMIT:,} bytes long.")


def function(value: Any) -> Arn | None:
    """A declared function, or its ARN."""
    if value is None:
        return None
    if is_function(value):
        return value.arn  # type: ignore[no-any-return]  # a function's
    if isinstance(value, str) and encodable(value) and value.startswith("arn:") and value.count(":") >= 6:
        return Arn(value)
    raise _refused("RotationLambdaARN", value, "be a declared function or its ARN")


def rules(days: Any, expression: Any, duration: Any) -> RotationRules | None:
    if days is None and expression is None and duration is None:
        return None
    try:
        return RotationRules(automatically_after_days=days, schedule_expression=expression, duration=duration)
    except InvalidSetting as refused:
        raise InvalidParameterException(str(refused)) from None


def _text(name: str, value: object, low: int, high: int) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not encodable(value) or not low <= len(value) <= high:
        raise _refused(name, value, f"be a text of {low} to {high} characters")
    return value


def _refused(name: str, value: object, constraint: str) -> InvalidParameterException:
    return InvalidParameterException(f"Value {value!r} at '{name}' failed to satisfy constraint: must {constraint}")
