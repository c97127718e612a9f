"""The event of a mapping on a queue, key by key as recorded on AWS."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any, Final, NotRequired, TypedDict

from eventbus.core.effects import Attributes
from eventbus.names import REGION, Arn

from . import attributes as message_attributes
from .message import Message, Received

SENDER_ID: Final = "AIDAEVENTBUSSENDER000"


class SqsMessageAttribute(TypedDict):
    stringValue: NotRequired[str]
    binaryValue: NotRequired[str]
    stringListValues: list[str]
    binaryListValues: list[str]
    dataType: str


class SqsRecordAttributes(TypedDict):
    ApproximateReceiveCount: str
    SentTimestamp: str
    SenderId: str
    ApproximateFirstReceiveTimestamp: str
    AWSTraceHeader: NotRequired[str]
    MessageGroupId: NotRequired[str]
    MessageDeduplicationId: NotRequired[str]
    SequenceNumber: NotRequired[str]
    DeadLetterQueueSourceArn: NotRequired[str]


class SqsRecord(TypedDict):
    messageId: str
    receiptHandle: str
    body: str
    attributes: SqsRecordAttributes
    messageAttributes: dict[str, SqsMessageAttribute]
    md5OfMessageAttributes: NotRequired[str]
    md5OfBody: str
    eventSource: str
    eventSourceARN: str
    awsRegion: str


class SqsEvent(TypedDict):
    Records: list[SqsRecord]


def to_event(queue: Arn, epoch: float, batch: Sequence[Received]) -> SqsEvent:
    """Built anew for each attempt."""
    return {"Records": [_record(queue, epoch, received) for received in batch]}


def milliseconds(epoch: float, at: float) -> str:
    return str(round((epoch + at) * 1000))


def system_attributes(epoch: float, message: Message, receive_count: int) -> SqsRecordAttributes:
    found: SqsRecordAttributes = {
        "ApproximateReceiveCount": str(receive_count),
        "SentTimestamp": milliseconds(epoch, message.sent_at),
        "SenderId": SENDER_ID,
        "ApproximateFirstReceiveTimestamp": milliseconds(epoch, message.first_received_at),
    }
    more = message.more
    if more is None:
        return found
    if more.trace_header is not None:
        found["AWSTraceHeader"] = more.trace_header
    if more.group is not None:
        found["MessageGroupId"] = more.group
    if more.deduplication_id is not None:
        found["MessageDeduplicationId"] = more.deduplication_id
    if more.sequence:
        found["SequenceNumber"] = str(more.sequence)
    if more.dead_letter_source is not None:
        found["DeadLetterQueueSourceArn"] = more.dead_letter_source
    return found


def _record(queue: Arn, epoch: float, received: Received) -> SqsRecord:
    message = received.message
    record: Any = {
        "messageId": received.identifier,
        "receiptHandle": received.handle,
        "body": message.body,
        "attributes": system_attributes(epoch, message, received.receive_count),
        "messageAttributes": _event_attributes(message.attributes) if message.attributes else {},
    }
    if message.attributes:
        record["md5OfMessageAttributes"] = message_attributes.digest(message.attributes)
    record["md5OfBody"] = message.digest()
    record["eventSource"] = "aws:sqs"
    record["eventSourceARN"] = str(queue)
    record["awsRegion"] = REGION
    return record  # type: ignore[no-any-return]  # built key by key in the recorded order


def _event_attributes(attributes: Attributes) -> dict[str, SqsMessageAttribute]:
    found: dict[str, SqsMessageAttribute] = {}
    for name, (kind, value) in attributes.items():
        content: Any = (
            {"binaryValue": b64encode(value).decode()} if isinstance(value, bytes) else {"stringValue": value}
        )
        content |= {"stringListValues": [], "binaryListValues": [], "dataType": kind}
        found[name] = content
    return found
