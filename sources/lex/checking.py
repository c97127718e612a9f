"""What calls on a bot refuse before they reach it."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from eventbus.checks import encodable, texts
from sources._http.answers import Malformed

from . import reading
from .naming import to_camel

ID: Final = re.compile(r"[0-9a-zA-Z._:-]{2,100}")
TEXT_LIMIT: Final = 1_024
"""Characters [bc:lexv2-runtime SessionId, Text; bc:lex-runtime UserId, Text]."""

Refusal = Callable[[str], Exception]

_STATE: Final = ("session_attributes", "active_contexts", "intent", "dialog_action", "originating_request_id")
_NOT_OFFERED: Final = {"runtime_hints": "nothing is guessed here, so there is nothing to hint at"}
_MEMBERS: Final = {
    "intent": ("name", "slots", "state", "confirmation_state"),
    "dialog_action": ("type", "slot_to_elicit", "slot_elicitation_style"),
}


def identifier(refusal: Refusal, name: str, value: str) -> None:
    texts(refusal, **{name: value})
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise refusal(f"{name}={value!r}: 2 to 100 letters, digits and . _ : -")


def text(refusal: Refusal, name: str, value: str) -> None:
    texts(refusal, **{name: value})
    if not isinstance(value, str) or not 0 < len(value) <= TEXT_LIMIT:
        raise refusal(f"{name}: a text of 1 to {TEXT_LIMIT} characters")


def attributes(refusal: Refusal, name: str, value: Mapping[str, str] | None) -> dict[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise refusal(f"{name}={value!r}: a dict of texts")
    for key, each in value.items():
        if not all(isinstance(part, str) and encodable(part) for part in (key, each)) or not key:
            raise refusal(f"{name}: {key!r}={each!r}: a text under a name")
    return dict(value)


def members(refusal: Refusal, value: Any) -> dict[str, Any]:
    """A session state in the names of the wire, with no member that nobody knows."""
    if not isinstance(value, Mapping):
        raise refusal(f"session_state={value!r}: a dict")
    _known(refusal, "session_state", value, _STATE)
    for name, allowed in _MEMBERS.items():
        if isinstance(value.get(name), Mapping):
            _known(refusal, name, value[name], allowed)
    found: dict[str, Any] = wire(refusal, "session_state", dict(value))
    return found


def wire(refusal: Refusal, name: str, value: Any) -> Any:
    """In the names of the wire; it can be said in JSON."""
    try:
        reading.checked(value)
        return to_camel(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise refusal(f"{name}: {error}") from error


def read(refusal: Refusal, reader: Callable[..., Any], *given: Any) -> Any:
    """What it says; its refusal becomes an error of the service."""
    try:
        return reader(*given)
    except Malformed as reason:
        raise refusal(str(reason)) from None


def _known(refusal: Refusal, where: str, given: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    for name in given:
        if name not in allowed:
            why = _NOT_OFFERED.get(name) or f"allowed: {', '.join(allowed)}"
            raise refusal(f"{where}: {name} is refused: {why}")
