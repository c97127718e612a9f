"""Message attributes: what may be published, its length, and how it is shown [sns:sns-message-attributes]."""

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

from eventbus.checks import encodable
from eventbus.core.effects import Attributes

from .errors import InvalidParameterValueException, invalid
from .events import SnsAttribute

NAME_LIMIT: Final = 256
NO_ATTRIBUTES: Final[Attributes] = {}
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_RESERVED: Final = ("aws.", "amazon.")
_TYPE: Final = re.compile(r"(String|Number|Binary)(\..+)?")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def checked(given: Mapping[str, Mapping[str, Any]] | None) -> Attributes:
    """From `{name: {"data_type": ..., "string_value" or "binary_value": ...}}`.

    Raises `InvalidParameterException`, `InvalidParameterValueException`."""
    if not given:
        return NO_ATTRIBUTES
    if not isinstance(given, Mapping):
        raise invalid(f"MessageAttributes Reason: {given!r} are no names with their values")
    return {name: _checked(name, value) for name, value in given.items()}


def size(attributes: Attributes) -> int:
    """Bytes of names, types and values: they count for the size of the message."""
    return sum(
        len(name.encode()) + len(kind.encode()) + len(value if isinstance(value, bytes) else value.encode())
        for name, (kind, value) in attributes.items()
    )


def shown(attributes: Attributes) -> dict[str, SnsAttribute]:
    """As envelopes and events show them, and as filter policies see them."""
    return {
        name: {"Type": kind, "Value": b64encode(value).decode() if isinstance(value, bytes) else value}
        for name, (kind, value) in attributes.items()
    }


def _checked(name: Any, value: Any) -> tuple[str, str | bytes]:
    if not isinstance(name, str) or len(name) > NAME_LIMIT or not _NAME.fullmatch(name):
        raise invalid(f"MessageAttributes Reason: {name!r} is no name of 1 to 256 letters, digits, _ - and single dots")
    if name.lower().startswith(_RESERVED):
        raise invalid(f"MessageAttributes Reason: {name!r} begins as names of AWS do")
    if not isinstance(value, Mapping):
        raise invalid(f"MessageAttributes Reason: {name!r} has no data_type and value")
    kind = value.get("data_type")
    if not isinstance(kind, str) or len(kind) > NAME_LIMIT or not _TYPE.fullmatch(kind) or not encodable(kind):
        raise InvalidParameterValueException(
            f"The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes "
            "is Binary, Number, and String."
        )
    member = "binary_value" if kind.startswith("Binary") else "string_value"
    content = value.get(member)
    if not content or not isinstance(content, bytes if member == "binary_value" else str):
        raise InvalidParameterValueException(
            f"The message attribute '{name}' must contain a non-empty message attribute value for message attribute "
            f"type '{kind}' ({member})."
        )
    if isinstance(content, str) and not encodable(content):
        raise InvalidParameterValueException(f"The message attribute '{name}' has a value that UTF-8 can't hold.")
    if kind.startswith("Number") and not _NUMBER.fullmatch(str(content)):
        raise InvalidParameterValueException(
            f"Could not cast message attribute '{name}' value to number: its type is '{kind}'."
        )
    return kind, content
