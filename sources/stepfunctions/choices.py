"""Rules of Choice states [guide amazon-states-language-choice-state]. A value of another type than the operator's is
never equal, less or greater; a path that leads nowhere fails the execution, but for IsPresent."""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from attrs import frozen

from .data import Scope, instant, number
from .errors import RUNTIME, Failed
from .paths import NothingThere, Path

Comparable = Callable[[Any], Any]
"""What of a value is compared; None: it is of another type."""


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> Any:
    return value if number(value) else None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


TYPES: Final[dict[str, Comparable]] = {
    "String": _text,
    "Numeric": _number,
    "Boolean": _boolean,
    "Timestamp": instant,
}
_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
COMPARISONS: Final = {
    f"{kind}{order}": (TYPES[kind], compare)
    for kind in TYPES
    for order, compare in _ORDERS.items()
    if kind != "Boolean" or order == "Equals"
}
TESTS: Final = ("IsNull", "IsPresent", *(f"Is{kind}" for kind in TYPES))
MATCHES: Final = "StringMatches"


@frozen(eq=False)
class Comparison:
    variable: Path
    operator: str  # of COMPARISONS
    wanted: Any  # a value, or the path to it

    def holds(self, scope: Scope) -> bool:
        comparable, compare = COMPARISONS[self.operator]
        value = comparable(_found(self.variable, scope))
        wanted = comparable(_found(self.wanted, scope) if isinstance(self.wanted, Path) else self.wanted)
        return value is not None and wanted is not None and compare(value, wanted)


@frozen(eq=False)
class Matching:
    variable: Path
    pattern: re.Pattern[str]

    def holds(self, scope: Scope) -> bool:
        value = _found(self.variable, scope)
        return isinstance(value, str) and self.pattern.fullmatch(value) is not None


@frozen(eq=False)
class Test:
    variable: Path
    operator: str  # of TESTS
    wanted: bool

    def holds(self, scope: Scope) -> bool:
        return self._is(scope) is self.wanted

    def _is(self, scope: Scope) -> bool:
        if self.operator != "IsPresent":
            value = _found(self.variable, scope)
            return value is None if self.operator == "IsNull" else TYPES[self.operator[2:]](value) is not None
        try:
            self.variable.find(scope)
        except NothingThere:
            return False
        return True


@frozen(eq=False)
class Composed:
    operator: str  # And, Or, Not
    rules: Sequence["Rule"]

    def holds(self, scope: Scope) -> bool:
        """Rules behind the first that decides are not looked at."""
        match self.operator:
            case "And":
                return all(rule.holds(scope) for rule in self.rules)
            case "Or":
                return any(rule.holds(scope) for rule in self.rules)
            case _:
                return not self.rules[0].holds(scope)


Rule = Comparison | Matching | Test | Composed


def wildcards(text: str) -> re.Pattern[str]:
    r"""`*` is any number of characters; `\*` and `\\` are themselves."""
    pieces = [""]
    for part in re.findall(r"\\[*\\]|.", text, re.DOTALL):
        if part == "*":
            pieces.append("")
        else:
            pieces[-1] += re.escape(part[-1])
    first, *middle = pieces
    if middle:
        *middle, last = middle
        # the first place of each is as good as any other: nothing is tried twice
        first += "".join(f"(?>.*?{piece})" for piece in middle if piece) + f".*{last}"
    return re.compile(first, re.DOTALL)


def _found(path: Path, scope: Scope) -> Any:
    try:
        return path.find(scope)
    except NothingThere:
        raise Failed(
            RUNTIME,
            f"Invalid path '{path.text}': The choice state's condition path references an invalid value.",
        ) from None
