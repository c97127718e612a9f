"""Route selection expressions of WebSocket APIs: `$request.body.action`, `${request.body.a}/${request.body.b}`
(apigateway:websocket-api-develop-routes)."""

import re
from json import loads
from typing import Any, Final

from attrs import define, field

from eventbus.checks import refuse

_PART: Final = re.compile(r"\\\$|\$\{([^}]*)\}|\$([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)|[^$\\]+|\\")
_PATH: Final = re.compile(r"request\.body((?:\.[A-Za-z0-9_-]+)+)")
DOLLAR: Final = "\\$"


@define(eq=False)
class Selection:
    """Compiled when the API is declared. Raises `InvalidSetting` for what looks at anything but the body."""

    text: str
    _parts: list[str | tuple[str, ...]] = field(factory=list, init=False)  # letters, or members of the body

    def __attrs_post_init__(self) -> None:
        allowed = "letters and members of the body, such as $request.body.action"
        at = 0
        while at < len(self.text):
            part = _PART.match(self.text, at)
            if part is None:
                raise refuse("route_selection_expression", self.text, allowed)
            at = part.end()
            self._parts.append(self._read(part, allowed))

    def key(self, message: str) -> str | None:
        """The route key that a message means; None if it can't be told."""
        if all(isinstance(part, str) for part in self._parts):
            return "".join([part for part in self._parts if isinstance(part, str)])
        try:
            body = loads(message)
        except (ValueError, RecursionError):
            return None
        if not isinstance(body, dict):
            return None
        return "".join([part if isinstance(part, str) else _text(_found(body, part)) for part in self._parts])

    def _read(self, part: "re.Match[str]", allowed: str) -> str | tuple[str, ...]:
        path = part[1] if part[1] is not None else part[2]
        if path is None:
            return "$" if part[0] == DOLLAR else part[0]
        members = _PATH.fullmatch(path)
        if members is None:
            raise refuse("route_selection_expression", self.text, allowed)
        return tuple(members[1].removeprefix(".").split("."))


def _found(body: Any, members: tuple[str, ...]) -> Any:
    for member in members:
        body = body.get(member) if isinstance(body, dict) else None
    return body


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return str(value)
