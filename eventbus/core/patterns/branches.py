"""A branch to checks of an event.

Where no array of objects is on the way, each field is asked by itself. Otherwise the fields of one branch may not take
their values from different elements of one array: `Branch.agrees` goes through the fields in the order of their paths
and keeps which elements can have been chosen so far. That a field is absent is judged with those elements.
"""

from collections.abc import Callable, Collection
from typing import Any

from attrs import define, field

from .operators import Operator, Text
from .parse import Field
from .reach import ARRAY, MANY, MISSING, Choices, leaves, reach, scalars

Test = Callable[[Any], bool]
Check = Callable[[dict[str, Any]], bool | None]  # None: ask `Branch.agrees`


@define(eq=False, repr=False)
class Branch:
    """Matches if every field passes. What it takes to ask is compiled when it is first asked, and stays."""

    fields: tuple[Field, ...]  # in the order of their paths
    last_use: dict[str, int]  # path of an array -> the last of several fields that lead through it
    tangled: bool  # one path leads on from another: the same array holds values and objects
    _checks: tuple[Check, ...] | None = field(default=None, init=False)
    _tests: tuple[Test, ...] = field(default=(), init=False)

    def matches(self, event: dict[str, Any]) -> bool:
        for check in self._checks or self._compiled():
            passed = check(event)
            if not passed:
                return passed is None and self.agrees(event)
        return True

    @property
    def tests(self) -> tuple[Test, ...]:
        """The test of each field, for one value."""
        if not self._tests:
            self._tests = tuple(test_of(each.tests) for each in self.fields)
        return self._tests

    def _compiled(self) -> tuple[Check, ...]:
        if self.tangled:
            self._checks = (_ask_agrees,)
        else:
            self._checks = tuple(map(_check_of, self.fields, self.tests))
        return self._checks

    def agrees(self, event: dict[str, Any]) -> bool:
        """Every field passes with the same elements of the arrays that they share."""
        return self.refusing(event) is None

    def refusing(self, event: dict[str, Any]) -> Field | None:
        """The first field that no choice of elements lets pass."""
        states: dict[Choices, None] = {(): None}
        for number, (each, test) in enumerate(zip(self.fields, self.tests, strict=True)):
            states = self._passed(number, each, test, event, states)
            if not states:
                return each
        return None

    def _passed(
        self, number: int, each: Field, test: Test, event: dict[str, Any], states: Collection[Choices]
    ) -> dict[Choices, None]:
        passed: dict[Choices, None] = {}
        for state in states:
            found = False
            for value, choices in leaves(event, each.path, state, self.last_use):
                found = True
                if test(value):
                    passed[self._kept(number, choices)] = None
            if each.absent and not found:
                passed[self._kept(number, state)] = None
        return passed

    def _kept(self, number: int, choices: Choices) -> Choices:
        return tuple(choice for choice in choices if self.last_use[choice[2]] > number)


def branch_of(fields: Collection[Field]) -> Branch:
    # the engine keeps names as UTF-16
    ordered = tuple(sorted(fields, key=lambda each: each.path.encode("utf-16-be", "surrogatepass")))
    return Branch(ordered, *_shared_paths([each.path for each in ordered]))


def _shared_paths(paths: list[str]) -> tuple[dict[str, int], bool]:
    if len(paths) == 1:
        return {}, False
    first_use: dict[str, int] = {}
    last_use: dict[str, int] = {}
    for number, path in enumerate(paths):
        end = path.find(".")
        while end >= 0:
            _use(path[:end], number, first_use, last_use)
            end = path.find(".", end + 1)
        _use(path, number, first_use, last_use)
    tangled = any(last_use.get(path, number) > number for number, path in enumerate(paths))
    return last_use, tangled


def _use(path: str, number: int, first_use: dict[str, int], last_use: dict[str, int]) -> None:
    if first_use.setdefault(path, number) != number:
        last_use[path] = number


def _ask_agrees(event: dict[str, Any]) -> None:
    return None


def test_of(tests: tuple[Operator, ...]) -> Test:
    """One function for the tests of a field."""
    if len(tests) == 1:
        return tests[0].matches
    texts = frozenset(test.text for test in tests if isinstance(test, Text))
    others = tuple(test.matches for test in tests if not isinstance(test, Text))

    def one_of(value: Any) -> bool:
        if isinstance(value, str) and value in texts:
            return True
        return any(matches(value) for matches in others) if others else False

    return one_of


def _check_of(each: Field, test: Test) -> Check:
    find, absent = reach(each.path), each.absent

    def check(event: dict[str, Any]) -> bool | None:
        value = find(event)
        if isinstance(value, str):
            return test(value)
        if value is MISSING or isinstance(value, dict):
            return absent
        if value is MANY:
            return None
        if isinstance(value, ARRAY):
            return _check_array(value, test, absent)
        return test(value)

    return check


def _check_array(array: list[Any] | tuple[Any, ...], test: Test, absent: bool) -> bool:
    empty = True
    for value in scalars(array):
        if test(value):
            return True
        empty = False
    return absent and empty
