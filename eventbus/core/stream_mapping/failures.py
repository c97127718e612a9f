"""The record of a batch that was given up, in the key order recorded on AWS (dg:kinesis-on-failure-destination)."""

from json import dumps
from typing import Any, Final

from eventbus.core.invocation_record import iso_milliseconds
from eventbus.core.outcomes import HandlerFailed, Outcome, Succeeded, TimedOut
from eventbus.names import Arn

EXHAUSTED: Final = "RetryAttemptsExhausted"
TOO_OLD: Final = "RecordAgeExceeded"


def failure_record(
    at: float, function: Arn, condition: str, request_id: str, executions: int, last: Outcome | None
) -> str:
    """JSON text, without what the source says of the batch: `with_batch` adds that. `at` is in seconds since 1970;
    `last` is how the last attempt ended. Records that are too old have no response."""
    context = {
        "requestId": request_id,
        "functionArn": str(function),
        "condition": condition,
        "approximateInvokeCount": executions,
    }
    members: dict[str, Any] = {"requestContext": context}
    if condition == EXHAUSTED and isinstance(last, Succeeded | HandlerFailed | TimedOut):
        error = None if isinstance(last, Succeeded) else "Unhandled"
        members["responseContext"] = {"statusCode": 200, "executedVersion": "$LATEST", "functionError": error}
    return _json({**members, "version": "1.0", "timestamp": iso_milliseconds(at)})


def with_batch(body: str, name: str, info: dict[str, Any], event: Any = None) -> str:
    """The whole record: `info` under `name`, as the source words it, and the event as JSON text if it is given."""
    members = {name: info} if event is None else {name: info, "payload": _json(event)}
    return f"{body[:-1]},{_json(members)[1:]}"


def _json(value: Any) -> str:
    return dumps(value, ensure_ascii=False, separators=(",", ":"))
