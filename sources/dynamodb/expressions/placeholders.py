"""What `#names` and `:values` of one call stand for, and which of them its expressions used."""

import re
from collections.abc import Mapping
from typing import Any, Final

from attrs import define, field

from eventbus.errors import ServiceError
from sources.dynamodb import values
from sources.dynamodb.errors import SerializationException, ValidationException
from sources.dynamodb.values import Value

_NAME: Final = re.compile(r"#\w+", re.ASCII)
_VALUE: Final = re.compile(r":\w+", re.ASCII)


@define(eq=False)
class Placeholders:
    """`names` and `values` of all expressions of a call. Raises `ValidationException` as AWS words it."""

    names: dict[str, str]
    values: dict[str, Value]
    used: set[str] = field(factory=set, init=False)

    def check_used(self) -> None:
        """Once all expressions are read: raise `ValidationException` for what none of them uses."""
        for what, known in (("Names", self.names), ("Values", self.values)):
            unused = [name for name in known if name not in self.used]
            if unused:
                raise ValidationException(
                    f"Value provided in ExpressionAttribute{what} unused in expressions: keys: {{{', '.join(unused)}}}"
                )


NOTHING_GIVEN: Final = Placeholders({}, {})
"""Of a call without expressions: nothing can be used."""


def read(names: Any, given: Any, *, expressions: bool) -> Placeholders:
    """`expressions`: whether there are any to use them."""
    for what, each in (("Names", names), ("Values", given)):
        if each is None:
            continue
        if not expressions:
            raise ValidationException(f"ExpressionAttribute{what} can only be specified when using expressions")
        if not isinstance(each, Mapping):
            raise SerializationException(f"{each!r}: a mapping")
        if not each:
            raise ValidationException(f"ExpressionAttribute{what} must not be empty")
    return Placeholders(_names(names or {}), _values(given or {}))


def _names(given: Mapping[Any, Any]) -> dict[str, str]:
    for placeholder, name in given.items():
        if not isinstance(placeholder, str) or not _NAME.fullmatch(placeholder):
            raise ValidationException(
                f'ExpressionAttributeNames contains invalid key: Syntax error; key: "{placeholder}"'
            )
        if not isinstance(name, str) or not name:
            raise ValidationException(
                f"ExpressionAttributeNames contains invalid value: {name!r} for key {placeholder}"
            )
    return dict(given)


def _values(given: Mapping[Any, Any]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for placeholder, value in given.items():
        if not isinstance(placeholder, str) or not _VALUE.fullmatch(placeholder):
            raise ValidationException(
                f'ExpressionAttributeValues contains invalid key: Syntax error; key: "{placeholder}"'
            )
        try:
            found[placeholder] = values.read(value)
        except ServiceError as error:
            raise type(error)(
                f"ExpressionAttributeValues contains invalid value: {error} for key {placeholder}"
            ) from None
    return found
