"""What one value of an event can be asked: each operator is a frozen value that says yes or no to a leaf.

Leaves are strings, numbers, true, false and null; what is none of them passes only operators that take anything.
"""

from collections.abc import Callable, Hashable
from json import dumps
from re import DOTALL, escape
from re import compile as compiled
from typing import Any, Protocol

from attrs import field, frozen

from .addresses import Address, address_of
from .text import NUMERIC, Inexact, comparable, number_key


class Operator(Protocol):
    @property
    def words(self) -> str:
        """What a value has to be, for people."""

    def matches(self, value: Any) -> bool: ...


@frozen(eq=False, repr=False)
class Text:
    text: str

    @property
    def words(self) -> str:
        return shown(self.text)

    def matches(self, value: Any) -> bool:
        return isinstance(value, str) and value == self.text


@frozen(eq=False, repr=False)
class SameAddress:
    """A literal that looks like an IP address matches however the address is written."""

    text: str
    address: Address

    @property
    def words(self) -> str:
        return shown(self.text)

    def matches(self, value: Any) -> bool:
        return isinstance(value, str) and address_of(value) == self.address


@frozen(eq=False, repr=False)
class Number:
    text: str
    key: Hashable

    @property
    def words(self) -> str:
        return self.text

    def matches(self, value: Any) -> bool:
        return isinstance(value, NUMERIC) and not isinstance(value, bool) and number_key(value) == self.key


@frozen(eq=False, repr=False)
class Rounded:
    """A test of numbers that sees only so many `decimals` of them (its own numbers have no more)."""

    test: Operator
    decimals: int

    @property
    def words(self) -> str:
        return self.test.words

    def matches(self, value: Any) -> bool:
        return self.test.matches(round(value, self.decimals) if isinstance(value, float) else value)


@frozen(eq=False, repr=False)
class Constant:
    """true, false, null."""

    value: bool | None

    @property
    def words(self) -> str:
        return shown(self.value)

    def matches(self, value: Any) -> bool:
        return value is self.value


@frozen(eq=False, repr=False)
class Prefix:
    text: str

    @property
    def words(self) -> str:
        return f"prefix {shown(self.text)}"

    def matches(self, value: Any) -> bool:
        return isinstance(value, str) and value.startswith(self.text)


@frozen(eq=False, repr=False)
class Suffix:
    text: str

    @property
    def words(self) -> str:
        return f"suffix {shown(self.text)}"

    def matches(self, value: Any) -> bool:
        return isinstance(value, str) and value.endswith(self.text)


@frozen(eq=False, repr=False)
class Caseless:
    """Per character its upper or its lower form, not full case folding: "ß" takes "SS", "SS" does not take "ß"."""

    text: str
    place: str  # "equals", "prefix" or "suffix"
    lowered: str = field(init=False)
    _expression: Any = field(init=False, repr=False)

    @lowered.default
    def _lower(self) -> str:
        return self.text.lower() if self.text.isascii() else ""

    @_expression.default
    def _forms(self) -> Any:
        forms = "".join(f"(?:{escape(each.upper())}|{escape(each.lower())})" for each in self.text)
        return compiled(("(?s:.*)" if self.place == "suffix" else "") + forms) if not self.text.isascii() else None

    @property
    def words(self) -> str:
        return f"{self.place if self.place != 'equals' else 'equal to'} {shown(self.text)} in any case"

    def matches(self, value: Any) -> bool:
        if not isinstance(value, str):
            return False
        if self._expression is not None:
            search = self._expression.match if self.place == "prefix" else self._expression.fullmatch
            return search(value) is not None
        size = len(self.text)
        if self.place == "prefix":
            value = value[:size]
        elif self.place == "suffix":
            value = value[-size:] if size else ""
        return bool(value.isascii() and value.lower() == self.lowered)


@frozen(eq=False, repr=False)
class Wildcard:
    """`parts` stand in this order, the first at the start and the last at the end, anything between them."""

    text: str
    parts: tuple[str, ...]
    _longest: str = field(init=False, eq=False, repr=False)
    _fullmatch: Callable[[str], object] = field(init=False, eq=False, repr=False)

    @_longest.default
    def _find_longest(self) -> str:
        return max(self.parts, key=len)

    @_fullmatch.default
    def _compiled(self) -> Callable[[str], object]:
        first, *others = map(escape, self.parts)
        # the leftmost place of a part leaves most room to the others: no need to try another one
        middle = "".join(f"(?>.*?{part})" for part in others[:-1])
        return compiled(first + middle + "".join(f".*{last}" for last in others[-1:]), DOTALL).fullmatch

    @property
    def words(self) -> str:
        return f"like {shown(self.text)}"

    def matches(self, value: Any) -> bool:
        return isinstance(value, str) and self._longest in value and self._fullmatch(value) is not None


@frozen(eq=False, repr=False)
class Range:
    """Numbers between `low` and `high`, which are in it or not."""

    words: str
    low: float = float("-inf")
    low_in: bool = False
    high: float = float("inf")
    high_in: bool = False

    def matches(self, value: Any) -> bool:
        if type(value) is not float:
            if not isinstance(value, NUMERIC) or isinstance(value, bool):
                return False
            key: Any = number_key(value)
            if not comparable(key):
                return False
            value = key
        above = value >= self.low if self.low_in else value > self.low
        return bool(above and (value <= self.high if self.high_in else value < self.high))


@frozen(eq=False, repr=False)
class Block:
    """A CIDR block."""

    text: str
    first: Address
    last: Address

    @property
    def words(self) -> str:
        return f"in {self.text}"

    def matches(self, value: Any) -> bool:
        address = address_of(value) if isinstance(value, str) else None
        return address is not None and self.first <= address <= self.last


@frozen(eq=False, repr=False)
class Exists:
    """Any value at all; for SNS one that is neither null nor empty."""

    filled: bool = False

    @property
    def words(self) -> str:
        return "present"

    def matches(self, value: Any) -> bool:
        return not self.filled or (value is not None and value != "")


@frozen(eq=False, repr=False)
class AnythingBut:
    """Any value that none of `tests` takes."""

    tests: tuple[Operator, ...]

    @property
    def words(self) -> str:
        return f"anything but {' or '.join(test.words for test in self.tests)}"

    def matches(self, value: Any) -> bool:
        return not any(test.matches(value) for test in self.tests)


def shown(value: Any, limit: int = 80) -> str:
    """A value as JSON in one line, cut to `limit` characters."""
    if isinstance(value, Inexact):
        return one_line(value.text, limit)
    try:
        return one_line(dumps(value, ensure_ascii=False), limit)
    except (TypeError, ValueError, RecursionError):
        return f"a {type(value).__name__}"


def one_line(text: str, limit: int = 80) -> str:
    """`text` with what can't be printed written as escapes, cut to `limit` characters."""
    printed = text[:limit]
    if not printed.isprintable():
        printed = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in printed)
    return printed if len(text) <= limit else f"{printed}..."
