"""Firehose: delivery streams whose records a function transforms on their way into a bucket.

Deviations from AWS: records that were aggregated by the Kinesis Producer Library are not split; a stream as the source
is read as soon as it has records. Choices: see `prefixes`, `record`, `transformation`, `machine`, `stream`. Objects of
failed records hold one JSON object a line. Destinations other than S3, formats, compression, encryption, backups,
partition keys out of the records (jq), time zones and changes at run time are not offered.
"""

from .answers import PutRecordBatchResponseEntry, PutRecordBatchResult, PutRecordResult
from .client import DeliveryStreamClient
from .errors import FirehoseError, InvalidArgumentException, InvalidSourceException
from .events import FailedRecord, FirehoseEvent, FirehoseRecord, KinesisRecordMetadata
from .stream import DeliveryStream
from .system import SYSTEM, sample_event

__all__ = [
    "SYSTEM",
    "DeliveryStream",
    "DeliveryStreamClient",
    "FailedRecord",
    "FirehoseError",
    "FirehoseEvent",
    "FirehoseRecord",
    "InvalidArgumentException",
    "InvalidSourceException",
    "KinesisRecordMetadata",
    "PutRecordBatchResponseEntry",
    "PutRecordBatchResult",
    "PutRecordResult",
    "sample_event",
]
