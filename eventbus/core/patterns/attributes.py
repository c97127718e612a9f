"""Message attributes to the object that a filter policy is held against [sns:sns-message-filtering]."""

from collections.abc import Mapping
from typing import Any

from .reach import scalars
from .text import NotJson, parse_json


def read_attributes(attributes: Any) -> dict[str, Any] | None:
    """Name to value by data type; None without any attribute, when not even `exists: false` matches."""
    if not isinstance(attributes, Mapping) or not attributes:
        return None
    return {name: value for name, each in attributes.items() if (value := _value_of(each)) is not None}


def _value_of(attribute: Any) -> Any:
    """None for what is ignored: Binary, and what is not as its type says. Null only occurs inside an array."""
    if not isinstance(attribute, Mapping):
        return None
    kind = _member(attribute, "Type", "DataType", "data_type")
    value = _member(attribute, "Value", "StringValue", "string_value")
    if not isinstance(kind, str) or not isinstance(value, str):
        return None
    if kind.startswith("String.Array"):
        return list(scalars([_parsed(value)]))
    if kind.startswith("String"):
        return value
    number = _parsed(value) if kind.startswith("Number") else None
    return number if isinstance(number, int | float) and not isinstance(number, bool) else None


def _member(attribute: Mapping[str, Any], *names: str) -> Any:
    return next((attribute[name] for name in names if name in attribute), None)


def _parsed(text: str) -> Any:
    try:
        return parse_json(text)
    except NotJson:
        return []
