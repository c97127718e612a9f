"""Message attributes: what may be sent, its length and digest (sqs:sqs-message-metadata, sqs:quotas-messages)."""

import re
from collections.abc import Mapping
from hashlib import md5
from typing import Any, Final

from eventbus.core.effects import Attributes

from .errors import InvalidParameterValue

COUNT_LIMIT: Final = 10
NAME_LIMIT: Final = 256
NO_ATTRIBUTES: Final[Attributes] = {}
_NAME: Final = re.compile(r"[A-Za-z0-9_\-.]+")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_TYPE: Final = re.compile(r"(String|Number|Binary)(\..+)?")


def checked(given: Mapping[str, Mapping[str, Any]] | None) -> Attributes:
    """From `{name: {"data_type": ..., "string_value" or "binary_value": ...}}`. Raises `InvalidParameterValue`."""
    if not given:
        return NO_ATTRIBUTES
    if not isinstance(given, Mapping):
        raise InvalidParameterValue(f"message_attributes={given!r}: names with their values")
    if len(given) > COUNT_LIMIT:
        raise InvalidParameterValue(f"Number of message attributes [{len(given)}] exceeds the allowed maximum [10].")
    return {name: _checked(name, value) for name, value in given.items()}


def size(attributes: Attributes) -> int:
    """Bytes of names, types and values: they count for the size of the message."""
    return sum(
        len(name.encode()) + len(kind.encode()) + len(_bytes(value)) for name, (kind, value) in attributes.items()
    )


def length(body: str, attributes: Attributes) -> int:
    """Bytes that count for the size of a message."""
    own = len(body) if body.isascii() else len(body.encode(errors="surrogatepass"))
    return own + size(attributes) if attributes else own


def digest(attributes: Attributes) -> str | None:
    """MD5OfMessageAttributes; None without attributes."""
    if not attributes:
        return None
    total = md5(usedforsecurity=False)
    for name in sorted(attributes):
        kind, value = attributes[name]
        for part in (name.encode(), kind.encode()):
            total.update(len(part).to_bytes(4, "big") + part)
        content = _bytes(value)
        total.update(b"\2" if isinstance(value, bytes) else b"\1")
        total.update(len(content).to_bytes(4, "big") + content)
    return total.hexdigest()


def shown(attributes: Attributes) -> dict[str, dict[str, Any]]:
    """As a receive shows them."""
    return {
        name: {"data_type": kind, "binary_value" if isinstance(value, bytes) else "string_value": value}
        for name, (kind, value) in attributes.items()
    }


def _checked(name: str, value: Mapping[str, Any]) -> tuple[str, str | bytes]:
    if len(name) > NAME_LIMIT or not _NAME.fullmatch(name):
        raise InvalidParameterValue(
            f"Message (user) attribute name {name[:20]!r} is invalid: 1 to 256 of A-Z a-z 0-9 _ - ."
        )
    kind = value.get("data_type", "")
    if not isinstance(kind, str) or len(kind) > NAME_LIMIT or not _TYPE.fullmatch(kind):
        raise InvalidParameterValue(f"The message attribute '{name}' has an invalid message attribute type.")
    member = "binary_value" if kind.startswith("Binary") else "string_value"
    content = value.get(member)
    if not content:
        raise InvalidParameterValue(
            f"Message (user) attribute '{name}' must contain a non-empty value of type '{kind}'."
        )
    if not isinstance(content, bytes if member == "binary_value" else str):
        raise InvalidParameterValue(f"Message (user) attribute '{name}': {member} has the wrong type.")
    if kind.startswith("Number"):
        _check_number(name, str(content))
    return kind, content


def _check_number(name: str, content: str) -> None:
    if not _NUMBER.fullmatch(content):
        raise InvalidParameterValue(f"Can't cast the value of message (user) attribute '{name}' to a number.")


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
