"""Key conditions of a query: a partition, and which of its sort keys."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import define

from sources.dynamodb import values
from sources.dynamodb.errors import ValidationException, invalid
from sources.dynamodb.keys import KeySchema
from sources.dynamodb.values import Value

from . import conditions
from .conditions import BeginsWith, Between, Comparison, Condition, Conjunction
from .operands import Attribute, Constant
from .parser import Parser

FLIPPED: Final = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
NOT_SUPPORTED: Final = "Query key condition not supported"
_NAMES: Final[dict[type, str]] = {
    conditions.Disjunction: "OR",
    conditions.Not: "NOT",
    conditions.In: "IN",
    conditions.IsType: "attribute_type",
    conditions.Contains: "contains",
}


@define(eq=False)
class Term:
    """One attribute, an operator, and its values."""

    name: str
    operator: str
    operands: tuple[Value, ...]


@define(eq=False)
class KeyCondition:
    partition: Any  # content of the partition key
    sort: Term | None

    def span(self, order: Sequence[Any]) -> tuple[int, int]:
        """Which of these sorted sort keys: from, and up to before."""
        if self.sort is None:
            return 0, len(order)
        first, *rest = (values.ordered(operand) for operand in self.sort.operands)
        match self.sort.operator:
            case "=":
                return bisect_left(order, first), bisect_right(order, first)
            case "<":
                return 0, bisect_left(order, first)
            case "<=":
                return 0, bisect_right(order, first)
            case ">":
                return bisect_right(order, first), len(order)
            case ">=":
                return bisect_left(order, first), len(order)
            case "BETWEEN":
                return bisect_left(order, first), bisect_right(order, rest[0])
        length = len(first)
        return bisect_left(order, first), bisect_right(order, first, key=lambda each: each[:length])


def parse(parser: Parser, schema: KeySchema) -> KeyCondition:
    condition = parser.whole(conditions.parse)
    terms = [_term(parser, each) for each in _parts(condition)]
    if len({term.name for term in terms}) < len(terms):
        raise parser.refusal("KeyConditionExpressions must only contain one condition per key")
    if len(terms) > len(schema.elements):
        raise ValidationException(
            f"The number of query conditions ({len(terms)}) exceeds the number of key attributes defined in the schema "
            f"({len(schema.elements)})"
        )
    by_name = {term.name: term for term in terms}
    for position in range(len(terms)):
        _check_element(schema, position, by_name)
    partition = by_name[schema.names[0]]
    if partition.operator != "=":
        raise ValidationException(NOT_SUPPORTED)
    return KeyCondition(partition.operands[0][1], by_name[schema.names[1]] if len(terms) > 1 else None)


def _check_element(schema: KeySchema, position: int, terms: "dict[str, Term]") -> None:
    name, kind = schema.elements[position]
    if name not in terms:
        raise ValidationException(f"Query condition missed key schema element: {name}")
    for operand in terms[name].operands:
        if operand[0] != kind:
            raise invalid("Condition parameter type does not match schema type")
        schema.check_value(position, operand)


def _parts(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, Conjunction):
        for part in condition.parts:
            yield from _parts(part)
    else:
        yield condition


def _term(parser: Parser, condition: Condition) -> Term:
    match condition:
        case Comparison(operator="<>"):
            raise _not_here("<>")
        case Comparison(operator, Attribute() as attribute, Constant(value)):
            return _of(attribute, operator, value)
        case Comparison(operator, Constant(value), Attribute() as attribute):
            return _of(attribute, FLIPPED[operator], value)
        case Between(Attribute() as attribute, Constant(low), Constant(high)):
            return _of(attribute, "BETWEEN", low, high)
        case BeginsWith(Attribute() as attribute, Constant(prefix)):
            return _of(attribute, "begins_with", prefix)
        case conditions.Exists(wanted=wanted):
            raise _not_here("attribute_exists" if wanted else "attribute_not_exists")
    name = _NAMES.get(type(condition))
    raise ValidationException(NOT_SUPPORTED) if name is None else _not_here(name)


def _of(attribute: Attribute, operator: str, *operands: Value) -> Term:
    name, *nested = attribute.path
    if nested:
        raise ValidationException("KeyConditionExpressions cannot have conditions on nested attributes")
    return Term(str(name), operator, operands)


def _not_here(operator: str) -> ValidationException:
    return ValidationException(f"Invalid operator used in KeyConditionExpression: {operator}")
