"""Conditions: what an item must be like for a write to happen."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from attrs import frozen

from sources.dynamodb import values
from sources.dynamodb.values import ORDERED, TYPES, Item, Value

from . import paths
from .operands import SIZED, Attribute, Constant, Operand, Size, path_of, plain
from .parser import Parser
from .paths import Path

COMPARATORS: Final = ("=", "<>", "<", "<=", ">", ">=")
IN_LIMIT: Final = 100
"""Operands of IN [ddb:Constraints]."""
OF_UPDATES: Final = ("if_not_exists", "list_append")
ARGUMENTS: Final = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
}


class Condition(Protocol):
    def holds(self, item: Item) -> bool:
        """An item that is not there is an empty one."""


@frozen(eq=False)
class Comparison:
    """Values of two types are never in order; an attribute that is not there equals nothing."""

    operator: str
    left: Operand
    right: Operand

    def holds(self, item: Item) -> bool:
        left, right = self.left.value(item), self.right.value(item)
        if self.operator == "<>":
            return left is None or right is None or left != right
        if left is None or right is None:
            return False
        if self.operator == "=":
            return left == right
        return _in_order(self.operator, left, right)


@frozen(eq=False)
class Between:
    operand: Operand
    low: Operand
    high: Operand

    def holds(self, item: Item) -> bool:
        found, low, high = (each.value(item) for each in (self.operand, self.low, self.high))
        if found is None or low is None or high is None:
            return False
        return _in_order(">=", found, low) and _in_order("<=", found, high)


@frozen(eq=False)
class In:
    operand: Operand
    choices: Sequence[Operand]

    def holds(self, item: Item) -> bool:
        found = self.operand.value(item)
        return found is not None and any(found == each.value(item) for each in self.choices)


@frozen(eq=False)
class Exists:
    path: Path
    wanted: bool

    def holds(self, item: Item) -> bool:
        return (paths.found(item, self.path) is not None) == self.wanted


@frozen(eq=False)
class IsType:
    path: Path
    kind: Operand

    def holds(self, item: Item) -> bool:
        found, kind = paths.found(item, self.path), self.kind.value(item)
        return found is not None and kind is not None and found[0] == kind[1]


@frozen(eq=False)
class BeginsWith:
    operand: Operand
    prefix: Operand

    def holds(self, item: Item) -> bool:
        found, prefix = self.operand.value(item), self.prefix.value(item)
        if found is None or prefix is None or found[0] != prefix[0] or found[0] not in ("S", "B"):
            return False
        return bool(found[1].startswith(prefix[1]))


@frozen(eq=False)
class Contains:
    """A part of a text or binary, a member of a set, an element of a list."""

    operand: Operand
    part: Operand

    def holds(self, item: Item) -> bool:
        found, part = self.operand.value(item), self.part.value(item)
        if found is None or part is None:
            return False
        match found[0]:
            case "S" | "B":
                return found[0] == part[0] and part[1] in found[1]
            case "SS" | "NS" | "BS":
                return found[0] == f"{part[0]}S" and part[1] in found[1]
            case "L":
                return part in found[1]
        return False


@frozen(eq=False)
class Not:
    inner: Condition

    def holds(self, item: Item) -> bool:
        return not self.inner.holds(item)


@frozen(eq=False)
class Conjunction:
    parts: Sequence[Condition]

    def holds(self, item: Item) -> bool:
        return all(part.holds(item) for part in self.parts)


@frozen(eq=False)
class Disjunction:
    parts: Sequence[Condition]

    def holds(self, item: Item) -> bool:
        return any(part.holds(item) for part in self.parts)


def parse(parser: Parser) -> Condition:
    parts = [_conjunction(parser)]
    while parser.accept("OR"):
        parser.operator()
        parts.append(_conjunction(parser))
    return parts[0] if len(parts) == 1 else Disjunction(parts)


def _conjunction(parser: Parser) -> Condition:
    parts = [_negation(parser)]
    while parser.accept("AND"):
        parser.operator()
        parts.append(_negation(parser))
    return parts[0] if len(parts) == 1 else Conjunction(parts)


def _negation(parser: Parser) -> Condition:
    count = 0
    while parser.accept("NOT"):
        parser.operator()
        count += 1
    inner = _group(parser) if parser.next == "(" else _simple(parser)
    return Not(inner) if count % 2 else inner


def _group(parser: Parser) -> Condition:
    parser.expect("(")
    inner = parse(parser)
    if inner is parser.group:
        raise parser.refusal("The expression has redundant parentheses;")
    parser.expect(")")
    parser.group = inner
    return inner


def _simple(parser: Parser) -> Condition:
    function = parser.next if parser.follows("(") else None
    if function is not None and function != "size":
        condition = _function(parser, function)
        if parser.word in (*COMPARATORS, "BETWEEN", "IN"):
            raise _misused(parser, function)
        return condition
    left = _operand(parser)
    match parser.word:
        case "BETWEEN":
            return _between(parser, left)
        case "IN":
            return _in(parser, left)
        case operator if operator in COMPARATORS:
            return _comparison(parser, operator, left)
    if function is not None:
        raise _misused(parser, function)
    raise parser.syntax_error()


def _comparison(parser: Parser, operator: str, left: Operand) -> Condition:
    parser.operator()
    parser.take()
    right = _operand(parser)
    if operator not in ("=", "<>"):
        for operand in (left, right):
            parser.check_kind(operator, operand.kind, ORDERED)
    _check_distinct(parser, operator, left, right)
    return Comparison(operator, left, right)


def _between(parser: Parser, operand: Operand) -> Condition:
    parser.operator()
    parser.take()
    low = _operand(parser)
    parser.expect("AND")
    high = _operand(parser)
    for each in (operand, low, high):
        parser.check_kind("BETWEEN", each.kind, ORDERED)
    if isinstance(low, Constant) and isinstance(high, Constant):
        _check_bounds(parser, low.constant, high.constant)
    return Between(operand, low, high)


def _check_bounds(parser: Parser, low: Value, high: Value) -> None:
    if low[0] != high[0]:
        reason = "The BETWEEN operator requires same data type for lower and upper bounds"
    elif values.ordered(low) > values.ordered(high):
        reason = "The BETWEEN operator requires upper bound to be greater than or equal to lower bound"
    else:
        return
    shown = (f"AttributeValue: {{{kind}:{_shown(content)}}}" for kind, content in (low, high))
    raise parser.refusal("{}; lower bound operand: {}, upper bound operand: {}".format(reason, *shown))


def _shown(content: Any) -> str:
    return values.base64_text(content) if isinstance(content, bytes) else str(content)


def _in(parser: Parser, operand: Operand) -> Condition:
    parser.operator()
    parser.take()
    parser.expect("(")
    choices = [_operand(parser)]
    while parser.accept(","):
        choices.append(_operand(parser))
    parser.expect(")")
    if len(choices) > IN_LIMIT:
        raise parser.refusal(f"The IN operator is provided with too many operands; number of operands: {len(choices)}")
    for choice in choices:
        _check_distinct(parser, "IN", operand, choice)
    return In(operand, choices)


def _operand(parser: Parser) -> Operand:
    if not parser.follows("("):
        return plain(parser)
    if parser.next != "size":
        raise _misused(parser, _known(parser, parser.next))
    [of] = parser.arguments("size", 1, _operand)
    parser.check_kind("size", of.kind, SIZED)
    return Size(of)


def _function(parser: Parser, name: str) -> Condition:
    operands = parser.arguments(name, ARGUMENTS[_known(parser, name)], _operand)
    first, second = operands[0], operands[-1]
    match name:
        case "attribute_exists" | "attribute_not_exists":
            return Exists(path_of(parser, name, first), name == "attribute_exists")
        case "attribute_type":
            parser.check_kind(name, second.kind, ("S",))
            if isinstance(second, Constant) and second.constant[1] not in TYPES:
                raise parser.refusal(
                    f"Invalid attribute type name found; type: {second.constant[1]}, valid types: {{{','.join(TYPES)}}}"
                )
            return IsType(path_of(parser, name, first), second)
        case "begins_with":
            for operand in operands:
                parser.check_kind(name, operand.kind, ("S", "B"))
            _check_distinct(parser, name, first, second)
            return BeginsWith(first, second)
    _check_distinct(parser, name, first, second)
    return Contains(first, second)


def _known(parser: Parser, name: str) -> str:
    if name in OF_UPDATES:
        raise parser.refusal(f"The function is not allowed in a condition expression; function: {name}")
    if name not in ARGUMENTS:
        raise parser.refusal(f"Invalid function name; function: {name}")
    return name


def _misused(parser: Parser, function: str) -> Exception:
    return parser.refusal(f"The function is not allowed to be used this way in an expression; function: {function}")


def _check_distinct(parser: Parser, operator: str, left: Operand, right: Operand) -> None:
    if isinstance(left, Attribute) and isinstance(right, Attribute) and left.path == right.path:
        raise parser.refusal(
            "The first operand must be distinct from the remaining operands for this operator or function; "
            f"operator: {operator}, first operand: {paths.shown(left.path)}"
        )


def _in_order(operator: str, left: Value, right: Value) -> bool:
    if left[0] != right[0] or left[0] not in ORDERED:
        return False
    first, second = values.ordered(left), values.ordered(right)
    match operator:
        case "<":
            return bool(first < second)
        case "<=":
            return bool(first <= second)
        case ">":
            return bool(first > second)
    return bool(first >= second)
