"""The record of an asynchronous invocation that destinations get; keys in the order recorded on AWS (2025-11)."""

from datetime import UTC, datetime
from json import dumps
from typing import Final, Protocol

from eventbus.names import Arn

from .outcomes import HandlerFailed, Succeeded, TimedOut

RECORD_LIMIT: Final = 1_048_576
"""Bytes; a longer record is sent without its two payloads."""


class Event(Protocol):
    request_id: str
    payload: bytes
    executions: int


def iso_milliseconds(at: float) -> str:
    """2026-01-01T00:00:00.000Z, from seconds since 1970."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_seconds(at: float) -> str:
    """2026-01-01T00:00:00Z, from seconds since 1970; what is left of a second is cut."""
    return datetime.fromtimestamp(at // 1, UTC).isoformat()[:19] + "Z"


def object_key(folder: str, at: float, id: str) -> str:
    """Under which a bucket keeps a record of `at`, in seconds since 1970 (dg:invocation-async-retain-records)."""
    return datetime.fromtimestamp(at, UTC).strftime(f"{folder}/%Y/%m/%d/%Y-%m-%dT%H.%M.%S-{id}")


def invocation_record(
    at: float,
    function: Arn,
    condition: str,
    event: Event,
    last: Succeeded | HandlerFailed | TimedOut | None,
    *,
    payloads: bool = True,
) -> str:
    """JSON text. `last` is the last attempt that reached the function; without one there are no response members."""
    context = {
        "requestId": event.request_id,
        "functionArn": f"{function}:$LATEST",
        "condition": condition,
        "approximateInvokeCount": event.executions,
    }
    parts = [
        '"version":"1.0"',
        f'"timestamp":"{iso_milliseconds(at)}"',
        f'"requestContext":{dumps(context, separators=(",", ":"))}',
    ]
    if payloads:
        parts.append(f'"requestPayload":{event.payload.decode()}')
    if last is not None:
        failed = "" if isinstance(last, Succeeded) else ',"functionError":"Unhandled"'
        parts.append(f'"responseContext":{{"statusCode":200,"executedVersion":"$LATEST"{failed}}}')
        if payloads:
            parts.append(f'"responsePayload":{last.payload.decode()}')
    return "{" + ",".join(parts) + "}"
