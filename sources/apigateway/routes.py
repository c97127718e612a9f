"""Paths with variables, and which of several an actual path means.

`{name}` takes one segment, `{name+}`, at the end, all that follow. Of all that match, the most specific counts: segment
by segment, what is written out comes before a variable, a variable before a greedy one
(apigateway:http-api-develop-routes; for REST APIs likewise, our choice where the guide is silent).
"""

import re
from collections.abc import Sequence
from typing import Final

from attrs import define, field, frozen

from eventbus.checks import encodable, refuse

_VARIABLE: Final = re.compile(r"\{([A-Za-z0-9._-]+)(\+?)\}")
LITERAL, VARIABLE, GREEDY = range(3)


@frozen
class Segment:
    kind: int
    text: str  # as it is written, or the variable's name


@define(eq=False)
class Template:
    """One path with variables."""

    text: str
    segments: Sequence[Segment] = field(init=False)
    rank: tuple[int, ...] = field(init=False)  # the lower, the more specific

    def __attrs_post_init__(self) -> None:
        self.segments = [_segment(part) for part in split(self.text)]
        self.rank = tuple(segment.kind for segment in self.segments)

    def match(self, parts: Sequence[str]) -> dict[str, str] | None:
        """The values of its variables; None if it is another path."""
        found: dict[str, str] = {}
        for at, segment in enumerate(self.segments):
            if segment.kind == GREEDY:
                if at >= len(parts):
                    return None
                found[segment.text] = "/".join(parts[at:])
                return found
            if at >= len(parts):
                return None
            if segment.kind == LITERAL:
                if segment.text != parts[at]:
                    return None
            elif not parts[at]:
                return None
            else:
                found[segment.text] = parts[at]
        return found if len(parts) == len(self.segments) else None


def split(path: str) -> list[str]:
    """The segments of a path; none of `/`."""
    return path.removeprefix("/").split("/") if path != "/" else []


def check_path(setting: str, path: object) -> str:
    """Raises `InvalidSetting` for what is no path with variables."""
    allowed = "a path such as /orders/{id} or /{proxy+}: it begins with /, variables are whole segments"
    if (
        not isinstance(path, str)
        or not encodable(path)
        or not path.startswith("/")
        or (path != "/" and path.endswith("/"))
    ):
        raise refuse(setting, path, allowed)
    parts = split(path)
    names: list[str] = []
    for at, part in enumerate(parts):
        variable = _VARIABLE.fullmatch(part)
        if not part or (variable is None and ("{" in part or "}" in part)):
            raise refuse(setting, path, allowed)
        if variable is not None:
            names.append(variable[1])
            if variable[2] and at < len(parts) - 1:
                raise refuse(setting, path, "a greedy variable at the end only")
    if len(set(names)) < len(names):
        raise refuse(setting, path, "variables of different names")
    return path


def _segment(part: str) -> Segment:
    variable = _VARIABLE.fullmatch(part)
    if variable is None:
        return Segment(LITERAL, part)
    return Segment(GREEDY if variable[2] else VARIABLE, variable[1])
