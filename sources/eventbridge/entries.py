"""Entries of PutEvents, one by one: what is taken, and what fails alone."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import define

from eventbus.core.invocation_record import iso_seconds
from eventbus.core.patterns.text import NotJson, parse_json
from eventbus.names import Arn

from . import checking
from .errors import InvalidParameter, violated

ENTRIES_LIMIT: Final = 10
TOTAL_LIMIT: Final = 1_048_576
"""The entries of one request count fewer bytes [bc:events PutEvents]."""
DETAIL_TYPE_LIMIT: Final = 128
TIME_SIZE: Final = 14
"""Bytes that a time counts [eb:eb-putevent-size]."""
AWS_SOURCE: Final = "aws."

MEMBERS: Final = frozenset({"source", "detail_type", "detail", "resources", "time", "event_bus_name"})
BUS_NAME: Final = r"(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+"

INVALID_ARGUMENT: Final = "InvalidArgument"
MALFORMED_DETAIL: Final = "MalformedDetail"
MALFORMED: Final = "Detail is malformed."
NOT_AUTHORIZED: Final = "NotAuthorizedForSourceException"

_BUS_NAME: Final = re.compile(BUS_NAME)


@define(eq=False)
class Entry:
    """One that may be put. `time` is UTC in whole seconds; None: now."""

    source: str
    detail_type: str
    detail: dict[str, Any]
    detail_text: str
    resources: Sequence[str] = ()
    time: str | None = None


@define(eq=False)
class Refused:
    """One that fails alone."""

    message: str
    code: str = INVALID_ARGUMENT


@define(eq=False)
class Missing(Refused):
    """One without a required member."""


def entries_of(entries: Any, bus: Arn) -> list[Entry | Refused]:
    """Of a request, in its order. Raises ValidationException for what makes the whole request fail: a wrong type, none
    or too many, all without a required member, too much, an entry for another bus."""
    checking.listed(entries, "entries", 1, ENTRIES_LIMIT)
    found = [_entry_of(entry, bus) for entry in entries]
    first = found[0]
    if isinstance(first, Missing) and all(isinstance(each, Missing) for each in found):
        raise InvalidParameter(first.message)
    if sum(map(size_of, entries)) >= TOTAL_LIMIT:
        raise InvalidParameter("Total size of the entries in the request is over the limit.")
    return found


def detail_of(text: str) -> dict[str, Any] | None:
    """None unless it is a JSON object."""
    try:
        found = parse_json(text)
    except NotJson:
        return None
    return found if isinstance(found, dict) else None


def size_of(entry: Mapping[str, Any]) -> int:
    """Bytes that it counts [eb:eb-putevent-size]."""
    get = entry.get
    size = _length(get("source") or "") + _length(get("detail_type") or "") + _length(get("detail") or "")
    if get("time") is not None:
        size += TIME_SIZE
    for resource in get("resources") or ():
        size += _length(resource)
    return size


def _entry_of(entry: Any, bus: Arn) -> Entry | Refused:
    """Raises ValidationException for what only a program that was written wrongly sends."""
    if type(entry) is not dict and not isinstance(entry, Mapping):
        raise InvalidParameter(f"entries has {entry!r}: a dict")
    if not MEMBERS.issuperset(entry):
        raise InvalidParameter(f"entries has {entry!r}: members are {', '.join(sorted(MEMBERS))}")
    source, detail_type, text = entry.get("source"), entry.get("detail_type"), entry.get("detail")
    for value in (source, detail_type, text):
        if value is not None and not isinstance(value, str):
            raise InvalidParameter(f"entries has {value!r}: source, detail_type and detail (JSON) are texts")
    bus_name = entry.get("event_bus_name")
    if bus_name is not None:
        _check_bus(bus_name, bus)
    resources = _resources_of(entry.get("resources"))
    time = entry.get("time")
    written = None if time is None else iso_seconds(checking.instant(time, "entries.1.member.time"))
    if not source or not detail_type or not text:
        return Missing(_required("Detail" if source and detail_type else "DetailType" if source else "Source"))
    if len(detail_type) > DETAIL_TYPE_LIMIT:
        reason = f"DetailType must be at most {DETAIL_TYPE_LIMIT} characters."
        return Refused(f"Parameter DetailType is not valid. Reason: {reason}")
    if source.startswith(AWS_SOURCE):
        return Refused("Not authorized for the source.", NOT_AUTHORIZED)
    detail = detail_of(text)
    if detail is None:
        return Refused(MALFORMED, MALFORMED_DETAIL)
    return Entry(source, detail_type, detail, text, resources, written)


def _resources_of(value: Any) -> Sequence[str]:
    if not value:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise InvalidParameter(f"entries has resources={value!r}: a list of texts")
    return tuple(value)


def _check_bus(name: Any, bus: Arn) -> None:
    if not isinstance(name, str) or not _BUS_NAME.fullmatch(name):
        constraint = f"Member must satisfy regular expression pattern: {BUS_NAME}"
        raise violated(name, "entries.1.member.eventBusName", constraint)
    if name not in (bus, bus.resource.partition("/")[2]):
        raise InvalidParameter(f"event_bus_name={name!r}: this client puts to {bus} only; use the client of that bus")


def _required(member: str) -> str:
    return f"Parameter {member} is not valid. Reason: {member} is a required argument."


def _length(text: str) -> int:
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise InvalidParameter(f"entries has {text!r}: a text that UTF-8 can hold") from None
