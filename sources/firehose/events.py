"""What a transforming function gets, and what stands under the error prefix of what failed. Times in milliseconds."""

from base64 import b64encode
from collections.abc import Sequence
from json import dumps
from typing import NotRequired, TypedDict

from eventbus.names import REGION, Arn

from .record import KinesisRecord, Record
from .transformation import Failure


class KinesisRecordMetadata(TypedDict):
    shardId: str
    partitionKey: str
    approximateArrivalTimestamp: int
    sequenceNumber: str
    subsequenceNumber: int


class FirehoseRecord(TypedDict):
    """`data` is base64."""

    recordId: str
    approximateArrivalTimestamp: int
    data: str
    kinesisRecordMetadata: NotRequired[KinesisRecordMetadata]


class FirehoseEvent(TypedDict):
    """What is not required comes with a Kinesis stream as the source."""

    invocationId: str
    sourceKinesisStreamArn: NotRequired[str]
    deliveryStreamArn: str
    region: str
    records: list[FirehoseRecord]


class FailedRecord(TypedDict):
    """One line of an object under the error prefix [fh:data-transformation-failure-handling]; `rawData` is base64 of
    what the function got."""

    attemptsMade: int
    arrivalTimestamp: int
    errorCode: str
    errorMessage: str
    attemptEndingTimestamp: int
    rawData: str
    lambdaArn: NotRequired[str]


def to_event(
    invocation: str, stream: Arn, source: Arn | None, epoch: float, records: Sequence[Record]
) -> FirehoseEvent:
    found: FirehoseEvent = {
        "invocationId": invocation,
        "deliveryStreamArn": str(stream),
        "region": REGION,
        "records": [_record(record, epoch) for record in records],
    }
    if source is None:
        return found
    return {"invocationId": invocation, "sourceKinesisStreamArn": str(source), **found}


def failed_line(now: float, epoch: float, record: Record, why: Failure, attempts: int, function: Arn) -> bytes:
    found: FailedRecord = {
        "attemptsMade": attempts,
        "arrivalTimestamp": milliseconds(epoch + record.arrived_at),
        "errorCode": why.code,
        "errorMessage": why.message,
        "attemptEndingTimestamp": milliseconds(epoch + now),
        "rawData": b64encode(record.data).decode(),
        "lambdaArn": str(function),
    }
    return f"{dumps(found, separators=(',', ':'))}\n".encode()


def milliseconds(at: float) -> int:
    return round(at * 1_000)


def _record(record: Record, epoch: float) -> FirehoseRecord:
    found: FirehoseRecord = {
        "recordId": record.identifier,
        "approximateArrivalTimestamp": milliseconds(epoch + record.arrived_at),
        "data": b64encode(record.data).decode(),
    }
    if record.kinesis is not None:
        found["kinesisRecordMetadata"] = _metadata(record.kinesis, epoch)
    return found


def _metadata(record: KinesisRecord, epoch: float) -> KinesisRecordMetadata:
    return {
        "shardId": record.shard_id,
        "partitionKey": record.group or "",
        "approximateArrivalTimestamp": milliseconds(epoch + record.arrived_at),
        "sequenceNumber": record.identifier,
        "subsequenceNumber": 0,
    }
