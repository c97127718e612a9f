"""A pattern's JSON to branches, checked as the engine behind EventBridge checks it.

`$or` is multiplied out: a pattern matches if one of its branches does. A branch is a list of fields, a field a path
with its tests. Paths are names joined with dots, so `{"a.b": ..}` and `{"a": {"b": ..}}` are the same field; of a field
named twice the later mention counts.
"""

from math import prod
from typing import Any, Final

from attrs import frozen

from .dialects import EVERY, Rules
from .operators import Operator
from .reading import read_test
from .reasons import InvalidPattern

# a member of `$or` so named could be taken for an operator
RESERVED: Final = frozenset({*EVERY, "regex", "=", "!=", "<", "<=", ">", ">="})


@frozen(eq=False, repr=False)
class Field:
    """Passes if one of `tests` takes a value at `path`, or if `absent` and there is none."""

    path: str
    depth: int  # how many names lead to it
    tests: tuple[Operator, ...]
    absent: bool


Branch = dict[str, Field]  # path -> field


def read_branches(pattern: Any, rules: Rules) -> list[Branch]:
    """The branches of a parsed pattern. Raises `InvalidPattern`."""
    if not isinstance(pattern, dict):
        raise InvalidPattern("Filter is not an object")
    try:
        branches = _read_object(pattern, (), rules)
    except RecursionError:
        raise InvalidPattern("The pattern is nested too deeply") from None
    _check_counts(branches, rules)
    return branches


def _read_object(members: dict[str, Any], path: tuple[str, ...], rules: Rules) -> list[Branch]:
    if not members:
        raise InvalidPattern("Empty objects are not allowed")
    branches: list[Branch] = [{}]
    for name, value in members.items():
        if name == "$or":
            ways = _read_alternatives(value, path, rules)
        elif isinstance(value, dict):
            if not rules.nested:
                raise InvalidPattern("Filter policy scope MessageAttributes does not support nested filter policy")
            ways = _read_object(value, (*path, name), rules)
        elif isinstance(value, list):
            ways = [_read_field(value, (*path, name), rules)]
        else:
            raise InvalidPattern(f'"{name}" must be an object or an array')
        branches = _multiplied(branches, ways, rules)
    return branches


def _read_field(items: list[Any], names: tuple[str, ...], rules: Rules) -> Branch:
    if not items:
        raise InvalidPattern("Empty arrays are not allowed")
    tests = [read_test(item, rules) for item in items]
    path = ".".join(names)
    present = tuple(test for test in tests if test is not None)
    return {path: Field(path, len(names), present, absent=None in tests)}


def _read_alternatives(value: Any, path: tuple[str, ...], rules: Rules) -> list[Branch]:
    if not isinstance(value, list) or len(value) < 2:
        raise InvalidPattern("$or must be an array of at least two objects")
    ways: list[Branch] = []
    for each in value:
        if not isinstance(each, dict):
            raise InvalidPattern("$or must be an array of at least two objects")
        for name in each:
            if name in RESERVED:
                raise InvalidPattern(f"$or must not hold a field with the reserved name {name}")
        ways += _read_object(each, path, rules)
        _check_alternatives(len(ways), rules)
    return ways


def _multiplied(branches: list[Branch], ways: list[Branch], rules: Rules) -> list[Branch]:
    _check_alternatives(len(branches) * len(ways), rules)
    if len(ways) == 1:
        for branch in branches:
            branch.update(ways[0])
        return branches
    return [branch | way for branch in branches for way in ways]


def _check_alternatives(count: int, rules: Rules) -> None:
    if count > rules.alternatives:
        raise InvalidPattern(f"The alternatives of $or multiply to more than {rules.alternatives:,}")


def _check_counts(branches: list[Branch], rules: Rules) -> None:
    if rules.keys is not None and len({path for branch in branches for path in branch}) > rules.keys:
        raise InvalidPattern(f"Filter policy can not have more than {rules.keys} keys")
    if rules.combinations is not None:
        # values of a field count once for each level it lies deep, branches add up
        combinations = sum(
            prod(max(1, len(each.tests) + each.absent) * each.depth for each in branch.values()) for branch in branches
        )
        if combinations > rules.combinations:
            raise InvalidPattern("Filter policy is too complex")
