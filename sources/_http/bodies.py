"""Bodies as texts of an event, and back."""

from base64 import b64decode, b64encode
from typing import Final

TEXTS: Final = ("text/", "application/json", "application/javascript", "application/xml")
"""Content types whose bodies come as they are, all others as base64: types, and beginnings of types (`text/`)."""


def content_type(header: str) -> str:
    """Without its parameters, in lower case."""
    return header.partition(";")[0].strip().lower()


def textual(header: str) -> bool:
    """Whether a content type is one of `TEXTS`."""
    kind = content_type(header)
    return any(kind.startswith(known) if known.endswith("/") else kind == known for known in TEXTS)


def to_base64(body: bytes) -> str:
    return b64encode(body).decode()


def from_base64(text: str) -> bytes | None:
    """None if it is no base64."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return None


def as_text(body: bytes) -> str | None:
    """None if it is no UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None
