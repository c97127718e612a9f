"""Headers as functions answer them: by name, in whatever case, each a list of lines."""

from collections.abc import Mapping

from sources._http import answers, fields
from sources._http.answers import Malformed
from sources._http.fields import Pairs

from . import invalid
from .events import exposed
from .invalid import Invalid
from .points import READ_ONLY, Point, disallowed


def lines_of(headers: object) -> list[tuple[str, str]]:
    """Header lines. Raises `Invalid`."""
    if not isinstance(headers, dict):
        raise Invalid(invalid.HEADER, "headers is no object")
    found = [line for name, entries in headers.items() for line in _lines_of(name, entries)]
    try:
        answers.check_lines(found)
    except Malformed as reason:
        raise Invalid(invalid.HEADER, str(reason)) from None
    return found


def changed(point: Point, before: Pairs, headers: object) -> list[tuple[str, str]]:
    """What a function made of the lines that it saw. Those that are not shown stay. Raises `Invalid`."""
    found, shown = lines_of(headers), exposed(before)
    check_read_only(point, fields.every(fields.lowered(fields.cleaned(shown))), found)
    if fields.cleaned(shown) == found:
        return list(before)
    return [*found, *(line for line in before if disallowed(line[0].lower()))]


def check_read_only(point: Point, before: Mapping[str, list[str]], lines: Pairs) -> None:
    after = fields.every(fields.lowered(lines))
    for name in sorted(READ_ONLY[point]):
        if before.get(name) != after.get(name):
            raise Invalid(invalid.READ_ONLY, name)


def with_length(lines: Pairs, body: bytes) -> list[tuple[str, str]]:
    """`Content-Length` says what it is."""
    return fields.put_last(lines, "Content-Length", lambda _: str(len(body)))


def _lines_of(name: str, entries: object) -> list[tuple[str, str]]:
    if not answers.NAME.fullmatch(name):
        raise Invalid(invalid.HEADER, f"no header can be named {name!r}")
    if disallowed(name.lower()):
        raise Invalid(invalid.DISALLOWED, name)
    if not isinstance(entries, list):
        raise Invalid(invalid.NO_ARRAY, name)
    return [_line_of(name, entry) for entry in entries]


def _line_of(name: str, entry: object) -> tuple[str, str]:
    value = entry.get("value") if isinstance(entry, dict) else None
    key = entry.get("key", _capitalised(name)) if isinstance(entry, dict) else None
    if not isinstance(value, str):
        raise Invalid(invalid.ENTRY, name)
    if not isinstance(key, str) or key.lower() != name.lower():
        raise Invalid(invalid.HEADER, f"the key of {name} is {key!r}")
    return key, value


def _capitalised(name: str) -> str:
    """What is filled in where a line has no key."""
    return "-".join(part.capitalize() for part in name.split("-"))
