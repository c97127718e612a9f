"""What a schedule sends [sch:managing-schedule-context-attributes].

Keywords in an input are replaced as texts wherever they stand: `<aws.scheduler.schedule-arn>`, `-scheduled-time>`,
`-execution-id>` and `-attempt-number>`. An event bus gets an entry of PutEvents, whose detail is the input.
"""

import json
from datetime import datetime
from typing import Any, Final, NoReturn

from eventbus.checks import encodable, refuse
from eventbus.names import ACCOUNT, REGION

INPUT_LIMIT: Final = 262_144
"""Bytes."""
KEYWORD: Final = "<aws.scheduler."


def check_input(text: Any, service: str) -> None:
    """Raise `InvalidSetting` unless a target of this service may get it: JSON for functions, an object for a bus."""
    if text is None:
        return
    if not isinstance(text, str) or not text or not encodable(text):
        raise refuse("input", text, "a text that is not empty, and that UTF-8 can hold")
    size = len(text.encode())
    if size > INPUT_LIMIT:
        raise refuse("input", f"{text[:20]}...", f"up to {INPUT_LIMIT:,} bytes, not {size:,}")
    if service in ("lambda", "events"):
        _check_json(text, service)


def _check_json(text: str, service: str) -> None:
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise refuse("input", text, "JSON, for a function and for an event bus") from None
    if service == "events" and not isinstance(value, dict):
        raise refuse("input", text, "a JSON object, which is the detail of an event")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def filled(text: str, arn: str, scheduled: datetime, execution_id: str, attempt: int) -> str:
    """The input with its keywords replaced."""
    if KEYWORD not in text:
        return text
    values = {
        "schedule-arn": arn,
        "scheduled-time": time_of(scheduled),
        "execution-id": execution_id,
        "attempt-number": str(attempt),
    }
    for name, value in values.items():
        text = text.replace(f"{KEYWORD}{name}>", value)
    return text


def default_event(id: str, arn: str, scheduled: datetime) -> str:
    """What is sent without an input; its detail is a text."""
    return (
        f'{{"version":"0","id":"{id}","detail-type":"Scheduled Event","source":"aws.scheduler","account":"{ACCOUNT}",'
        f'"time":"{time_of(scheduled)}","region":"{REGION}","resources":["{arn}"],"detail":"{{}}"}}'
    )


def entry(source: str, detail_type: str, detail: str, scheduled: datetime) -> str:
    """An entry for an event bus, which makes an event of it."""
    head = json.dumps({"source": source, "detail-type": detail_type}, separators=(",", ":"))
    return f'{head[:-1]},"resources":[],"time":"{time_of(scheduled)}","detail":{detail}}}'


def time_of(instant: datetime) -> str:
    """Of an instant in UTC: whole seconds, cut."""
    return f"{instant.isoformat()[:19]}Z"
