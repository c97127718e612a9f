"""What calls on a log group refuse before they reach it."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from eventbus.checks import encodable
from eventbus.errors import InvalidParameterException
from eventbus.names import ACCOUNT, Arn

from .errors import AccessDeniedException, unsatisfied
from .filters import LOOP, NAME_LIMIT, PATTERN_LIMIT, function_of, is_name
from .streams import PAGE_BYTES, PAGE_EVENTS, key_at, size_of

BATCH_EVENTS: Final = 10_000
BATCH_BYTES: Final = PAGE_BYTES
"""Messages in UTF-8, and 26 more for each event [bc:logs PutLogEvents]."""
STREAMS_LIMIT: Final = 100
NAME_PATTERN: Final = "satisfy regular expression pattern: [^:*]*"
OUT_OF_ORDER: Final = "Log events in a single PutLogEvents request must be in chronological order."
INVALID_TOKEN: Final = "The specified nextToken is invalid."
NO_ROLE: Final = "destinationArn for vendor kinesis cannot be used without roleArn"

_TOKEN: Final = re.compile(r"([bf])/([0-9]{1,40})")


def name(member: str, value: str) -> None:
    if is_name(value):
        return
    if isinstance(value, str) and not 0 < len(value) <= NAME_LIMIT:
        bound = "greater than or equal to 1" if not value else f"less than or equal to {NAME_LIMIT}"
        raise unsatisfied(member, value, f"have length {bound}")
    raise unsatisfied(member, value, NAME_PATTERN)


def log_events(given: Sequence[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """Timestamps and messages."""
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence):
        raise InvalidParameterException(f"log_events={given!r}: a list of {{'timestamp': ..., 'message': ...}}")
    if not 1 <= len(given) <= BATCH_EVENTS:
        raise unsatisfied("logEvents", f"{len(given)} events", f"have length from 1 to {BATCH_EVENTS}")
    found = [_log_event(index, each) for index, each in enumerate(given)]
    if any(one[0] > other[0] for one, other in pairwise(found)):
        raise InvalidParameterException(OUT_OF_ORDER)
    size = sum(size_of(message) for _, message in found)
    if size > BATCH_BYTES:
        raise InvalidParameterException(f"Upload too large: {size} bytes exceeds limit of {BATCH_BYTES}")
    return found


def _log_event(index: int, given: Mapping[str, Any]) -> tuple[int, str]:
    where = f"logEvents.{index + 1}.member"
    if not isinstance(given, Mapping) or given.keys() != {"timestamp", "message"}:
        raise InvalidParameterException(f"{where}={given!r}: a timestamp and a message")
    timestamp, message = given["timestamp"], given["message"]
    moment(f"{where}.timestamp", timestamp)
    if not isinstance(message, str) or not message:
        raise unsatisfied(f"{where}.message", message, "have length greater than or equal to 1")
    if not encodable(message):
        raise unsatisfied(f"{where}.message", ascii(message), "be a text that UTF-8 can hold")
    return timestamp, message


def moment(member: str, value: int | None) -> None:
    """Milliseconds since 1970, whole; None passes."""
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**15:
        raise unsatisfied(member, value, "have value greater than or equal to 0, in whole milliseconds")


def limit(value: int | None) -> int:
    if value is None:
        return PAGE_EVENTS
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise unsatisfied("limit", value, "have value greater than or equal to 1")
    if value > PAGE_EVENTS:
        raise unsatisfied("limit", value, f"have value less than or equal to {PAGE_EVENTS}")
    return value


def keys(start_time: int | None, end_time: int | None) -> tuple[int, int | None]:
    """Bounds of what is read: from the first key to below the second."""
    moment("startTime", start_time)
    moment("endTime", end_time)
    return key_at(start_time or 0), None if end_time is None else key_at(end_time)


def token(direction: str, key: int) -> str:
    return f"{direction}/{key}"


def position(next_token: str) -> tuple[str, int]:
    """Direction and key of a token: `f` is from that key on, `b` is what stands before it."""
    found = _TOKEN.fullmatch(next_token) if isinstance(next_token, str) else None
    if found is None:
        raise InvalidParameterException(INVALID_TOKEN)
    return found[1], int(found[2])


def stream_names(given: Sequence[str] | None, prefix: str | None) -> None:
    if given is not None and prefix is not None:
        raise InvalidParameterException("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.")
    if prefix is not None:
        name("logStreamNamePrefix", prefix)
    if given is None:
        return
    if isinstance(given, str) or not isinstance(given, Sequence) or not 1 <= len(given) <= STREAMS_LIMIT:
        raise unsatisfied("logStreamNames", given, f"be a list of 1 to {STREAMS_LIMIT} names")
    for each in given:
        name("logStreamNames", each)


def pattern(value: str) -> None:
    if not isinstance(value, str) or len(value) > PATTERN_LIMIT:
        raise unsatisfied("filterPattern", value, f"have length less than or equal to {PATTERN_LIMIT}")


def destination(value: str, group: str) -> Arn:
    """Of a function in this account, and not of the one that logs into this group."""
    parts = value.split(":", 5) if isinstance(value, str) else []
    if len(parts) < 6 or parts[0] != "arn":
        raise unsatisfied("destinationArn", value, "be the ARN of a function")
    if parts[2] == "kinesis":
        raise InvalidParameterException(NO_ROLE)
    if parts[2] != "lambda":
        raise InvalidParameterException(f"destinationArn {value} is no function; nothing else is offered")
    if parts[4] != ACCOUNT:
        raise AccessDeniedException
    if parts[5] == f"function:{function_of(group)}":
        raise InvalidParameterException(f"destinationArn {value} is refused for its own log group: {LOOP}")
    return Arn(value)
