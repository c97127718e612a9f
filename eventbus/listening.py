"""The plain event bus: names and handlers, over the default event bus of EventBridge.

`order.placed` is the event's `detail-type`, its source the app's name. A `*` in a name is a wildcard. A handler of one
parameter gets the payload alone, one of two gets a context as well: both get the payload, not the envelope.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import cache, wraps
from importlib.metadata import entry_points
from typing import Any, Final

from .declaration import Function, function_of, refuse_unknown
from .errors import InvalidSetting
from .ports import Resource, Wire

GROUP: Final = "eventbus.sources"
SOURCE: Final = "eventbridge"
PAYLOAD: Final = "$.detail"


def listening(app_name: str, event: str, detail: Mapping[str, Any] | None, function: Function[Any, Any]) -> Wire:
    """The rule by which events of that name, with a payload that matches the pattern `detail`, invoke `function`
    asynchronously."""
    if not isinstance(event, str) or not event:
        raise InvalidSetting(f"event={event!r} is refused; allowed: a name, such as 'order.placed' or 'order.*'")
    source = _source()
    pattern: dict[str, Any] = {"source": [app_name], "detail-type": [{"wildcard": event} if "*" in event else event]}
    if detail is not None:
        pattern["detail"] = detail
    target = source.Target(function, input_path=PAYLOAD)
    return source.Rule(_rule_name(event, function), event_pattern=pattern, targets=[target])  # type: ignore[no-any-return]  # found by name


def default_bus() -> Resource[Any]:
    return _source().EventBus()  # type: ignore[no-any-return]  # found by name


def listener(handler: Any, settings: Mapping[str, Any], number: int) -> Function[Any, Any]:
    """`handler` as a function, if it is not one; named after it, with a number: it may listen more than once."""
    if isinstance(handler, Function):
        refuse_unknown(settings)
        return handler
    named = {"name": f"{_plain(getattr(handler, '__name__', 'listener'))[:50]}-{number}", **settings}
    return function_of(with_context(handler), named)


def with_context(handler: Callable[..., Any]) -> Callable[..., Any]:
    """`handler` as a function of event and context."""
    try:
        parameters = inspect.signature(handler).parameters.values()
    except (TypeError, ValueError):
        return handler
    taken = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    if len(taken) != 1 or any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return handler
    if inspect.iscoroutinefunction(handler):

        @wraps(handler)
        async def alone(event: Any, context: Any) -> Any:
            return await handler(event)

        return alone

    @wraps(handler)
    def plainly(event: Any, context: Any) -> Any:
        return handler(event)

    return plainly


@cache
def _source() -> Any:
    """The package that has the default event bus."""
    for found in entry_points(group=GROUP, name=SOURCE):
        return found.load()
    raise InvalidSetting("app.on and bus.emit need the source 'eventbridge', and this installation has none")


def _rule_name(event: str, function: Function[Any, Any]) -> str:
    """Unique for the pair, and of the letters that a rule's name may have."""
    return f"{_plain(event)[:30]}-{function.name}"[:64]


def _plain(text: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "_-") else "_" for letter in text)
