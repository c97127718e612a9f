"""Primary keys: what they are made of, and what is refused as one."""

from typing import Any, Final

from attrs import frozen

from . import values
from .errors import KeyMismatch, ValidationException, invalid
from .values import Item, Value

PARTITION_LIMIT: Final = 2_048
SORT_LIMIT: Final = 1_024
"""Bytes [ddb:Constraints]."""
NO_MATCH: Final = "The provided key element does not match the schema"

INVALID: Final = "One or more parameter values were invalid: "

Key = tuple[Any, ...]
"""Contents of the partition key and the sort key, if there is one: texts or bytes."""


@frozen(eq=False)
class KeySchema:
    """Names and types of the partition key and the sort key."""

    elements: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.elements)

    def key_of(self, item: Item) -> Key:
        return tuple(item[name][1] for name, _ in self.elements)

    def item_of(self, key: Key) -> Item:
        return {name: (kind, content) for (name, kind), content in zip(self.elements, key, strict=True)}

    def check_item(self, item: Item) -> None:
        """Raise `KeyMismatch` for an item without a key of this schema."""
        for name, kind in self.elements:
            value = item.get(name)
            if value is None:
                raise KeyMismatch(f"{INVALID}Missing the key {name} in the item")
            if value[0] != kind:
                raise KeyMismatch(f"{INVALID}Type mismatch for key {name} expected: {kind} actual: {value[0]}")
        self._check_values(item)

    def check_key(self, key: Item) -> None:
        """Raise `KeyMismatch` for attributes that are anything else than a key of this schema."""
        if len(key) != len(self.elements):
            raise KeyMismatch(NO_MATCH)
        for name, kind in self.elements:
            if name not in key or key[name][0] != kind:
                raise KeyMismatch(NO_MATCH)
        self._check_values(key)

    def check_value(self, position: int, value: Value) -> None:
        """Raise `ValidationException` for a value of the right type that is empty or too long."""
        name, kind = self.elements[position]
        if not value[1]:
            word = "binary" if kind == "B" else "string"
            raise ValidationException(
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                f"empty {word} value. Key: {name}"
            )
        if position == 0 and values.size(value) > PARTITION_LIMIT:
            raise invalid(f"Size of hashkey has exceeded the maximum size limit of{PARTITION_LIMIT} bytes")
        if position == 1 and values.size(value) > SORT_LIMIT:
            raise invalid(f"Aggregated size of all range keys has exceeded the size limit of {SORT_LIMIT} bytes")

    def _check_values(self, item: Item) -> None:
        for position, (name, _) in enumerate(self.elements):
            self.check_value(position, item[name])


def key_text(key: Key) -> str:
    """For people, and to keep records of one item in order."""
    return "/".join(values.base64_text(part) if isinstance(part, bytes) else part for part in key)
