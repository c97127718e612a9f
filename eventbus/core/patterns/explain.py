"""Why an event does not match, in one line."""

from collections.abc import Sequence
from typing import Any, Final

from .branches import Branch
from .operators import one_line, shown
from .parse import Field
from .reach import leaves

SOME: Final = 3  # values of one field that are shown
LONGEST: Final = 400  # characters of a path, of what is wanted


def explain_refusal(branches: Sequence[Branch], event: dict[str, Any]) -> str:
    """The leaf that refused `event`, of the branch that came closest to a match."""
    refused = [_refused(branch, event) for branch in branches]
    return _worded(min(refused, key=len), event)


def _refused(branch: Branch, event: dict[str, Any]) -> list[Field]:
    """The fields that don't pass, each by itself; if all of them do, the one that doesn't go with the others."""
    alone = [
        each
        for each, test in zip(branch.fields, branch.tests, strict=True)
        if not _passes(each, [test(value) for value, _ in leaves(event, each.path)])
    ]
    together = branch.refusing(event)
    return alone or ([] if together is None else [together])


def _passes(each: Field, verdicts: list[bool]) -> bool:
    return any(verdicts) or (each.absent and not verdicts)


def _worded(refused: list[Field], event: dict[str, Any]) -> str:
    each = refused[0]
    path = one_line(each.path, LONGEST)
    values = [value for value, _ in leaves(event, each.path)]
    if not values:
        return f"{path}: missing"
    found = ", ".join(shown(value) for value in values[:SOME]) + (", ..." if len(values) > SOME else "")
    if any(test.matches(value) for test in each.tests for value in values):
        return f"{path}: {found} fits, but in another element of an array than the fields before"
    if not each.tests:
        return f"{path}: {found} is there, but must be absent"
    wanted = " or ".join(test.words for test in each.tests) + (" or absent" if each.absent else "")
    return f"{path}: {found} is not {one_line(wanted, LONGEST)}"
