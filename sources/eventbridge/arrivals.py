"""What other machines deliver to a bus.

A JSON object with an `id` is a whole event of another bus: it keeps its id, source, account and text. One without is an
entry `{"source", "detail-type", "detail", "resources", "time"}`, of which the first three are required, as S3 sends it.
What a function's asynchronous queue sends is an invocation record, and becomes an entry of the source `lambda`
[semantics of destinations: recorded 2025-11].
"""

from collections.abc import Mapping
from typing import Any, Final

from eventbus.checks import encodable
from eventbus.core.effects import Deliver
from eventbus.core.invocation_record import iso_seconds
from eventbus.core.patterns.text import NotJson, parse_json
from eventbus.names import Arn

from .checking import instant
from .entries import Entry
from .errors import InvalidParameter
from .events import Event, minified

FUNCTION_QUEUE: Final = ":async"
"""The ending of the address of a function's asynchronous queue."""
TEXTS: Final = ("id", "detail-type", "source", "account", "time", "region")


def arrived(effect: Deliver, bus: Arn, at: float) -> Event | Entry | str:
    """The event, an entry to be put, or the reason of a refusal. `at`: now, in seconds since 1970."""
    try:
        value = parse_json(effect.body)
    except NotJson as reason:
        return f"the body is no JSON: {reason}"
    if not isinstance(value, dict):
        return "the body is no JSON object"
    if effect.asker.endswith(FUNCTION_QUEUE):
        return _invocation_result(value, effect, bus)
    if "id" in value:
        return _whole(value, effect, at)
    return _entry(value)


def _whole(value: dict[str, Any], effect: Deliver, at: float) -> Event | str:
    for name in TEXTS:
        if not isinstance(value.get(name), str):
            return f"{name} of the event is no text"
    if _instant(value["time"]) is None or not isinstance(value.get("detail"), dict):
        return "the event has no time or no detail"
    return Event(value, at, effect.cause, forwarded=True, text=effect.body)


def _entry(value: Mapping[str, Any]) -> Entry | str:
    source, detail_type, detail = value.get("source"), value.get("detail-type"), value.get("detail")
    if not isinstance(source, str) or not isinstance(detail_type, str) or not isinstance(detail, dict):
        return "source and detail-type are texts, detail is an object"
    resources, time = value.get("resources") or [], value.get("time")
    if not isinstance(resources, list) or not all(isinstance(each, str) for each in resources):
        return "resources are a list of texts"
    if not all(encodable(each) for each in (source, detail_type, *resources)):
        return "UTF-8 can't hold one of the texts"
    written = None if time is None else _instant(time)
    if time is not None and written is None:
        return f"time {time!r} is no instant"
    return _of(source, detail_type, detail, resources, written)


def _invocation_result(record: dict[str, Any], effect: Deliver, bus: Arn) -> Entry | str:
    context = record.get("requestContext")
    if not isinstance(context, dict) or not isinstance(context.get("functionArn"), str):
        return "the body is no record of an invocation"
    result = "Success" if context.get("condition") == "Success" else "Failure"
    resources = [str(bus), context["functionArn"]]
    return _of("lambda", f"Lambda Function Invocation Result - {result}", record, resources, None)


def _of(source: str, detail_type: str, detail: dict[str, Any], resources: list[str], time: str | None) -> Entry | str:
    try:
        text = minified(detail)
    except (ValueError, RecursionError):
        return "JSON does not hold a number of the detail, or it is nested too deeply"
    return Entry(source, detail_type, detail, text, resources, time)


def _instant(time: object) -> str | None:
    try:
        return iso_seconds(instant(time, "time"))
    except InvalidParameter:
        return None
