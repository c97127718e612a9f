"""Members in the names of the wire and in those of botocore; names that users gave are left alone."""

import re
from collections.abc import Callable
from typing import Any, Final

_FREE: Final = ("slots", "sessionAttributes", "requestAttributes", "contextAttributes", "parameters")
"""Members whose own members are named by users."""
_UPPER: Final = re.compile(r"(?<!^)([A-Z])")
_LOWER: Final = re.compile(r"_([a-z0-9])")


def snake(name: str) -> str:
    return _UPPER.sub(r"_\1", name).lower()


def camel(name: str) -> str:
    return _LOWER.sub(lambda found: found[1].upper(), name)


def to_snake(value: Any) -> Any:
    """As the caller gets it."""
    return _renamed(value, snake)


def to_camel(value: Any) -> Any:
    """As it was given by a caller."""
    return _renamed(value, camel)


def _renamed(value: Any, rename: Callable[[str], str], *, free: bool = False) -> Any:
    if isinstance(value, list | tuple):
        return [_renamed(each, rename) for each in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for key, each in value.items():
        name = rename(key) if isinstance(key, str) and not free else key
        found[name] = _renamed(each, rename, free=key in _FREE or name in _FREE)
    return found
