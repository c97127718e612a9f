"""The event of a mapping on a stream, key by key, and what an on-failure record says of a batch."""

from binascii import b2a_base64
from collections.abc import Sequence
from typing import Any, Final, NotRequired, TypedDict

from eventbus.core.invocation_record import iso_milliseconds
from eventbus.names import ACCOUNT, REGION, Arn

from .record import Record

ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/lambda-role"
"""Whose permissions the poller has: always this one."""
BATCH_INFO: Final = "KinesisBatchInfo"


class KinesisPayload(TypedDict):
    kinesisSchemaVersion: str
    partitionKey: str
    sequenceNumber: str
    data: str
    approximateArrivalTimestamp: float


class KinesisRecord(TypedDict):
    kinesis: KinesisPayload
    eventSource: str
    eventVersion: str
    eventID: str
    eventName: str
    invokeIdentityArn: str
    awsRegion: str
    eventSourceARN: str


class KinesisWindow(TypedDict):
    start: str
    end: str


class KinesisEvent(TypedDict):
    """What is not required comes with a tumbling window."""

    Records: list[KinesisRecord]
    window: NotRequired[KinesisWindow]
    state: NotRequired[dict[str, Any]]
    shardId: NotRequired[str]
    eventSourceARN: NotRequired[str]
    isFinalInvokeForWindow: NotRequired[bool]
    isWindowTerminatedEarly: NotRequired[bool]


def to_event(source: Arn, epoch: float, batch: Sequence[Record]) -> KinesisEvent:
    """Built anew for each attempt. `source` is what the mapping is on, the stream or a consumer."""
    return {"Records": [_record(str(source), epoch, record) for record in batch]}


def batch_info(stream: Arn, epoch: float, shard: str, batch: Sequence[Record]) -> dict[str, Any]:
    """Keys in the recorded order (2025-11)."""
    first, last = batch[0], batch[-1]
    return {
        "shardId": shard,
        "startSequenceNumber": first.identifier,
        "endSequenceNumber": last.identifier,
        "approximateArrivalOfFirstRecord": iso_milliseconds(epoch + first.arrived_at),
        "approximateArrivalOfLastRecord": iso_milliseconds(epoch + last.arrived_at),
        "batchSize": len(batch),
        "streamArn": str(stream),
    }


def _record(source: str, epoch: float, record: Record) -> KinesisRecord:
    sequence = record.identifier
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record.partition_key,
            "sequenceNumber": sequence,
            "data": b2a_base64(record.data, newline=False).decode(),
            "approximateArrivalTimestamp": round(epoch + record.arrived_at, 3),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{record.shard_id}:{sequence}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": ROLE,
        "awsRegion": REGION,
        "eventSourceARN": source,
    }
