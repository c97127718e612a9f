"""The event of a mapping on a table's stream, key by key as recorded on AWS."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

from eventbus.core.invocation_record import iso_seconds

if TYPE_CHECKING:
    from .records import Change, StreamInfo


class UserIdentity(TypedDict):
    principalId: str
    type: str


class StreamRecord(TypedDict):
    """Images hold attribute values with their types; numbers are texts, binary is base64."""

    ApproximateCreationDateTime: float
    Keys: dict[str, dict[str, Any]]
    NewImage: NotRequired[dict[str, dict[str, Any]]]
    OldImage: NotRequired[dict[str, dict[str, Any]]]
    SequenceNumber: str
    SizeBytes: int
    StreamViewType: str


class DynamoDBRecord(TypedDict):
    """`userIdentity` is there where the service itself deleted an item whose time to live was over."""

    eventID: str
    eventName: Literal["INSERT", "MODIFY", "REMOVE"]
    eventVersion: str
    eventSource: str
    awsRegion: str
    dynamodb: StreamRecord
    userIdentity: NotRequired[UserIdentity]
    eventSourceARN: str


class DynamoDBEvent(TypedDict):
    Records: list[DynamoDBRecord]


def to_event(batch: "Sequence[Change]") -> DynamoDBEvent:
    """Built anew for each attempt."""
    return {"Records": [change.wire() for change in batch]}


def batch_info(stream: "StreamInfo", shard: str, batch: "Sequence[Change]") -> tuple[str, dict[str, Any]]:
    """What an on-failure record says of these records; times are whole seconds, as recorded."""
    first, last = batch[0], batch[-1]
    return "DDBStreamBatchInfo", {
        "shardId": shard,
        "startSequenceNumber": first.identifier,
        "endSequenceNumber": last.identifier,
        "approximateArrivalOfFirstRecord": iso_seconds(stream.whole_seconds(first.arrived_at)),
        "approximateArrivalOfLastRecord": iso_seconds(stream.whole_seconds(last.arrived_at)),
        "batchSize": len(batch),
        "streamArn": str(stream.arn),
    }
