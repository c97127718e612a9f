"""The plain event bus: names and handlers, over the default event bus of EventBridge.

`order.placed` is the event's `detail-type`, its source the app's name. A `*` in a name is a wildcard. A handler of one
parameter gets the payload alone, one of two gets a context as well: both get the payload, not the envelope.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import cache, wraps
from hashlib import md5
from importlib.util import find_spec
from typing import Any, Final

from .checks import refuse
from .declaration import Function, function_of, runs_async
from .errors import InvalidSetting
from .ports import Resource, Wire

GROUP: Final = "eventbus.sources"
SOURCE: Final = "eventbridge"
PAYLOAD: Final = "$.detail"
NAME_LIMIT: Final = 128
"""Characters of a detail-type (bc:events PutEvents)."""


def listening(
    app_name: str,
    event: str,
    detail: Mapping[str, Any] | None,
    function: Function[Any, Any],
    number: int | None = None,
) -> Wire:
    """The rule by which events of that name, with a payload that matches the pattern `detail`, invoke `function`
    asynchronously. With a `number` the same may be said again and is another rule."""
    check_event(event)
    source = _source()
    pattern: dict[str, Any] = {"source": [app_name], "detail-type": [{"wildcard": event} if "*" in event else event]}
    if detail is not None:
        pattern["detail"] = detail
    target = source.Target(function, input_path=PAYLOAD)
    name = _rule_name(event, function, f"{pattern}/{number}")
    return source.Rule(name, event_pattern=pattern, targets=[target])  # type: ignore[no-any-return]  # found by name


def check_event(event: object) -> None:
    """Raise `InvalidSetting` for what can't be listened to; a handler, where the parentheses were forgotten."""
    if not isinstance(event, str) or not 1 <= len(event) <= NAME_LIMIT:
        allowed = f"a name of 1 to {NAME_LIMIT} characters, such as 'order.placed' or 'order.*'"
        raise refuse("event", event, allowed)


def default_bus() -> Resource[Any]:
    return _source().EventBus()  # type: ignore[no-any-return]  # found by name


def listener(handler: Any, settings: Mapping[str, Any], number: int | None = None) -> Function[Any, Any]:
    """`handler` as a function, if it is not one; named after it, with a number where it may listen more than once."""
    if isinstance(handler, Function):
        for name, value in settings.items():
            raise InvalidSetting(f"{name}={value!r} is refused: {handler.name} was declared with settings of its own")
        return handler
    if number is not None:
        settings = {"name": f"{_plain(getattr(handler, '__name__', 'listener'))[:50]}-{number}", **settings}
    return function_of(with_context(handler), settings)


def with_context(handler: Callable[..., Any]) -> Callable[..., Any]:
    """`handler` as a function of event and context. Raises `InvalidSetting` for one that takes neither payload and
    context nor the payload alone."""
    try:
        signature = inspect.signature(handler)
    except (TypeError, ValueError):  # not callable, or written in C
        return handler
    if _takes(signature, "payload", "context"):
        return handler
    if not _takes(signature, "payload"):
        name = getattr(handler, "__name__", type(handler).__name__)
        raise InvalidSetting(f"handler={name}{signature} is refused; allowed: (payload) or (payload, context)")
    if runs_async(handler):

        @wraps(handler)
        async def alone(event: Any, context: Any) -> Any:
            return await handler(event)

        del alone.__wrapped__  # whoever looks sees two parameters
        return alone

    @wraps(handler)
    def plainly(event: Any, context: Any) -> Any:
        return handler(event)

    del plainly.__wrapped__
    return plainly


def _takes(signature: inspect.Signature, *values: str) -> bool:
    try:
        signature.bind(*values)
    except TypeError:
        return False
    return True


@cache
def _source() -> Any:
    """The package that has the default event bus."""
    from importlib.metadata import entry_points  # noqa: PLC0415  # a tenth of our import time, for those who listen

    for found in entry_points(group=GROUP, name=SOURCE):
        try:
            return found.load()
        except ModuleNotFoundError as error:
            package = find_spec(found.module.partition(".")[0])
            where = "missing" if package is None else f"another one: {package.origin}"
            raise InvalidSetting(f"app.on and bus.emit need {found.module}; here that package is {where}") from error
    raise InvalidSetting(f"app.on and bus.emit need the source {SOURCE!r}, which comes with pip install eventbus")


def _rule_name(event: str, function: Function[Any, Any], what: str) -> str:
    """For people, of the letters that a rule's name may have, and as unique as what it listens to."""
    digest = md5(f"{event}/{function.name}/{what}".encode(errors="replace"), usedforsecurity=False).hexdigest()[:8]
    return f"{_plain(event)[:25]}-{function.name[:29]}-{digest}"


def _plain(text: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "_-") else "_" for letter in text)
