"""What a publish may say, checked before anything changes [bc:sns Publish, PublishBatch]."""

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from eventbus.checks import encodable, texts
from eventbus.core.effects import Cause, Deliver

from . import attributes as message_attributes
from .errors import (
    BatchEntryIdsNotDistinctException,
    BatchRequestTooLongException,
    EmptyBatchRequestException,
    InvalidBatchEntryIdException,
    TooManyEntriesInBatchRequestException,
    invalid,
)
from .message import Message
from .settings import Settings

SUBJECT_LIMIT: Final = 100
"""A subject is shorter than that."""
ENTRIES_LIMIT: Final = 10
MEMBERS: Final = frozenset(
    {
        "id",
        "message",
        "subject",
        "message_attributes",
        "message_structure",
        "message_group_id",
        "message_deduplication_id",
    }
)
"""Of an entry of a batch."""
SUBJECTS: Final = {"s3": "Amazon S3 Notification", "ses": "Amazon SES Email Receipt Notification"}
"""What services write over what they publish."""
_ENTRY_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")
_FIFO_ID: Final = re.compile(r"[!-~]{1,128}")
"""Letters, digits and punctuation, no blanks."""
_NO_DEDUPLICATION: Final = (
    "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
)


def outgoing(
    settings: Settings,
    cause: Cause | None,
    message: str,
    subject: str | None = None,
    message_attributes: Mapping[str, Mapping[str, Any]] | None = None,
    message_structure: str | None = None,
    message_group_id: str | None = None,
    message_deduplication_id: str | None = None,
) -> Message:
    """What shall be published. Raises `InvalidParameterException`, `InvalidParameterValueException`."""
    _check_body(message)
    if subject is not None:
        _check_subject(subject)
    bodies = None if message_structure is None else _bodies(message, message_structure)
    found = Message(
        message if bodies is None else bodies["default"],
        _attributes(message_attributes),
        subject,
        bodies,
        message_group_id,
        message_deduplication_id,
        cause,
    )
    _check_size(settings, message, found)
    _check_group(settings, message, found)
    return found


def delivered(settings: Settings, effect: Deliver) -> Message:
    """What another machine publishes. Raises `InvalidParameterException`."""
    _check_body(effect.body)
    subject = SUBJECTS.get(effect.asker.service)
    found = Message(effect.body, effect.attributes, subject, None, effect.group, effect.deduplication_id, effect.cause)
    _check_size(settings, effect.body, found)
    _check_group(settings, effect.body, found)
    return found


def subscription_attributes(given: Any) -> dict[str, str]:
    """Names with texts. Raises `InvalidParameterException`."""
    if not given:
        return {}
    if not isinstance(given, Mapping):
        raise invalid(f"Attributes Reason: {given!r}: names with their values")
    for name, value in given.items():
        if not isinstance(name, str) or value is None:
            raise invalid(f"Attributes Reason: {name!r}: {value!r}: texts")
        texts(invalid, **{name: value})
    return dict(given)


def entries(settings: Settings, given: Sequence[Mapping[str, Any]]) -> None:
    """Raise what SNS says of a batch as a whole."""
    if not given:
        raise EmptyBatchRequestException("The batch request doesn't contain any entries.")
    if not isinstance(given, Sequence) or not all(isinstance(entry, Mapping) for entry in given):
        raise invalid("PublishBatchRequestEntries Reason: a list of {'id': ..., 'message': ...}")
    for entry in given:
        if "message" not in entry or not entry.keys() <= MEMBERS:
            members = ", ".join(sorted(MEMBERS))
            raise invalid(f"PublishBatchRequestEntries Reason: {entry!r} needs a message; members are {members}")
    if len(given) > ENTRIES_LIMIT:
        raise TooManyEntriesInBatchRequestException(
            f"The batch request contains more entries than permissible (more than {ENTRIES_LIMIT})."
        )
    ids = [str(entry.get("id", "")) for entry in given]
    if not all(_ENTRY_ID.fullmatch(entry_id) for entry_id in ids):
        raise InvalidBatchEntryIdException(
            "The Id of a batch entry in a batch request doesn't abide by the specification."
        )
    if len(set(ids)) < len(ids):
        raise BatchEntryIdsNotDistinctException("Two or more batch entries in the request have the same Id.")
    if sum(_length(entry) for entry in given) > settings.maximum_message_size:
        raise BatchRequestTooLongException("The length of all the batch messages put together is more than the limit.")


def _length(entry: Mapping[str, Any]) -> int:
    """Bytes of an entry's message and attributes, whatever else is wrong with it."""
    length = len(str(entry.get("message", "")).encode(errors="surrogatepass"))
    attributes = entry.get("message_attributes")
    for name, value in attributes.items() if isinstance(attributes, Mapping) else ():
        members = value.values() if isinstance(value, Mapping) else ()
        for part in (name, *members):
            length += len(part if isinstance(part, bytes) else str(part).encode(errors="surrogatepass"))
    return length


def _check_body(body: Any) -> None:
    if not isinstance(body, str):
        raise invalid(f"Message Reason: a text, not {type(body).__name__}")
    if not body:
        raise invalid("Empty message")
    if not encodable(body):
        raise invalid("Message Reason: a text that UTF-8 can hold")


def _check_subject(subject: Any) -> None:
    if not isinstance(subject, str) or not 0 < len(subject) < SUBJECT_LIMIT or not subject.isprintable():
        raise invalid("Subject")


def _bodies(message: str, structure: Any) -> Mapping[str, str]:
    """By protocol; values that are no texts are left out."""
    if structure != "json":
        raise invalid(f"MessageStructure Reason: {structure!r} is not json")
    try:
        found = json.loads(message, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise invalid("Message Structure - JSON message body failed to parse") from None
    if not isinstance(found, dict) or not isinstance(found.get("default"), str):
        raise invalid("Message Structure - No default entry in JSON message body")
    bodies = {protocol: body for protocol, body in found.items() if isinstance(body, str)}
    for body in bodies.values():
        if body:
            _check_body(body)
    return bodies


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise invalid("Message Structure - Duplicate keys are not allowed in JSON message body")
    return found


def _attributes(given: Mapping[str, Mapping[str, Any]] | None) -> Any:
    return message_attributes.checked(given) if given else message_attributes.NO_ATTRIBUTES


def _check_size(settings: Settings, sent: str, message: Message) -> None:
    length = len(sent) if sent.isascii() else len(sent.encode())
    if message.attributes:
        length += message_attributes.size(message.attributes)
    if length > settings.maximum_message_size:
        raise invalid("Message too long")


def _check_group(settings: Settings, sent: str, message: Message) -> None:
    """Fills in a content-based deduplication id."""
    if message.group is None and message.deduplication_id is None and not settings.fifo:
        return
    texts(invalid, MessageGroupId=message.group, MessageDeduplicationId=message.deduplication_id)
    if not settings.fifo:
        if message.deduplication_id is not None:
            raise invalid("MessageDeduplicationId Reason: The request includes a parameter for FIFO topics only")
        assert message.group is not None
        _check_fifo_id("MessageGroupId", message.group)  # it goes on to standard queues, whose tenant it names
        return
    if message.group is None:
        raise invalid("The MessageGroupId parameter is required for FIFO topics")
    _check_fifo_id("MessageGroupId", message.group)
    if message.deduplication_id is not None:
        _check_fifo_id("MessageDeduplicationId", message.deduplication_id)
    elif settings.content_based_deduplication:
        message.deduplication_id = sha256(sent.encode()).hexdigest()
    else:
        raise invalid(_NO_DEDUPLICATION)


def _check_fifo_id(parameter: str, value: str) -> None:
    if not _FIFO_ID.fullmatch(value):
        raise invalid(f"{parameter} Reason: 1 to 128 letters, digits and punctuation characters")
