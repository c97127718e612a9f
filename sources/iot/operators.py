"""Operators of a rule's SQL [iot:iot-sql-operators]. What they can't do is undefined."""

from collections.abc import Callable
from math import fmod
from typing import Final

from .values import UNDEFINED, Value, number, same, to_boolean, to_number, to_text

Operator = Callable[[Value, Value], Value]


def add(one: Value, other: Value) -> Value:
    """Sum of two numbers; if one of the two is a text, both as one text."""
    if isinstance(one, str) or isinstance(other, str):
        left, right = to_text(one), to_text(other)
        return UNDEFINED if left is UNDEFINED or right is UNDEFINED else left + right
    return _calculated(lambda left, right: left + right, one, other)


def subtract(one: Value, other: Value) -> Value:
    return _calculated(lambda left, right: left - right, one, other)


def multiply(one: Value, other: Value) -> Value:
    return _calculated(lambda left, right: left * right, one, other)


def divide(one: Value, other: Value) -> Value:
    """Of two integers an integer, cut."""
    return _calculated(_divided, one, other)


def remainder(one: Value, other: Value) -> Value:
    """Has the sign of the first."""
    return _calculated(_rest, one, other)


def equal(one: Value, other: Value) -> Value:
    return UNDEFINED if one is UNDEFINED or other is UNDEFINED else same(one, other)


def unequal(one: Value, other: Value) -> Value:
    return UNDEFINED if one is UNDEFINED or other is UNDEFINED else not same(one, other)


def both(one: Value, other: Value) -> Value:
    left, right = to_boolean(one), to_boolean(other)
    return UNDEFINED if left is UNDEFINED or right is UNDEFINED else left and right


def either(one: Value, other: Value) -> Value:
    left, right = to_boolean(one), to_boolean(other)
    return UNDEFINED if left is UNDEFINED or right is UNDEFINED else left or right


def negation(value: Value) -> Value:
    found = to_boolean(value)
    return UNDEFINED if found is UNDEFINED else not found


def _calculated(calculate: Callable[[int | float, int | float], int | float], one: Value, other: Value) -> Value:
    left, right = to_number(one), to_number(other)
    if left is UNDEFINED or right is UNDEFINED:
        return UNDEFINED
    try:
        return number(calculate(left, right))
    except (ArithmeticError, ValueError):
        return UNDEFINED


def _divided(one: int | float, other: int | float) -> int | float:
    if isinstance(one, int) and isinstance(other, int):
        found = abs(one) // abs(other)
        return found if (one < 0) == (other < 0) else -found
    return one / other


def _rest(one: int | float, other: int | float) -> int | float:
    if isinstance(one, int) and isinstance(other, int):
        found = abs(one) % abs(other)
        return -found if one < 0 else found
    return fmod(one, other)


def _ordered(compare: Callable[[int | float, int | float], bool]) -> Operator:
    def operator(one: Value, other: Value) -> Value:
        left, right = to_number(one), to_number(other)
        return UNDEFINED if left is UNDEFINED or right is UNDEFINED else compare(left, right)

    return operator


COMPARISONS: Final[dict[str, Operator]] = {
    "=": equal,
    "<>": unequal,
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
}
SUMS: Final = {"+": add, "-": subtract}
PRODUCTS: Final = {"*": multiply, "/": divide, "%": remainder}
