"""What functions and callers say, read: each part by its rule. Whatever is wrong is told by `Malformed`.

Members that nobody knows are passed by, null stands for what is left out; both are choices of ours. Texts that UTF-8
can't hold, NaN and nesting without end are no JSON.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from json import JSONEncoder
from typing import Any, Final, TypeVar

from attrs import define, field

from sources._http.answers import Malformed, kind_of, strict

from .intent import MESSAGE_LIMIT, Intent
from .session import Context, Slots

T = TypeVar("T")
Reader = Callable[[Any, str], T]

CONTEXTS: Final = 20
CONTEXT_ATTRIBUTES: Final = 10
CONTEXT_NAME: Final = re.compile(r"([A-Za-z0-9]_?){1,100}")
CONTEXT_SECONDS: Final = (5, 86_400)
CONTEXT_TURNS: Final = (1, 20)
NAME_LIMIT: Final = 100
"""All of these: [bc:lexv2-runtime ActiveContext]."""
TEXT_KINDS: Final = ("PlainText", "CustomPayload", "SSML")

_check: Final = JSONEncoder(ensure_ascii=False, allow_nan=False).encode


@define(eq=False)
class Given:
    """Of an intent. What is None stays as it is."""

    name: str
    slots: Slots | None = None
    state: str | None = None
    confirmation: str | None = None


@define(eq=False)
class Order:
    """What is to become of a conversation. What is None stays as it is."""

    action: str | None = None
    slot: str | None = None
    style: str | None = None
    intent: Given | None = None
    attributes: dict[str, str] | None = None
    contexts: list[Context] | None = None
    messages: list[Any] = field(factory=list)
    request_attributes: dict[str, str] | None = None
    recent: list[Any] | None = None


def parsed(payload: bytes) -> dict[str, Any]:
    try:
        value = strict(payload.decode())
        checked(value)
    except (ValueError, RecursionError):
        raise Malformed("it is no JSON") from None
    return an_object(value, "it")


def checked(value: Any) -> None:
    """Raises `ValueError`, `TypeError` or `RecursionError` for what JSON in UTF-8 can't say."""
    _check(value).encode()


def an_object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(f"{where} is {kind_of(value)}")
    return value


def a_list(value: Any, where: str, limit: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > limit:
        raise Malformed(f"{where} is {kind_of(value)}; wanted a list of up to {limit}")
    return value


def a_text(value: Any, where: str, limit: int | None = None) -> str:
    """Not an empty one."""
    if not isinstance(value, str) or not value or (limit is not None and len(value) > limit):
        found = f"{len(value)} characters" if isinstance(value, str) else kind_of(value)
        raise Malformed(f"{where} is {found}; wanted a text" + ("" if limit is None else f" of up to {limit}"))
    return value


def short(limit: int) -> Reader[str]:
    return lambda value, where: a_text(value, where, limit)


def one_of(allowed: Sequence[str]) -> Reader[str]:
    def read(value: Any, where: str) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise Malformed(f"{where} is {value!r:.50}; wanted {', '.join(allowed)}")
        return value

    return read


def whole(low: int, high: int) -> Reader[int]:
    def read(value: Any, where: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise Malformed(f"{where} is {value!r:.50}; wanted a whole number from {low} to {high}")
        return value

    return read


def a_map(value: Any, where: str) -> dict[str, str]:
    """Of texts."""
    for key, each in an_object(value, where).items():
        if not isinstance(key, str) or not key or not isinstance(each, str):
            raise Malformed(f"{where}: {key!r:.50} is {kind_of(each)}; wanted a text under a name")
    return dict(value)


def optional(of: dict[str, Any], name: str, read: Reader[T]) -> T | None:
    value = of.get(name)
    return None if value is None else read(value, name)


def required(of: dict[str, Any], name: str, read: Reader[T]) -> T:
    if of.get(name) is None:
        raise Malformed(f"{name} is missing")
    return read(of[name], name)


def slots_of(given: Any, intent: Intent, read: Callable[[Any, str], Any]) -> Slots:
    """Those that are left out are empty."""
    found = intent.empty()
    for name, value in an_object(given, "slots").items():
        if name not in found:
            raise Malformed(f"{intent.name} has no slot {name!r:.50}")
        found[name] = None if value is None else read(value, f"slot {name}")
    return found


def contexts_of(given: Any, now: float, attributes: str, names: re.Pattern[str] = CONTEXT_NAME) -> list[Context]:
    """`attributes`: what its parameters are called."""
    return [_context(each, now, attributes, names) for each in a_list(given, "activeContexts", CONTEXTS)]


def _context(given: Any, now: float, attributes: str, names: re.Pattern[str]) -> Context:
    context = an_object(given, "a context")
    name = required(context, "name", short(NAME_LIMIT))
    if not names.fullmatch(name):
        raise Malformed(f"a context can't be named {name!r}")
    left = required(context, "timeToLive", an_object)
    seconds = required(left, "timeToLiveInSeconds", whole(*CONTEXT_SECONDS))
    turns = required(left, "turnsToLive", whole(*CONTEXT_TURNS))
    found = required(context, attributes, a_map)
    if len(found) > CONTEXT_ATTRIBUTES:
        raise Malformed(f"{attributes}: up to {CONTEXT_ATTRIBUTES}")
    for key, value in found.items():
        a_text(key, attributes, NAME_LIMIT)
        a_text(value, f"{attributes}: {key}", MESSAGE_LIMIT)
    return Context(name, found, now + seconds, turns)


def kept(of: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Of these members what is there."""
    return {name: of[name] for name in names if of.get(name) is not None}
