"""What a call may say, checked before anything changes (bc:sqs, sqs:quotas-messages; texts as recorded)."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from eventbus.core.effects import Attributes
from eventbus.names import Ids

from . import attributes as message_attributes
from .errors import (
    BatchEntryIdsNotDistinct,
    EmptyBatchRequest,
    InvalidAttributeName,
    InvalidBatchEntryId,
    InvalidMessageContents,
    InvalidParameterValue,
    MissingParameter,
    ReceiptHandleIsInvalid,
    TooManyEntriesInBatchRequest,
    batch_too_long,
    too_long,
)
from .message import More, receipt_of
from .settings import NOT_OFFERED, RANGES, Settings

ENTRIES_LIMIT: Final = 10
BATCH_LIMIT: Final = 1_048_576
"""Bytes of bodies and attributes of all entries (bc:sqs SendMessageBatch)."""
_ENTRY_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")
_FIFO_ID: Final = re.compile(r"[!-~]{1,128}")
"""Letters, digits and punctuation, no blanks."""


class Outgoing(NamedTuple):
    body: str
    attributes: Attributes
    delay: float | None
    more: More | None


def outgoing(
    settings: Settings,
    body: str,
    delay: int | None,
    attributes: Mapping[str, Mapping[str, Any]] | None,
    system_attributes: Mapping[str, Mapping[str, Any]] | None,
    group: str | None,
    deduplication_id: str | None,
) -> Outgoing:
    if not isinstance(body, str):
        raise InvalidParameterValue.of("MessageBody", type(body).__name__, "Must be a text.")
    if not body:
        raise MissingParameter.of("MessageBody")
    if not body.isascii():
        _check_letters(body)
    checked = message_attributes.checked(attributes) if attributes else message_attributes.NO_ATTRIBUTES
    if message_attributes.length(body, checked) > settings.maximum_message_size:
        raise too_long(settings.maximum_message_size)
    if delay is not None:
        number("DelaySeconds", delay, RANGES["DelaySeconds"].lowest, RANGES["DelaySeconds"].highest)
    more = None
    if settings.fifo or group is not None or deduplication_id is not None:
        more = _more(settings, delay, group, deduplication_id)
    if system_attributes:
        more = more or More()
        more.trace_header = _trace_header(system_attributes)
    return Outgoing(body, checked, None if settings.fifo else delay, more)


def outgoing_entry(
    settings: Settings,
    *,
    message_body: str,
    delay_seconds: int | None = None,
    message_attributes: Mapping[str, Mapping[str, Any]] | None = None,
    message_system_attributes: Mapping[str, Mapping[str, Any]] | None = None,
    message_group_id: str | None = None,
    message_deduplication_id: str | None = None,
) -> Outgoing:
    return outgoing(
        settings,
        message_body,
        delay_seconds,
        message_attributes,
        message_system_attributes,
        message_group_id,
        message_deduplication_id,
    )


def entries(given: Sequence[Mapping[str, Any]]) -> None:
    """Raise what AWS says of a batch as a whole."""
    if not given:
        raise EmptyBatchRequest("The batch request doesn't contain any entries.")
    if len(given) > ENTRIES_LIMIT:
        raise TooManyEntriesInBatchRequest(
            f"Maximum number of entries per request are {ENTRIES_LIMIT}. You have sent {len(given)}."
        )
    ids = [str(entry.get("id", "")) for entry in given]
    if not all(_ENTRY_ID.fullmatch(entry_id) for entry_id in ids):
        raise InvalidBatchEntryId(
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
            "It can be at most 80 letters long."
        )
    for at, entry_id in enumerate(ids):
        if entry_id in ids[:at]:
            raise BatchEntryIdsNotDistinct(f"Id {entry_id} repeated.")


def batch_length(given: Sequence[Mapping[str, Any]]) -> None:
    """Raise `BatchRequestTooLong` where bodies and attributes are too long together, whatever else is wrong."""
    length = 0
    for entry in given:
        length += len(str(entry.get("message_body", "")).encode(errors="surrogatepass"))
        for name, value in (entry.get("message_attributes") or {}).items():
            content = value.get("string_value") or value.get("binary_value") or ""
            length += len(name.encode()) + len(str(value.get("data_type", "")).encode())
            length += len(content if isinstance(content, bytes) else str(content).encode(errors="surrogatepass"))
    if length > BATCH_LIMIT:
        raise batch_too_long(BATCH_LIMIT, length)


def receipt(ids: Ids, handle: Any, last: int) -> int:
    """The number in a handle that this queue has given, `last` the newest. Raises `ReceiptHandleIsInvalid`."""
    found = receipt_of(ids, handle)
    if found is None or not 1 <= found <= last:
        raise ReceiptHandleIsInvalid(f'The input receipt handle "{handle}" is not a valid receipt handle.')
    return found


def attempt_id(settings: Settings, value: str | None) -> None:
    if value is None:
        return
    if not settings.fifo:
        raise _not_for_type("ReceiveRequestAttemptId", value)
    _check_fifo_id("ReceiveRequestAttemptId", value)


def number(parameter: str, value: Any, lowest: int, highest: int, reason: str | None = None) -> None:
    if value is None:
        return
    if not isinstance(value, int | float) or isinstance(value, bool) or not lowest <= value <= highest:
        raise InvalidParameterValue.of(parameter, value, reason or f"Must be between {lowest} and {highest}.")


def visibility(value: Any) -> None:
    number("VisibilityTimeout", value, RANGES["VisibilityTimeout"].lowest, RANGES["VisibilityTimeout"].highest)


def chosen(found: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    for name in names:
        if name not in found and name not in _OPTIONAL and name not in NOT_OFFERED:
            raise InvalidAttributeName(f"Unknown Attribute {name}.")
    return {name: value for name, value in found.items() if name in names}


_OPTIONAL: Final = (
    "RedrivePolicy",
    "RedriveAllowPolicy",
    "FifoQueue",
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoThroughputLimit",
)


def _check_letters(body: str) -> None:
    try:
        body.encode()
    except UnicodeEncodeError:
        raise InvalidMessageContents("Invalid characters found: halves of surrogate pairs.") from None


def _more(settings: Settings, delay: int | None, group: str | None, deduplication_id: str | None) -> More:
    if not settings.fifo:
        if deduplication_id is not None:
            raise _not_for_type("MessageDeduplicationId", deduplication_id)
        _check_fifo_id("MessageGroupId", group)
        return More(group=group)
    if group is None:
        raise MissingParameter.of("MessageGroupId")
    _check_fifo_id("MessageGroupId", group)
    if deduplication_id is not None:
        _check_fifo_id("MessageDeduplicationId", deduplication_id)
    if delay:
        raise _not_for_type("DelaySeconds", delay)
    return More(group=group, deduplication_id=deduplication_id)


def _check_fifo_id(parameter: str, value: str | None) -> None:
    if not isinstance(value, str) or not _FIFO_ID.fullmatch(value):
        raise InvalidParameterValue.of(
            parameter, value, "Can only include alphanumeric and punctuation characters. 1 to 128 in length."
        )


def _not_for_type(parameter: str, value: object) -> InvalidParameterValue:
    return InvalidParameterValue.of(
        parameter, value, "The request include parameter that is not valid for this queue type."
    )


def _trace_header(given: Mapping[str, Mapping[str, Any]]) -> str:
    unknown = [name for name in given if name != "AWSTraceHeader"]
    if unknown:
        raise InvalidParameterValue.of("MessageSystemAttributes", unknown[0], "Only AWSTraceHeader may be sent.")
    value = given["AWSTraceHeader"].get("string_value")
    if not isinstance(value, str) or not value:
        raise InvalidParameterValue.of("AWSTraceHeader", value, "Must be a text.")
    return value
