"""Paths into data and context: JSONPath by python-jsonpath, held to RFC 9535 (extra `stepfunctions`).

A path that may select several nodes gives an array, also an empty one, as the library that AWS names does. Functions in
filters are not offered.
"""

from functools import lru_cache
from typing import Any, Final

from attrs import field, frozen

from eventbus.errors import InvalidSetting

from .data import Scope
from .errors import RESULT_PATH, RUNTIME, Failed

COMPILED: Final = 4_096


class NothingThere(LookupError):
    """A path that should lead to something leads nowhere; its text."""


class BadPath(ValueError):
    """A text that is no path; why."""


@frozen(eq=False)
class Path:
    text: str
    of_context: bool
    single: bool
    steps: tuple[str | int, ...] | None  # of a reference path
    _query: Any = field(repr=False)

    def find(self, scope: Scope) -> Any:
        """Raises `NothingThere`."""
        value = scope.context if self.of_context else scope.data
        if self.steps is not None:
            for step in self.steps:
                value = self._below(value, step)
            return value
        try:
            found = [] if isinstance(value, str) else self._query.findall(value)  # it would take a text for a document
        except _environment()[1] as error:  # nests too deeply
            raise Failed(RUNTIME, f"path {self.text!r}: {error.args[0]}") from None
        if not self.single:
            return found
        if not found:
            raise NothingThere(self.text)
        return found[0]

    def _below(self, value: Any, step: str | int) -> Any:
        match value, step:
            case (dict(), str()) if step in value:
                return value[step]
            case (list(), int()) if step < len(value):
                return value[step]
        raise NothingThere(self.text)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Path":
        return self


@lru_cache(COMPILED)
def path(text: str) -> Path:
    """Raises `BadPath`."""
    of_context = text.startswith("$$")
    query, syntax_error = _query(text[of_context:])
    if query is None:
        raise BadPath(f"{text!r} is no path: {syntax_error}")
    single = query.singular_query()
    return Path(text, of_context, single, _steps(query) if single else None, query)


def reference(text: str) -> tuple[str | int, ...]:
    """The steps of a path that leads to one place in the data. Raises `BadPath`."""
    found = path(text)
    if found.of_context or found.steps is None:
        raise BadPath(f"{text!r} is no reference path: it must lead to one place in the data")
    return found.steps


def put(steps: tuple[str | int, ...], target: Any, value: Any) -> Any:
    """`target` with `value` in that place; members that lack on the way are made. Raises `Failed`."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, str) and isinstance(target, dict):
        below = target.get(step, {} if rest else None)
        return {**target, step: put(rest, below, value)}
    if isinstance(step, int) and isinstance(target, list) and step < len(target):
        return [*target[:step], put(rest, target[step], value), *target[step + 1 :]]
    raise Failed(RESULT_PATH, f"Unable to apply step {step!r} of the ResultPath to the input")


def _steps(query: Any) -> tuple[str | int, ...] | None:
    """Names and indexes from the start; None where one counts from the end."""
    selectors = [selector for segment in query.segments for selector in segment.selectors]
    steps = tuple(selector.name if hasattr(selector, "name") else selector.index for selector in selectors)
    return None if any(isinstance(step, int) and step < 0 for step in steps) else steps


def _query(text: str) -> tuple[Any, str]:
    environment, errors = _environment()
    try:
        return environment.compile(text), ""
    except errors as error:
        return None, str(error.args[0])


@lru_cache(1)
def _environment() -> Any:
    try:
        import jsonpath  # noqa: PLC0415  # an extra
    except ImportError:
        raise InvalidSetting("state machines need JSONPath: pip install 'eventbus[stepfunctions]'") from None
    environment = jsonpath.JSONPathEnvironment(strict=True)
    environment.function_extensions.clear()
    return environment, jsonpath.JSONPathError
