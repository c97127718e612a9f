"""What is known about the systems that invoke functions, and an event of each."""

import inspect
import json
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, Final

from eventbus.errors import EventBusError, suggest
from eventbus.ports import System
from sources import SOURCES

COLUMNS: Final = {
    "system": "name",
    "kind": "kind",
    "declared as, and invokes for": "invoked_by",
    "event": "event",
    "answer": "answer",
    "who retries": "retries",
    "who must be allowed": "permission",
    "refused": "refused",
    "deviations": "deviations",
}
"""Of the table, and the members of `System` in them."""

EXAMPLES: Final = (
    "Each is the body of an `async def main()`, behind `from eventbus import App` and `from sources import ...`;\n"
    "`eventbus.run(main, virtual=True)` runs it."
)


class NoSample(EventBusError):
    """No event of that system can be made so; the message names what can be asked for."""


def system(name: str) -> System:
    """Raises `NoSample` for one that nobody knows."""
    if name not in SOURCES:
        raise NoSample(f"no system {name!r}; {suggest(name, SOURCES)}")
    found: System = import_module(f"sources.{name}").SYSTEM
    return found


def systems() -> Iterator[tuple[str, System]]:
    """All of them, each with the name of its package."""
    return ((name, system(name)) for name in SOURCES)


def sample(name: str, given: Sequence[str]) -> Any:
    """An event of that system; each of `given` is `key=value`. Raises `NoSample`."""
    make = system(name).sample_event
    parameters = inspect.signature(make).parameters
    settings: dict[str, Any] = {}
    for each in given:
        key, equals, value = each.partition("=")
        if not equals:
            raise NoSample(f"--set {each}: wanted key=value")
        if key not in parameters:
            raise NoSample(f"--set {each}: {name} has no {key!r}; {suggest(key, parameters)}")
        settings[key] = _value(each, value, parameters[key].default)
    try:
        return make(**settings)
    except (EventBusError, TypeError, ValueError) as refused:
        raise NoSample(f"{name}: {refused}") from refused


def markdown() -> str:
    """The tables and examples of `sources/README.md`."""
    known = list(systems())
    rows = [["package", *COLUMNS], ["---"] * (len(COLUMNS) + 1)]
    for name, found in known:
        rows.append([f"`sources.{name}`", *(getattr(found, member) for member in COLUMNS.values())])
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    examples = "".join(f"\n### {found.name}\n\n```python\n{found.example}```\n" for _, found in known)
    return f"{table}\n## An example of each\n\n{EXAMPLES}\n{examples}"


def to_json(name: str, found: System) -> dict[str, Any]:
    settings = {key: parameter.default for key, parameter in inspect.signature(found.sample_event).parameters.items()}
    return {
        "package": f"sources.{name}",
        **{member: getattr(found, member) for member in COLUMNS.values()},
        "sample_event": settings,
    }


def _value(given: str, value: str, default: Any) -> Any:
    """A text where the default is one; JSON elsewhere."""
    if isinstance(default, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise NoSample(f"--set {given}: wanted JSON, such as {json.dumps(default)}") from None
