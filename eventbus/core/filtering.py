"""Which records a mapping hands to its function, by the patterns of its FilterCriteria (dg:invocation-eventfiltering).

Laws: a record passes if one of the patterns matches. A pattern that says nothing of the data looks at the rest alone.
One that asks for JSON refuses plain text, one that asks for a text refuses JSON. Whatever is refused is done with: its
source forgets it (dg:services-sqs-filtering).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from eventbus.checks import refuse
from eventbus.errors import EventBusError, InvalidSetting

if TYPE_CHECKING:
    from .patterns import Pattern

PATTERNS_LIMIT: Final = 5
"""Of one mapping (dg:invocation-eventfiltering)."""


@define(eq=False)
class Filter:
    """One pattern, with what it asks of the data under `data_key`: a text, members of JSON, both in alternatives, or
    nothing."""

    pattern: "Pattern"
    data_key: str
    _text: bool = field(init=False)
    _members: bool = field(init=False)

    def __attrs_post_init__(self) -> None:
        paths = _paths_of(self.pattern)
        self._text = self.data_key in paths
        self._members = any(path.startswith(f"{self.data_key}.") for path in paths)

    def seen(self, view: Mapping[str, Any], members: dict[str, Any] | None) -> Mapping[str, Any] | str:
        """What the pattern is held against, or why it is not; `members` are those of the data, if it is JSON."""
        if members is not None:
            if self._members:
                return {**view, self.data_key: members}
            return f"{self.data_key}: is JSON, the pattern wants a text" if self._text else view
        if self._members and not self._text and isinstance(view.get(self.data_key), str):
            return f"{self.data_key}: is no JSON object"
        return view


@define(eq=False)
class Filters:
    """At least one."""

    filters: Sequence[Filter]
    data_key: str
    _parse: Callable[[str], Any] = field(init=False)

    def __attrs_post_init__(self) -> None:
        from .patterns.text import parse_json  # noqa: PLC0415  # as in `_pattern_of`: whoever is here has paid for it

        self._parse = parse_json

    def refusal(self, view: Mapping[str, Any]) -> str | None:
        """None if `view` passes; else why the first pattern refuses it. `view` is the record as filters see it."""
        members = self._members_of(view.get(self.data_key))
        for each in self.filters:
            seen = each.seen(view, members)
            if not isinstance(seen, str) and each.pattern.matches(seen):
                return None
        seen = self.filters[0].seen(view, members)
        return seen if isinstance(seen, str) else self.filters[0].pattern.explain(seen)

    def _members_of(self, data: object) -> dict[str, Any] | None:
        """Only an object is JSON to a filter; a number or a quoted text is read as it stands."""
        if not isinstance(data, str) or not data.lstrip().startswith("{"):
            return None
        try:
            found = self._parse(data)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


def patterns_of(criteria: Any) -> "tuple[Pattern, ...]":
    """Patterns as mappings or JSON texts, compiled. Raises `InvalidSetting` as AWS words it."""
    if criteria is None:
        return ()
    if isinstance(criteria, str | bytes | Mapping) or not isinstance(criteria, Sequence):
        raise refuse("filter_criteria", criteria, "a list of patterns, such as [{'body': {'kind': ['order']}}]")
    if len(criteria) > PATTERNS_LIMIT:
        raise refuse("filter_criteria", f"{len(criteria)} patterns", f"up to {PATTERNS_LIMIT}")
    return tuple(_pattern_of(given) for given in criteria)


def check_keys(patterns: "Sequence[Pattern]", keys: Sequence[str]) -> None:
    """Raise `InvalidSetting` for a pattern that looks at anything but the `keys` of its source."""
    for pattern in patterns:
        for path in _paths_of(pattern):
            if path.partition(".")[0] not in keys:
                raise InvalidSetting(
                    f"filter_criteria={pattern.text}: {path} can't be filtered here; allowed: {', '.join(keys)}"
                )


def filters_of(patterns: "Sequence[Pattern]", data_key: str) -> Filters | None:
    return Filters([Filter(pattern, data_key) for pattern in patterns], data_key) if patterns else None


def _pattern_of(given: Any) -> "Pattern":
    from .patterns import Pattern  # noqa: PLC0415  # a third of our import time, for those who filter

    if isinstance(given, Pattern):
        return given
    if not isinstance(given, str | Mapping):
        raise InvalidSetting(f"filter_criteria={given!r}: Invalid filter pattern definition.")
    try:
        return Pattern(given, "esm")
    except EventBusError as error:
        raise InvalidSetting(f"filter_criteria={given!r}: {error}") from error


def _paths_of(pattern: "Pattern") -> list[str]:
    """Whatever it looks at, in any of its alternatives."""
    return list(dict.fromkeys(each.path for branch in pattern.branches for each in branch.fields))
