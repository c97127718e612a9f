"""What conditions and updates compute with. `value` is None where the item has nothing to say."""

from typing import Any, Final, Protocol

from attrs import frozen

from sources.dynamodb import number
from sources.dynamodb.errors import ValidationException
from sources.dynamodb.values import SETS, Item, Value

from . import paths
from .parser import Parser
from .paths import Path

NO_ATTRIBUTE: Final = "The provided expression refers to an attribute that does not exist in the item"
WRONG_TYPE: Final = "An operand in the update expression has an incorrect data type"
SIZED: Final = ("S", "B", *SETS, "L", "M")


class Operand(Protocol):
    @property
    def kind(self) -> str | None:
        """Its type, where the expression alone tells it."""

    def value(self, item: Item) -> Value | None: ...


@frozen(eq=False)
class Attribute:
    path: Path
    kind: None = None

    def value(self, item: Item) -> Value | None:
        return paths.found(item, self.path)


@frozen(eq=False)
class Constant:
    constant: Value

    @property
    def kind(self) -> str:
        return self.constant[0]

    def value(self, item: Item) -> Value:
        return self.constant


@frozen(eq=False)
class Size:
    """Characters of a text, bytes of a binary, members of the others."""

    of: Operand
    kind: str = "N"

    def value(self, item: Item) -> Value | None:
        value = self.of.value(item)
        return None if value is None or value[0] not in SIZED else ("N", str(len(value[1])))


@frozen(eq=False)
class Sum:
    """A difference, if the sign says so."""

    sign: str
    left: Operand
    right: Operand
    kind: str = "N"

    def value(self, item: Item) -> Value:
        left, right = present(self.left, item), present(self.right, item)
        if left[0] != "N" or right[0] != "N":
            raise ValidationException(WRONG_TYPE)
        return "N", (number.plus if self.sign == "+" else number.minus)(left[1], right[1])


@frozen(eq=False)
class IfNotExists:
    path: Path
    otherwise: Operand
    kind: None = None

    def value(self, item: Item) -> Value | None:
        return paths.found(item, self.path) or self.otherwise.value(item)


@frozen(eq=False)
class ListAppend:
    first: Operand
    second: Operand
    kind: str = "L"

    def value(self, item: Item) -> Value:
        first, second = present(self.first, item), present(self.second, item)
        if first[0] != "L" or second[0] != "L":
            raise ValidationException(WRONG_TYPE)
        return "L", first[1] + second[1]


def present(operand: Operand, item: Item) -> Value:
    """Raises `ValidationException` where an update can't do without the attribute."""
    value = operand.value(item)
    if value is None:
        raise ValidationException(NO_ATTRIBUTE)
    return value


def plain(parser: Parser) -> Operand:
    """A path or a value."""
    return Constant(parser.value()) if parser.next.startswith(":") else Attribute(parser.path())


def path_of(parser: Parser, name: str, operand: Any) -> Path:
    if not isinstance(operand, Attribute):
        raise parser.refusal(f"Operator or function requires a document path; operator or function: {name}")
    return operand.path
