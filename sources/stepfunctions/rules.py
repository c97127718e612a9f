"""The rules of a Choice state in a definition."""

from collections.abc import Sequence
from typing import Any, Final

from .choices import COMPARISONS, MATCHES, TESTS, Comparison, Composed, Matching, Rule, Test, wildcards
from .fields import Fields

_COMPOSED: Final = ("And", "Or", "Not")
_OPERATORS: Final = (*COMPARISONS, *(f"{name}Path" for name in COMPARISONS), MATCHES, *TESTS)


def choices(fields: Fields) -> Sequence[tuple[Rule, str]]:
    found = []
    for number, value in enumerate(fields.array("Choices"), 1):
        rule = Fields(value, f"rule {number} of {fields.at}")
        found.append((_rule(rule), rule.text("Next")))
        rule.end()
    return found


def _rule(fields: Fields) -> Rule:
    chosen = fields.one_of(*_COMPOSED, *(name for name in _OPERATORS if name in fields))
    if chosen in _COMPOSED:
        given = fields.array(chosen) if chosen != "Not" else [fields.ask(chosen)]
        return Composed(chosen, [_inner(value, f"{chosen} of {fields.at}") for value in given])
    variable = fields.path("Variable", single=True)
    if chosen in TESTS:
        return Test(variable, chosen, fields.flag(chosen))
    if chosen == MATCHES:
        return Matching(variable, wildcards(fields.text(MATCHES)))
    if chosen not in COMPARISONS:
        return Comparison(variable, chosen.removesuffix("Path"), fields.path(chosen, single=True))
    wanted: Any = fields.ask(chosen)
    if COMPARISONS[chosen][0](wanted) is None:
        raise fields.bad(f"{chosen} can't be {wanted!r:.80}")
    return Comparison(variable, chosen, wanted)


def _inner(value: Any, at: str) -> Rule:
    fields = Fields(value, at)
    rule = _rule(fields)
    fields.end()
    return rule
