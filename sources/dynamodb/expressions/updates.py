"""Updates: what becomes of an item. Operands are those of the item before; paths may not get in each other's way."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from attrs import define, field, frozen

from sources.dynamodb import number, values
from sources.dynamodb.errors import ValidationException, invalid
from sources.dynamodb.values import SETS, Item, Value

from . import paths
from .operands import WRONG_TYPE, IfNotExists, ListAppend, Operand, Sum, path_of, plain, present
from .parser import Parser
from .paths import Node, Path

BAD_PATH: Final = "The document path provided in the update expression is invalid for update"
SECTIONS: Final = ("SET", "REMOVE", "ADD", "DELETE")
OF_CONDITIONS: Final = ("attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size")
_LONG_NAMES: Final = {
    "S": "STRING",
    "B": "BINARY",
    "BOOL": "BOOLEAN",
    "NULL": "NULL",
    "L": "LIST",
    "M": "MAP",
    "N": "NUMBER",
    "SS": "STRING_SET",
    "NS": "NUMBER_SET",
    "BS": "BINARY_SET",
}


class Action(Protocol):
    def new(self, old: Value | None, item: Item) -> Value | None:
        """What stands at its path afterwards."""


@frozen(eq=False)
class Assign:
    operand: Operand

    def new(self, old: Value | None, item: Item) -> Value | None:
        return present(self.operand, item)


@frozen(eq=False)
class Remove:
    def new(self, old: Value | None, item: Item) -> Value | None:
        return None


@frozen(eq=False)
class Add:
    """To a number, or to a set."""

    value: Value

    def new(self, old: Value | None, item: Item) -> Value | None:
        kind, content = self.value
        if old is None:
            return self.value
        if old[0] != kind:
            raise ValidationException(WRONG_TYPE)
        if kind == "N":
            return kind, number.plus(old[1], content)
        return values.set_of(kind, [*old[1], *(each for each in content if each not in old[1])])


@frozen(eq=False)
class Delete:
    """From a set, which is gone with its last member."""

    value: Value

    def new(self, old: Value | None, item: Item) -> Value | None:
        kind, content = self.value
        if old is None:
            return None
        if old[0] != kind:
            raise ValidationException(WRONG_TYPE)
        left = tuple(each for each in old[1] if each not in content)
        return (kind, left) if left else None


@define(eq=False)
class Update:
    """An update expression, read."""

    _tree: Node[Action]
    _nested: bool = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._nested = any(child.leaf is None for child in self._tree.children.values())

    def applied(self, item: Item) -> Item:
        """A new item. Raises `ValidationException` where it can't be."""
        changed = _changed(item, self._tree, item)
        if self._nested:
            values.check_levels(changed)
        return changed

    def touched(self, item: Item) -> Item:
        """What of `item` stands where this update changes something."""
        return paths.projected(item, self._tree)

    def check_keys(self, names: Sequence[str]) -> None:
        """Raise `ValidationException` for an update of an attribute of the key."""
        for name in self._tree.children:
            if name in names:
                raise invalid(f"Cannot update attribute {name}. This attribute is part of the key")


def parse(parser: Parser) -> Update:
    entries: list[tuple[Path, Action]] = []
    seen: set[str] = set()
    while (section := parser.word) in SECTIONS:
        if section in seen:
            raise parser.refusal(f'The "{section}" section can only be used once in an update expression;')
        seen.add(section)
        parser.take()
        entries.append(_action(parser, section))
        while parser.accept(","):
            entries.append(_action(parser, section))
    if not entries:
        raise parser.syntax_error()
    return Update(paths.tree(entries, parser.refusal))


def _action(parser: Parser, section: str) -> tuple[Path, Action]:
    path = parser.path()
    match section:
        case "SET":
            parser.expect("=")
            return path, Assign(_sum(parser))
        case "REMOVE":
            return path, Remove()
    value = parser.value()
    allowed = SETS if section == "DELETE" else ("N", *SETS)
    if value[0] not in allowed:
        raise parser.refusal(
            f"Incorrect operand type for operator or function; operator: {section}, "
            f"operand type: {_LONG_NAMES[value[0]]}, typeSet: ALLOWED_FOR_{section}_OPERAND"
        )
    return path, (Delete if section == "DELETE" else Add)(value)


def _sum(parser: Parser) -> Operand:
    """One operand, or two with a sign between them; either way perhaps in parentheses."""
    if parser.accept("("):
        inner = _sum(parser)
        parser.expect(")")
        return inner
    left = _operand(parser)
    if parser.next not in ("+", "-"):
        return left
    parser.operator()
    sign = parser.take()
    right = _operand(parser)
    for operand in (left, right):
        parser.check_kind(sign, operand.kind, ("N",))
    return Sum(sign, left, right)


def _operand(parser: Parser) -> Operand:
    if not parser.follows("("):
        return plain(parser)
    name = parser.next
    if name not in ("if_not_exists", "list_append"):
        reason = (
            "The function is not allowed in an update expression" if name in OF_CONDITIONS else "Invalid function name"
        )
        raise parser.refusal(f"{reason}; function: {name}")
    first, second = parser.arguments(name, 2, _operand)
    if name == "if_not_exists":
        return IfNotExists(path_of(parser, name, first), second)
    for operand in (first, second):
        parser.check_kind(name, operand.kind, ("L",))
    return ListAppend(first, second)


def _changed(attributes: Item, node: Node[Action], item: Item) -> Item:
    changed = dict(attributes)
    for step, child in node.children.items():
        name = str(step)
        value = _new(attributes.get(name), child, item)
        if value is not None:
            changed[name] = value
        else:
            changed.pop(name, None)
    return changed


def _new(old: Value | None, node: Node[Action], item: Item) -> Value | None:
    if node.leaf is not None:
        return node.leaf.new(old, item)
    wanted = "L" if isinstance(next(iter(node.children)), int) else "M"
    if old is None or old[0] != wanted:
        raise ValidationException(BAD_PATH)
    if wanted == "M":
        return "M", _changed(old[1], node, item)
    return "L", _changed_list(old[1], node.children, item)


def _changed_list(elements: Sequence[Value], children: "dict[Any, Node[Action]]", item: Item) -> tuple[Value, ...]:
    """Elements are numbered as they were before; what is set behind the end is appended."""
    changed: list[Value | None] = list(elements)
    for index in sorted(children):
        if index < len(elements):
            changed[index] = _new(elements[index], children[index], item)
        else:
            changed.append(_new(None, children[index], item))
    return tuple(each for each in changed if each is not None)
